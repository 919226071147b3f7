"""Running commands inside the test's process."""

from __future__ import annotations

import json
from typing import Any

import pytest

from cnngui.cli import main


def run(*arguments: str) -> int:
    """The exit status of `cnngui ARGUMENTS`."""
    try:
        return main(list(arguments))
    except SystemExit as exit:  # argparse ends the program itself
        return int(exit.code or 0)


def lines(capsys: pytest.CaptureFixture[str]) -> list[str]:
    """What the command wrote to stdout; stderr has to be empty."""
    out, err = capsys.readouterr()
    assert err == ""
    return out.splitlines()


def events(capsys: pytest.CaptureFixture[str]) -> list[dict[str, Any]]:
    """The JSON objects that the command wrote, one a line."""
    return [json.loads(line, parse_constant=_refuse) for line in lines(capsys)]


def complaint(capsys: pytest.CaptureFixture[str], status: int) -> str:
    """The one line on stderr of a command that was refused."""
    out, err = capsys.readouterr()
    assert status == 2
    assert out == ""
    assert err.startswith("cnngui")
    assert err.count("\n") == 1
    assert err.endswith("\n")
    return err


def _refuse(name: str) -> None:
    raise AssertionError(f"{name} is no JSON")
