"""Every example of docs/scripting.md and of the README runs, and prints what the page says."""

from __future__ import annotations

import re
from typing import Any

import pytest

from tests.paths import ROOT
from tests.test_documentation import blocks

PAGE = ROOT / "docs" / "scripting.md"


def test_the_examples_of_the_page_run_in_their_order(capsys: pytest.CaptureFixture[str]) -> None:
    space: dict[str, Any] = {}
    examples = blocks(PAGE, "python")
    printed = []
    for example in examples:
        exec(compile(example, PAGE.name, "exec"), space)  # as a notebook would
        printed.append(capsys.readouterr().out)
    [promised] = blocks(PAGE, "text")
    assert promised in printed
    assert printed[-1] == "20\n"
    assert space["maps"].shape[0] == 8


@pytest.mark.parametrize("page", ["README.md", "docs/scripting.md"])
def test_build_train_judge_and_look_takes_eight_lines(page: str, capsys: pytest.CaptureFixture[str]) -> None:
    example = blocks(ROOT / page, "python")[0]
    space: dict[str, Any] = {}
    exec(compile(example, page, "exec"), space)
    assert len([line for line in example.splitlines() if line]) <= 8
    assert space["maps"].ndim == 3
    assert "accuracy" in capsys.readouterr().out


def test_the_page_names_all_that_a_network_can_do() -> None:
    from cnngui import Network

    text = PAGE.read_text(encoding="utf-8")
    public = {name for name in vars(Network) if not name.startswith("_")}
    assert {name for name in public if not re.search(rf"\b{name}\b", text)} <= {"of_file", "program"}
