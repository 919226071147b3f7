"""Saving while the window lives on: nothing waits for the disk or the run, and nothing is lost on the way."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path
from threading import Event
from typing import Final

import pytest
from PySide6.QtCore import QEventLoop, Qt
from PySide6.QtWidgets import QFileDialog, QMessageBox
from pytestqt.qtbot import QtBot

from cnngui.models.run import State
from cnngui.models.settings import Settings
from cnngui.theme.theme import ThemeManager
from cnngui.window.workbench import Workbench
from core.compile import compile_graph
from core.design.edits import rename, set_param
from core.design.graph import Graph
from core.formats.project import load_project
from core.running.program import Program
from core.training.session import Session
from tests.cnngui.dialogs import answering, clicked, pressed, typed
from tests.cnngui.disks import Disk
from tests.cnngui.runs import (
    ENDLESS,
    GRAPH,
    PATIENCE,
    hold,
    stopping,
    wait_for,
    wait_for_step,
    wait_until_saved,
    write_bars,
)
from tests.cnngui.windows import open_window, press, save, undo

BUTTONS: Final = QMessageBox.StandardButton


@pytest.fixture
def bench(
    qtbot: QtBot, settings: Settings, themes: ThemeManager, tmp_path: Path, disk: Disk
) -> Iterator[Workbench]:
    """A window whose project is saved as mine.cnn."""
    made = open_window(qtbot, settings, themes, tmp_path)
    with answering(typed("mine")):
        save(qtbot, made)
    wait_until_saved(qtbot, made.files.saving)
    disk.written.clear()
    yield made
    disk.go_on()
    made.run.stop()
    wait_for(qtbot, made.models, State.IDLE)
    wait_until_saved(qtbot, made.files.saving)


def change(bench: Workbench, name: str = "Eye") -> None:
    bench.document.edit("Rename", lambda graph: rename(graph, "conv2d_1", name))


def saved_name(path: Path) -> str:
    return load_project(path).project.design["conv2d_1"].name


def test_a_run_is_saved_between_two_steps_and_goes_on(
    qtbot: QtBot, bench: Workbench, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    bench.document.set_plan(ENDLESS)
    bench.run_control.start()
    wait_for_step(qtbot, bench.models, 3)
    with monkeypatch.context() as patched:
        patched.setattr(QEventLoop, "exec", lambda *_: pytest.fail("it waits in a loop of its own"))
        bench.actions["save"].trigger()
    assert bench.files.saving.busy == tmp_path / "mine.cnn"
    assert bench.window.statusBar().currentMessage() == "Saving mine.cnn…"
    wait_until_saved(qtbot, bench.files.saving)
    assert bench.window.statusBar().currentMessage() == "Saved mine.cnn"
    assert bench.run.state is State.RUNNING
    found = load_project(tmp_path / "mine.cnn")
    assert found.project.plan == ENDLESS
    assert found.checkpoint is not None
    kept = list(found.checkpoint.losses)
    assert len(kept) >= 3
    qtbot.waitUntil(lambda: len(bench.run.curves.losses) > len(kept), timeout=PATIENCE)
    assert list(bench.run.curves.losses[: len(kept)]) == kept
    assert bench.window.isWindowModified()  # it has learned more since then


def test_a_held_run_is_saved_as_it_stands(qtbot: QtBot, bench: Workbench, tmp_path: Path) -> None:
    hold(qtbot, bench.models, step=4)
    save(qtbot, bench)
    wait_until_saved(qtbot, bench.files.saving)
    found = load_project(tmp_path / "mine.cnn").checkpoint
    assert found is not None
    assert list(found.losses) == list(bench.run.curves.losses)
    assert bench.run.state is State.PAUSED
    assert not bench.window.isWindowModified()
    bench.run.step()
    wait_for_step(qtbot, bench.models, 5)
    assert bench.window.isWindowModified()
    with answering(pressed(BUTTONS.Cancel)) as asked:
        bench.window.close()
    assert asked == ["Save the trained weights of mine.cnn first?"]


def test_a_held_run_that_is_saved_is_not_asked_about(qtbot: QtBot, bench: Workbench) -> None:
    hold(qtbot, bench.models, step=4)
    save(qtbot, bench)
    wait_until_saved(qtbot, bench.files.saving)
    with answering():
        bench.window.close()
        qtbot.waitUntil(lambda: not bench.window.isVisible(), timeout=PATIENCE)


def test_a_held_run_that_is_stopped_where_it_was_saved_is_saved(qtbot: QtBot, bench: Workbench) -> None:
    hold(qtbot, bench.models, step=4)
    save(qtbot, bench)
    wait_until_saved(qtbot, bench.files.saving)
    with qtbot.waitSignal(bench.run.rested, timeout=PATIENCE):
        bench.run.stop()
    assert not bench.window.isWindowModified()


def test_a_run_that_ends_before_its_state_is_taken_is_saved_as_it_ended(
    qtbot: QtBot, bench: Workbench, tmp_path: Path
) -> None:
    hold(qtbot, bench.models, step=4)
    bench.run.stop()
    save(qtbot, bench)
    wait_until_saved(qtbot, bench.files.saving)
    assert bench.run.state is State.IDLE
    found = load_project(tmp_path / "mine.cnn").checkpoint
    assert found is not None
    assert list(found.losses) == list(bench.run.curves.losses)
    assert not bench.window.isWindowModified()


@pytest.mark.parametrize("closing", [False, True])
def test_a_run_that_was_undone_is_not_saved_in_place_of_the_one_that_comes_back(
    qtbot: QtBot, bench: Workbench, tmp_path: Path, *, closing: bool
) -> None:
    with qtbot.waitSignal(bench.run.ended, timeout=PATIENCE):
        bench.run_control.start()
    former = bench.run.checkpoint
    assert former is not None
    bench.document.set_plan(ENDLESS)
    bench.run_control.start_over(held=True)
    wait_for(qtbot, bench.models, State.PAUSED)
    wait_for_step(qtbot, bench.models, 1)
    with qtbot.waitSignal(bench.run.ended, timeout=PATIENCE), stopping(bench.models):
        undo(qtbot, bench)
        if closing:
            with answering(pressed(BUTTONS.Save)):
                bench.window.close()
        else:
            save(qtbot, bench)
    wait_until_saved(qtbot, bench.files.saving)
    found = load_project(tmp_path / "mine.cnn").checkpoint
    assert found is not None
    assert found.losses == former.losses
    assert bench.run.checkpoint is former
    assert not bench.window.isWindowModified()
    assert bench.window.isHidden() is closing


def test_the_window_lives_on_while_the_disk_is_slow(
    qtbot: QtBot, bench: Workbench, disk: Disk, tmp_path: Path
) -> None:
    change(bench, "First")
    disk.stop()
    save(qtbot, bench)
    change(bench, "Second")
    assert bench.window.isWindowModified()
    disk.go_on()
    wait_until_saved(qtbot, bench.files.saving)
    assert saved_name(tmp_path / "mine.cnn") == "First"
    assert bench.window.isWindowModified()
    undo(qtbot, bench)
    assert not bench.window.isWindowModified()


def test_saving_twice_writes_the_same_once_and_another_state_once_more(
    qtbot: QtBot, bench: Workbench, disk: Disk, tmp_path: Path
) -> None:
    change(bench, "First")
    disk.stop()
    save(qtbot, bench)
    save(qtbot, bench)
    change(bench, "Second")
    save(qtbot, bench)
    disk.go_on()
    wait_until_saved(qtbot, bench.files.saving)
    assert [file.project.design["conv2d_1"].name for file in disk.written] == ["First", "Second"]
    assert saved_name(tmp_path / "mine.cnn") == "Second"
    assert not bench.window.isWindowModified()


def test_a_full_disk_leaves_everything_unsaved_and_open(
    qtbot: QtBot, bench: Workbench, disk: Disk, tmp_path: Path
) -> None:
    change(bench)
    disk.is_full = True
    with answering(pressed(BUTTONS.Ok)) as asked:
        save(qtbot, bench)
        wait_until_saved(qtbot, bench.files.saving)
    assert "No space left" in asked[0]
    assert bench.window.statusBar().currentMessage() == "mine.cnn wasn't saved."
    assert bench.window.isWindowModified()
    assert saved_name(tmp_path / "mine.cnn") != "Eye"
    with answering(pressed(BUTTONS.Save), pressed(BUTTONS.Ok)):
        bench.window.close()
        wait_until_saved(qtbot, bench.files.saving)
    assert bench.window.isVisible()
    disk.is_full = False
    save(qtbot, bench)
    wait_until_saved(qtbot, bench.files.saving)
    assert not bench.window.isWindowModified()


def test_closing_waits_for_what_is_being_saved(
    qtbot: QtBot, bench: Workbench, disk: Disk, tmp_path: Path
) -> None:
    change(bench)
    disk.stop()
    save(qtbot, bench)
    bench.window.close()
    assert bench.window.isVisible()
    disk.go_on()
    qtbot.waitUntil(bench.window.isHidden, timeout=PATIENCE)
    assert saved_name(tmp_path / "mine.cnn") == "Eye"


def test_an_edit_after_the_wish_to_close_is_asked_about(
    qtbot: QtBot, bench: Workbench, disk: Disk, tmp_path: Path
) -> None:
    change(bench, "First")
    disk.stop()
    save(qtbot, bench)
    bench.window.close()
    change(bench, "Second")
    with answering(pressed(BUTTONS.Cancel)):
        disk.go_on()
        wait_until_saved(qtbot, bench.files.saving)
    assert bench.window.isVisible()
    assert saved_name(tmp_path / "mine.cnn") == "First"


def test_closing_twice_while_something_is_saved_asks_once(
    qtbot: QtBot, bench: Workbench, disk: Disk, tmp_path: Path
) -> None:
    change(bench, "First")
    disk.stop()
    save(qtbot, bench)
    change(bench, "Second")
    bench.window.close()
    bench.window.close()
    with answering(pressed(BUTTONS.Cancel)):
        disk.go_on()
        wait_until_saved(qtbot, bench.files.saving)
    assert bench.window.isVisible()
    with answering(pressed(BUTTONS.Save)):
        bench.window.close()
        bench.window.close()
        qtbot.waitUntil(bench.window.isHidden, timeout=PATIENCE)
    assert saved_name(tmp_path / "mine.cnn") == "Second"


def test_several_saves_into_a_file_that_was_changed_are_one_question(
    qtbot: QtBot, bench: Workbench, disk: Disk, tmp_path: Path
) -> None:
    disk.stop()
    for name in ("First", "Second"):
        change(bench, name)
        save(qtbot, bench)
    (tmp_path / "mine.cnn").write_bytes(b"theirs")
    with answering(clicked("Keep Mine")):
        disk.go_on()
        wait_until_saved(qtbot, bench.files.saving)
    assert saved_name(tmp_path / "mine.cnn") == "Second"
    assert not bench.window.isWindowModified()


def test_closing_with_a_run_on_saves_all_that_it_has_learned(
    qtbot: QtBot, bench: Workbench, tmp_path: Path
) -> None:
    bench.document.set_plan(ENDLESS)
    bench.run_control.start()
    wait_for_step(qtbot, bench.models, 3)
    with answering(pressed(BUTTONS.Save)):
        bench.window.close()
    assert bench.window.isVisible()
    qtbot.waitUntil(bench.window.isHidden, timeout=PATIENCE)
    found = load_project(tmp_path / "mine.cnn").checkpoint
    assert found is not None
    assert list(found.losses) == list(bench.run.curves.losses)


def test_a_run_that_is_discarded_is_stopped_before_the_window_goes(qtbot: QtBot, bench: Workbench) -> None:
    bench.document.set_plan(ENDLESS)
    bench.run_control.start()
    wait_for_step(qtbot, bench.models, 1)
    with answering(pressed(BUTTONS.Discard)):
        bench.window.close()
    qtbot.waitUntil(bench.window.isHidden, timeout=PATIENCE)
    assert bench.run.state is State.IDLE


def test_another_design_is_opened_when_this_one_is_saved(
    qtbot: QtBot, bench: Workbench, disk: Disk, tmp_path: Path
) -> None:
    change(bench)
    disk.stop()
    with answering(pressed(BUTTONS.Save)):
        bench.actions["new"].trigger()
    assert bench.document.graph.blocks
    disk.go_on()
    qtbot.waitUntil(lambda: not bench.document.graph.blocks, timeout=PATIENCE)
    assert saved_name(tmp_path / "mine.cnn") == "Eye"
    assert bench.document.path is None


def test_who_gives_no_name_keeps_the_design_and_the_run(qtbot: QtBot, bench: Workbench) -> None:
    bench.document.open(GRAPH)
    hold(qtbot, bench.models, step=1)
    with answering(pressed(BUTTONS.Save), lambda dialog: str(dialog.close())):
        press(qtbot, bench, Qt.Key.Key_N, Qt.KeyboardModifier.ControlModifier)
    assert bench.run.state is State.PAUSED
    assert bench.document.graph == GRAPH


def test_the_folder_is_remembered_before_anything_is_written_into_it(
    qtbot: QtBot, bench: Workbench, disk: Disk, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """A kill may leave something there, for which the next start has to look."""
    (tmp_path / "new").mkdir()
    chosen = str(tmp_path / "new" / "other.cnn"), ""
    monkeypatch.setattr(QFileDialog, "getSaveFileName", lambda *_: chosen)
    disk.stop()
    bench.files.save_as()
    remembered = (tmp_path / "settings" / "cnngui" / "cnngui.ini").read_text()
    assert f"designs={tmp_path / 'new'}" in remembered
    disk.go_on()
    wait_until_saved(qtbot, bench.files.saving)


def test_a_copy_leaves_the_document_unsaved(
    qtbot: QtBot, bench: Workbench, disk: Disk, tmp_path: Path
) -> None:
    change(bench)
    disk.stop()
    with answering(typed("other.json", "Designs")):
        bench.actions["save_copy"].trigger()
    disk.go_on()
    wait_until_saved(qtbot, bench.files.saving)
    assert saved_name(tmp_path / "other.json") == "Eye"
    assert bench.document.path == tmp_path / "mine.cnn"
    assert bench.window.isWindowModified()


def test_a_design_file_keeps_the_design_alone_and_the_rest_is_unsaved(
    qtbot: QtBot, bench: Workbench, tmp_path: Path
) -> None:
    change(bench)
    bench.document.set_plan(replace(bench.document.plan, epochs=7))
    with answering(typed("mine.json", "Designs")):
        bench.actions["save_as"].trigger()
    wait_until_saved(qtbot, bench.files.saving)
    assert bench.window.isWindowModified()
    assert bench.window.statusBar().currentMessage().startswith("Saved mine.json, the design alone")
    with answering(pressed(BUTTONS.Save), typed("whole")):
        bench.actions["new"].trigger()
    qtbot.waitUntil(lambda: not bench.document.graph.blocks, timeout=PATIENCE)
    assert load_project(tmp_path / "whole.cnn").project.plan.epochs == 7


def test_a_design_file_is_enough_for_a_design(qtbot: QtBot, bench: Workbench, tmp_path: Path) -> None:
    change(bench)
    with answering(typed("mine.json", "Designs")):
        bench.actions["save_as"].trigger()
    wait_until_saved(qtbot, bench.files.saving)
    assert not bench.window.isWindowModified()
    change(bench, "Ear")
    with answering(pressed(BUTTONS.Save)):
        bench.actions["new"].trigger()
    qtbot.waitUntil(lambda: not bench.document.graph.blocks, timeout=PATIENCE)
    assert saved_name(tmp_path / "mine.json") == "Ear"


def test_an_edit_while_the_design_is_saved_before_another_is_opened_is_asked_about(
    qtbot: QtBot, bench: Workbench, disk: Disk, tmp_path: Path
) -> None:
    change(bench, "First")
    disk.stop()
    with answering(pressed(BUTTONS.Save)):
        bench.actions["new"].trigger()
    change(bench, "Second")
    with answering(pressed(BUTTONS.Cancel)):
        disk.go_on()
        wait_until_saved(qtbot, bench.files.saving)
    assert saved_name(tmp_path / "mine.cnn") == "First"
    assert bench.document.graph["conv2d_1"].name == "Second"
    assert bench.window.isWindowModified()


def test_a_run_whose_state_can_not_be_taken_is_not_saved_without_it(
    qtbot: QtBot, bench: Workbench, disk: Disk, monkeypatch: pytest.MonkeyPatch
) -> None:
    def fail(_: object) -> None:
        raise MemoryError

    hold(qtbot, bench.models, step=2)
    with monkeypatch.context() as patched, answering(pressed(BUTTONS.Ok)) as asked:
        patched.setattr(Session, "checkpoint", fail)
        save(qtbot, bench)
        wait_until_saved(qtbot, bench.files.saving)
    assert asked == ["The run can't be saved. Stop it, then save again."]
    assert not disk.written
    assert bench.window.isWindowModified()


def test_the_end_comes_after_the_file_that_is_being_written_and_before_those_that_wait(
    qtbot: QtBot, bench: Workbench, disk: Disk, tmp_path: Path
) -> None:
    hold(qtbot, bench.models, step=1)
    disk.stop()
    bench.files.saving.save(tmp_path / "copy.json", is_copy=True)
    with qtbot.waitSignal(bench.run.saved, timeout=PATIENCE):  # of the file that waits
        save(qtbot, bench)
        disk.go_on()
        bench.files.saving.shut_down()
    assert bench.files.saving.busy is None
    assert load_project(tmp_path / "mine.cnn").checkpoint is None
    assert len(disk.written) == 1


def test_train_pressed_while_data_are_loading_goes_on_with_the_run_there_is(
    qtbot: QtBot, bench: Workbench, tmp_path: Path
) -> None:
    hold(qtbot, bench.models, step=4)
    with qtbot.waitSignal(bench.run.rested, timeout=PATIENCE):
        bench.run.stop()
    learned = bench.run.curves.losses
    assert len(learned) == 4
    bench.data.choose(str(write_bars(tmp_path / "again.npz")))
    assert bench.data.loading is not None
    bench.actions["train"].trigger()
    wait_for_step(qtbot, bench.models, 6)
    assert bench.run.curves.losses[:4] == learned


def test_a_save_does_not_wait_for_a_run_that_is_prepared(
    qtbot: QtBot, bench: Workbench, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Compilation may take long."""
    free = Event()

    def slow(graph: Graph, *, seed: int) -> Program:
        free.wait(PATIENCE / 1000)
        return compile_graph(graph, seed=seed)

    monkeypatch.setattr("cnngui.compute.jobs.train.compile_graph", slow)
    bench.run_control.start_over()
    wait_for(qtbot, bench.models, State.PREPARING)
    change(bench, "Eye")
    save(qtbot, bench)
    wait_until_saved(qtbot, bench.files.saving)
    assert bench.run.state is State.PREPARING
    assert saved_name(tmp_path / "mine.cnn") == "Eye"
    free.set()


def test_a_design_that_was_changed_after_its_training_comes_back_with_the_trained_one(
    qtbot: QtBot, bench: Workbench, tmp_path: Path
) -> None:
    with qtbot.waitSignal(bench.run.ended, timeout=PATIENCE):
        bench.run_control.start_over()
    trained = bench.run.graph
    bench.document.edit("Filters", lambda graph: set_param(graph, "conv2d_1", "filters", 9))
    save(qtbot, bench)
    wait_until_saved(qtbot, bench.files.saving)
    bench.files.new()
    bench.files.open_path(tmp_path / "mine.cnn")
    assert bench.document.graph != trained
    assert bench.run.graph == trained
    assert bench.run_control.is_of_another_design
