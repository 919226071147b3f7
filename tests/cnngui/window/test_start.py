"""Starting where a window can't be shown: one clear line, and for the demo the terminal instead."""

from __future__ import annotations

import os
import subprocess
import sys
from pathlib import Path

import pytest

import cnngui.cli.demo
import cnngui.window.app
from cnngui.cli import main
from cnngui.models.designs import open_design
from cnngui.window import display
from core.formats.project import ProjectFile

ROOT = Path(__file__).parents[3]
DISPLAYS = ("DISPLAY", "WAYLAND_DISPLAY", "QT_QPA_PLATFORM")


@pytest.fixture
def no_display(monkeypatch: pytest.MonkeyPatch) -> None:
    for name in DISPLAYS:
        monkeypatch.delenv(name, raising=False)
    monkeypatch.setattr(display, "has_display", lambda: False)


@pytest.fixture
def short_demo(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    """The demo without its training, and with another picture, in a folder of its own."""
    monkeypatch.chdir(tmp_path)
    monkeypatch.setattr(cnngui.cli.demo, "run_in_terminal", lambda: open_design("lenet5"))

    def draw(file: ProjectFile, path: Path) -> None:
        path.write_text(f"{len(file.project.design.blocks)} blocks on {os.environ['QT_QPA_PLATFORM']}")

    monkeypatch.setattr(cnngui.window.app, "draw_window", draw)


def lines(text: str) -> list[str]:
    return text.strip().splitlines()


@pytest.mark.skipif(sys.platform != "linux", reason="other systems always have a display")
def test_without_a_display_the_command_says_so_and_ends() -> None:
    environment = {name: value for name, value in os.environ.items() if name not in DISPLAYS}
    ended = subprocess.run(
        [sys.executable, "-m", "cnngui"],
        env=environment,
        cwd=ROOT,
        capture_output=True,
        text=True,
        check=False,
    )
    assert (ended.returncode, ended.stdout) == (2, "")
    [line] = lines(ended.stderr)
    assert "no display" in line
    assert "cnngui train" in line


def test_a_missing_library_is_one_line_with_the_package(
    monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.setattr(display, "has_display", lambda: True)
    monkeypatch.setattr(display, "missing_packages", lambda *, offscreen: ["libegl1"])
    for command in ([], ["demo"]):
        assert main(command) == 2
        [line] = lines(capsys.readouterr().err)
        assert "install libegl1" in line


def test_a_word_that_is_no_file_and_no_example_is_one_line(capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["trian"]) == 2
    [line] = lines(capsys.readouterr().err)
    assert "There is no design 'trian'" in line


@pytest.mark.usefixtures("no_display", "short_demo")
def test_the_demo_says_that_there_is_no_display_and_draws_the_window(
    monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str], tmp_path: Path
) -> None:
    monkeypatch.setattr(display, "missing_packages", lambda *, offscreen: [])
    assert main(["demo"]) == 0
    said = lines(capsys.readouterr().out)
    assert "no display" in said[0]
    assert str(tmp_path / "cnngui-demo.png") in said[-1]
    assert (tmp_path / "cnngui-demo.png").read_text() == "14 blocks on offscreen"


@pytest.mark.usefixtures("no_display", "short_demo")
def test_the_demo_trains_even_where_no_picture_can_be_drawn(
    monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str], tmp_path: Path
) -> None:
    monkeypatch.setattr(display, "missing_packages", lambda *, offscreen: ["libegl1"])
    assert main(["demo"]) == 0
    [line] = lines(capsys.readouterr().err)
    assert "install libegl1" in line
    assert not list(tmp_path.glob("*.png"))
