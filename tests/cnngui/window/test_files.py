"""What a person has made is kept: unsaved notes are asked about, others' work in a file isn't replaced."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import replace
from pathlib import Path
from typing import Final

import pytest
from PySide6.QtCore import Qt
from PySide6.QtWidgets import QMessageBox
from pytestqt.qtbot import QtBot

from cnngui.models.run import State
from cnngui.models.settings import Settings
from cnngui.theme.theme import ThemeManager
from cnngui.window.workbench import Workbench
from core.design.edits import rename
from core.design.graph import Graph
from core.design.notes import add_comment, add_frame
from core.formats.project import load_project, save_project
from tests.cnngui.dialogs import answering, clicked, close, pressed, typed
from tests.cnngui.runs import ENDLESS, PATIENCE, hold, stopping, wait_for, wait_until_saved, write_bars
from tests.cnngui.windows import open_window, press, save

BUTTONS: Final = QMessageBox.StandardButton
CHANGED: Final = "mine.cnn was changed by another program since it was opened or saved here."


@pytest.fixture
def bench(qtbot: QtBot, settings: Settings, themes: ThemeManager, tmp_path: Path) -> Iterator[Workbench]:
    """A window whose project is saved as mine.cnn."""
    made = open_window(qtbot, settings, themes, tmp_path)
    with answering(typed("mine")):
        save(qtbot, made)
    wait_until_saved(qtbot, made.files.saving)
    yield made
    made.run.stop()
    wait_for(qtbot, made.models, State.IDLE)
    wait_until_saved(qtbot, made.files.saving)


def change(bench: Workbench, name: str = "Eye") -> None:
    bench.document.edit("Rename", lambda graph: rename(graph, "conv2d_1", name))


def change_elsewhere(path: Path, name: str = "Theirs") -> None:
    """What another window does with the file."""
    file = load_project(path)
    design = rename(file.project.design, "conv2d_1", name)
    save_project(path, replace(file, project=replace(file.project, design=design)))


def name_in(path: Path) -> str:
    return load_project(path).project.design["conv2d_1"].name


def new(qtbot: QtBot, bench: Workbench) -> None:
    press(qtbot, bench, Qt.Key.Key_N, Qt.KeyboardModifier.ControlModifier)


# Whether there is something to lose


def comment(bench: Workbench) -> None:
    bench.document.edit("Add comment", lambda graph: add_comment(graph, (0.0, 0.0), "Why?")[0])


def frame(bench: Workbench) -> None:
    bench.document.edit("Add frame", lambda graph: add_frame(graph, (0.0, 0.0), (200.0, 200.0))[0])


def plan(bench: Workbench) -> None:
    bench.document.set_plan(replace(bench.document.plan, epochs=77))


@pytest.mark.parametrize("make", [comment, frame, plan])
def test_whatever_is_made_without_a_block_is_asked_about(
    qtbot: QtBot, bench: Workbench, make: Callable[[Workbench], None]
) -> None:
    new(qtbot, bench)
    assert bench.document.graph == Graph()
    make(bench)
    made = bench.document.project
    assert bench.window.isWindowModified()
    with answering(pressed(BUTTONS.Cancel)) as asked:
        bench.window.close()
    assert asked == ["Save the changes to the new design first?"]
    with answering(pressed(BUTTONS.Cancel)):
        new(qtbot, bench)
    assert bench.document.project == made
    assert bench.window.isVisible()


def test_a_choice_of_data_alone_is_not_asked_about(qtbot: QtBot, bench: Workbench, tmp_path: Path) -> None:
    new(qtbot, bench)
    more = str(write_bars(tmp_path / "more.npz"))
    with qtbot.waitSignal(bench.data.arrived, timeout=PATIENCE):
        bench.data.choose(more)
    with answering():
        bench.files.open_example("lenet5")
    assert bench.document.project.data.source == more


def test_a_message_about_the_former_design_goes_with_it(qtbot: QtBot, bench: Workbench) -> None:
    bench.run_control.message.emit("The later run is back; Undo returns to the one before.")
    new(qtbot, bench)
    assert bench.window.statusBar().currentMessage() == ""


# A file that another program has changed


@pytest.mark.parametrize("edited", [True, False])
def test_a_changed_file_is_asked_about_and_esc_leaves_both(
    qtbot: QtBot, bench: Workbench, tmp_path: Path, *, edited: bool
) -> None:
    if edited:
        change(bench)
    change_elsewhere(tmp_path / "mine.cnn")
    mine = bench.document.project
    with answering(close, close) as asked:
        for _ in range(2):
            save(qtbot, bench)
            wait_until_saved(qtbot, bench.files.saving)
    assert name_in(tmp_path / "mine.cnn") == "Theirs"
    assert bench.document.project == mine
    assert bench.window.isWindowModified() is edited
    assert bench.window.statusBar().currentMessage() == "mine.cnn wasn't saved."
    assert len(asked) == 2


def test_overwriting_a_changed_file_is_possible_and_asked_once(
    qtbot: QtBot, bench: Workbench, tmp_path: Path
) -> None:
    change(bench)
    change_elsewhere(tmp_path / "mine.cnn")
    with answering(clicked("Keep Mine")) as asked:
        save(qtbot, bench)
        wait_until_saved(qtbot, bench.files.saving)
    assert asked[0].startswith(CHANGED)
    assert name_in(tmp_path / "mine.cnn") == "Eye"
    assert not bench.window.isWindowModified()
    change(bench, "Ear")
    with answering():
        save(qtbot, bench)
        wait_until_saved(qtbot, bench.files.saving)
    assert name_in(tmp_path / "mine.cnn") == "Ear"


def test_a_changed_file_can_be_read_again(qtbot: QtBot, bench: Workbench, tmp_path: Path) -> None:
    hold(qtbot, bench.models, step=1)
    change_elsewhere(tmp_path / "mine.cnn")
    with answering(clicked("Take Theirs")):
        save(qtbot, bench)
        wait_until_saved(qtbot, bench.files.saving)
    qtbot.waitUntil(lambda: bench.document.graph["conv2d_1"].name == "Theirs", timeout=PATIENCE)
    assert bench.run.state is State.IDLE
    assert not bench.window.isWindowModified()
    change(bench)
    with answering():
        save(qtbot, bench)
        wait_until_saved(qtbot, bench.files.saving)
    assert name_in(tmp_path / "mine.cnn") == "Eye"


def test_who_closes_keeps_both_under_two_names(qtbot: QtBot, bench: Workbench, tmp_path: Path) -> None:
    change(bench)
    change_elsewhere(tmp_path / "mine.cnn")
    with answering(pressed(BUTTONS.Save), clicked("Save Beside…"), typed("mine too")) as asked:
        bench.window.close()
        qtbot.waitUntil(bench.window.isHidden, timeout=PATIENCE)
    assert asked[2] == "mine copy.cnn"
    assert name_in(tmp_path / "mine.cnn") == "Theirs"
    assert name_in(tmp_path / "mine too.cnn") == "Eye"


def test_who_closes_and_keeps_the_file_as_it_is_stays(qtbot: QtBot, bench: Workbench, tmp_path: Path) -> None:
    change(bench)
    change_elsewhere(tmp_path / "mine.cnn")
    for _ in range(2):
        with answering(pressed(BUTTONS.Save), close):
            bench.window.close()
            wait_until_saved(qtbot, bench.files.saving)
        assert bench.window.isVisible()
    assert name_in(tmp_path / "mine.cnn") == "Theirs"


def test_opening_a_file_takes_note_of_it(qtbot: QtBot, bench: Workbench, tmp_path: Path) -> None:
    bench.files.open_path(tmp_path / "mine.cnn")
    change(bench)
    change_elsewhere(tmp_path / "mine.cnn")
    with answering(close) as asked:
        save(qtbot, bench)
        wait_until_saved(qtbot, bench.files.saving)
    assert asked
    assert name_in(tmp_path / "mine.cnn") == "Theirs"


# A file that may not be written


def test_a_write_protected_file_is_told_of_and_nothing_is_marked_as_saved(
    qtbot: QtBot, bench: Workbench, tmp_path: Path
) -> None:
    change(bench)
    (tmp_path / "mine.cnn").chmod(0o444)
    with answering(pressed(BUTTONS.Ok)) as asked:
        save(qtbot, bench)
        wait_until_saved(qtbot, bench.files.saving)
    assert "mine.cnn can't be written: it is write-protected." in asked[0]
    assert bench.window.isWindowModified()
    assert bench.window.statusBar().currentMessage() == "mine.cnn wasn't saved."
    assert name_in(tmp_path / "mine.cnn") != "Eye"


# Wishes that come while another one is on its way


def test_closing_twice_while_a_discarded_run_ends_asks_once(qtbot: QtBot, bench: Workbench) -> None:
    bench.document.set_plan(ENDLESS)
    hold(qtbot, bench.models, step=1)
    with stopping(bench.models), answering(pressed(BUTTONS.Discard)):
        bench.window.close()
        bench.window.close()
    qtbot.waitUntil(bench.window.isHidden, timeout=PATIENCE)
