"""Design, plan and data are one project: one history, one unsaved mark, by what a user does in the window."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import numpy as np
import pytest
from PySide6.QtCore import Qt
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QComboBox, QFileDialog, QLineEdit, QPushButton
from pytestqt.qtbot import QtBot

from cnngui.compute.jobs.load import Load
from cnngui.models.run import State
from cnngui.models.settings import Settings
from cnngui.panels.data.data import DataPanel
from cnngui.panels.design.problems import ProblemsPanel
from cnngui.panels.studio.training import TrainingPanel
from cnngui.theme.theme import ThemeManager
from cnngui.window.workbench import Workbench
from core.design.edits import rename
from core.errors import Problem
from core.maths.optim import SGD, Adam
from core.project import DataChoice, Project
from core.training.plan import Plan
from tests.cnngui.contents import content
from tests.cnngui.dialogs import answering, typed
from tests.cnngui.runs import (
    ENDLESS,
    PATIENCE,
    PLAN,
    answered,
    hold,
    wait_for,
    wait_for_rate,
    wait_until_saved,
    write_bars,
)
from tests.cnngui.windows import open_window, redo, save, undo


@pytest.fixture
def bench(qtbot: QtBot, settings: Settings, themes: ThemeManager, tmp_path: Path) -> Iterator[Workbench]:
    made = open_window(qtbot, settings, themes, tmp_path)
    made.views.show("training")
    yield made
    made.run.stop()
    wait_for(qtbot, made.models, State.IDLE)


def type_rate(bench: Workbench, text: str) -> QLineEdit:
    """Types a learning rate into the training panel."""
    field = (
        content(bench, "training", TrainingPanel).optimizer_form.editors["learning_rate"].findChild(QLineEdit)
    )
    assert field is not None
    field.setFocus()
    field.selectAll()
    QTest.keyClicks(field, text)
    QTest.keyClick(field, Qt.Key.Key_Return)
    return field


def rate(bench: Workbench) -> float:
    return bench.document.plan.optimizer.learning_rate


def named(bench: Workbench, command: str) -> str:
    return bench.actions[command].text().replace("&", "")


def choose_file(bench: Workbench, path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """What the data dialog's button for a file does."""
    bench.actions["data"].trigger()
    with monkeypatch.context() as patched:
        patched.setattr(QFileDialog, "getOpenFileName", lambda *_: (str(path), ""))
        QTest.mouseClick(content(bench, "data", DataPanel).open_file, Qt.MouseButton.LeftButton)


def test_a_setting_that_is_typed_is_one_step_and_comes_back(qtbot: QtBot, bench: Workbench) -> None:
    assert not bench.window.isWindowModified()
    before = rate(bench)
    field = type_rate(bench, "0.02")
    for _ in range(3):
        QTest.keyClick(field, Qt.Key.Key_Up)
    assert rate(bench) > 0.02
    assert bench.window.isWindowModified()
    assert bench.document.undo_stack.count() == 1
    assert named(bench, "undo") == "Undo Set learning rate"
    undo(qtbot, bench)
    assert rate(bench) == before
    assert content(bench, "training", TrainingPanel).optimizer_form.editors["learning_rate"].value == before
    assert not bench.window.isWindowModified()


def test_edits_of_design_and_plan_are_undone_in_the_order_in_which_they_were_made(
    qtbot: QtBot, bench: Workbench
) -> None:
    seen = [bench.document.project]
    type_rate(bench, "0.5")
    seen.append(bench.document.project)
    bench.document.edit("Rename", lambda graph: rename(graph, "conv2d_1", "Eye"))
    seen.append(bench.document.project)
    type_rate(bench, "0.25")
    seen.append(bench.document.project)
    box = content(bench, "training", TrainingPanel).schedule.choice.box
    assert isinstance(box, QComboBox)
    box.setFocus()
    QTest.keyClick(box, Qt.Key.Key_Down)
    box.activated.emit(box.currentIndex())
    seen.append(bench.document.project)
    assert len(set(map(id, seen))) == bench.document.undo_stack.count() + 1 == 5
    for project in reversed(seen[:-1]):
        undo(qtbot, bench)
        assert bench.document.project is project
    for project in seen[1:]:
        redo(bench)
        assert bench.document.project is project


def test_what_was_saved_is_not_modified_whichever_way_it_is_come_back_to(
    qtbot: QtBot, bench: Workbench
) -> None:
    type_rate(bench, "0.5")
    with answering(typed("mine")):
        save(qtbot, bench)
    wait_until_saved(qtbot, bench.files.saving)
    assert not bench.window.isWindowModified()
    type_rate(bench, "0.25")
    assert bench.window.isWindowModified()
    undo(qtbot, bench)
    assert rate(bench) == 0.5  # saving ends a step
    assert not bench.window.isWindowModified()
    undo(qtbot, bench)
    assert bench.window.isWindowModified()


def test_a_run_follows_the_plan_and_its_undo(qtbot: QtBot, bench: Workbench) -> None:
    hold(qtbot, bench.models, step=1)
    before = rate(bench)
    type_rate(bench, "0.125")
    QTest.mouseClick(content(bench, "training", TrainingPanel).step, Qt.MouseButton.LeftButton)
    wait_for_rate(qtbot, bench.models, 0.125)
    undo(qtbot, bench)
    QTest.mouseClick(content(bench, "training", TrainingPanel).step, Qt.MouseButton.LeftButton)
    wait_for_rate(qtbot, bench.models, before)


def test_a_choice_of_data_is_undone_and_the_former_data_come_back(
    qtbot: QtBot, bench: Workbench, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    data, former = bench.data, bench.document.project
    write_bars(tmp_path / "more.npz", train=90)
    with qtbot.waitSignal(data.arrived, timeout=PATIENCE):
        choose_file(bench, tmp_path / "more.npz", monkeypatch)
        assert bench.document.project == former  # it is there when the data are
    assert bench.document.project.data == DataChoice(str(tmp_path / "more.npz"))
    assert bench.window.isWindowModified()
    assert named(bench, "undo") == "Undo Choose data"
    with qtbot.waitSignal(data.arrived, timeout=PATIENCE):
        undo(qtbot, bench)
        assert data.loading == str(tmp_path / "bars.npz")
    assert len(data.parts["training"]) == 60
    assert bench.document.project == former
    assert not bench.window.isWindowModified()
    with qtbot.waitSignal(data.arrived, timeout=PATIENCE):
        redo(bench)
    assert len(data.parts["training"]) == 81


def test_data_chosen_during_a_run_by_undo_come_after_it(
    qtbot: QtBot, bench: Workbench, tmp_path: Path
) -> None:
    with qtbot.waitSignal(bench.data.arrived, timeout=PATIENCE):
        bench.data.choose(str(write_bars(tmp_path / "more.npz", train=90)))
    bench.run.start(bench.document.graph)
    bench.run.pause()
    wait_for(qtbot, bench.models, State.PAUSED)
    undo(qtbot, bench)
    assert bench.data.loading is None
    with qtbot.waitSignal(bench.data.arrived, timeout=PATIENCE):
        bench.run.stop()
    assert len(bench.data.parts["training"]) == 60


def test_a_run_that_waits_for_data_does_not_begin_on_others(
    qtbot: QtBot, bench: Workbench, tmp_path: Path
) -> None:
    began: list[bool] = []
    bench.run_control.began.connect(lambda: began.append(True))
    with answered(qtbot, bench.compute, Load):  # what comes all the same
        bench.data.choose(str(write_bars(tmp_path / "more.npz")))
        bench.run_control.start()
        bench.data.cancel()
    assert bench.window.statusBar().currentMessage() == "Loading was cancelled; no run begins."
    assert bench.run.state is State.IDLE
    assert not began
    with qtbot.waitSignal(bench.run.ended, timeout=PATIENCE):
        bench.run_control.start()


def test_a_run_that_waits_for_data_begins_when_redo_makes_them_needless(
    qtbot: QtBot, bench: Workbench, tmp_path: Path
) -> None:
    with qtbot.waitSignal(bench.data.arrived, timeout=PATIENCE):
        bench.data.choose(str(write_bars(tmp_path / "more.npz", train=90)))
    with qtbot.waitSignal(bench.run.ended, timeout=PATIENCE):
        bench.document.undo_stack.undo()
        bench.run_control.start()
        assert bench.run.state is State.IDLE
        bench.document.undo_stack.redo()
    assert bench.run.started is not None
    assert bench.run.started.samples == 81
    assert bench.document.data == bench.data.parts["training"].spec


def test_a_project_whose_data_are_gone_is_not_trained_on_others(
    qtbot: QtBot, bench: Workbench, tmp_path: Path
) -> None:
    wanted: list[bool] = []
    gone = DataChoice(str(tmp_path / "gone.npz"))
    with qtbot.waitSignal(bench.data.failed, timeout=PATIENCE):
        bench.document.open_project(Project(bench.document.graph, PLAN, gone))
    assert bench.data.source is None
    assert bench.document.data is None
    bench.run_control.data_needed.connect(lambda: wanted.append(True))
    with qtbot.waitSignal(bench.data.failed, timeout=PATIENCE):  # it is looked for once more
        bench.run_control.start()
    assert bench.run.state is State.IDLE
    assert bench.document.project.data == gone
    with qtbot.waitSignal(bench.run.ended, timeout=PATIENCE):
        write_bars(tmp_path / "gone.npz")
        bench.run_control.start()


def test_data_that_failed_are_not_tried_again_by_themselves(
    qtbot: QtBot, bench: Workbench, tmp_path: Path
) -> None:
    with qtbot.waitSignal(bench.data.failed, timeout=PATIENCE):
        bench.document.open_project(
            Project(bench.document.graph, PLAN, DataChoice(str(tmp_path / "gone.npz")))
        )
    type_rate(bench, "0.5")
    assert rate(bench) == 0.5
    assert bench.data.loading is None
    assert bench.data.problem is not None


def test_a_split_that_leaves_nothing_keeps_the_source_but_trains_on_no_other_split(
    qtbot: QtBot, bench: Workbench, tmp_path: Path
) -> None:
    np.savez(tmp_path / "few.npz", x=np.zeros((2, 1, 8, 8), np.uint8), y=np.array([0.5, 1.5], np.float32))
    with qtbot.waitSignal(bench.data.arrived, timeout=PATIENCE):
        bench.data.choose(str(tmp_path / "few.npz"))
    problems: list[Problem] = []
    bench.data.failed.connect(problems.append)
    bench.document.set_plan(Plan(validation=0.9))
    qtbot.waitUntil(lambda: bool(problems), timeout=PATIENCE)
    assert "nothing to train on" in problems[0].message
    assert not bench.data.parts
    assert bench.data.source is not None
    with qtbot.waitSignal(bench.data.arrived, timeout=PATIENCE):
        undo(qtbot, bench)
    assert len(bench.data.parts["training"]) == 2


def test_a_run_that_diverged_offers_a_lower_learning_rate(qtbot: QtBot, bench: Workbench) -> None:
    bad = SGD(learning_rate=100.0, weight_decay=10.0)
    bench.document.set_plan(Plan(bad, epochs=50, batch_size=10))
    with qtbot.waitSignal(bench.run.failed, timeout=PATIENCE):
        bench.run_control.start()
    wait_for(qtbot, bench.models, State.IDLE)
    bench.views.show("problems")
    offered = {
        button.text(): button
        for button in content(bench, "problems", ProblemsPanel).findChildren(QPushButton)
    }
    button = next(button for text, button in offered.items() if text == "Set learning rate to 10")
    QTest.mouseClick(button, Qt.MouseButton.LeftButton)
    assert rate(bench) == 10
    assert not bench.document.inference.problems
    undo(qtbot, bench)
    assert bench.document.plan.optimizer == bad


def test_training_further_is_one_step_with_its_plan(qtbot: QtBot, bench: Workbench) -> None:
    with qtbot.waitSignal(bench.run.ended, timeout=PATIENCE):
        bench.run_control.start()
    with qtbot.waitSignal(bench.run.ended, timeout=PATIENCE):
        bench.run_control.train_further()
    assert bench.document.plan.epochs == 4
    assert bench.document.undo_stack.count() == 1
    undo(qtbot, bench)
    assert bench.document.plan == PLAN
    assert bench.run.finished is not None
    assert bench.run.finished.epochs == 2
    redo(bench)
    assert bench.document.plan.epochs == bench.run.finished.epochs == 4


def test_choosing_another_optimizer_says_which(qtbot: QtBot, bench: Workbench) -> None:
    panel = content(bench, "training", TrainingPanel)
    panel.optimizer.setCurrentIndex(panel.optimizer.findText(SGD.title))
    panel.optimizer.activated.emit(panel.optimizer.currentIndex())
    assert named(bench, "undo") == f"Undo Choose {SGD.title}"
    undo(qtbot, bench)
    assert isinstance(bench.document.plan.optimizer, Adam)
    assert panel.optimizer.currentText() == Adam.title


def test_the_models_are_only_read_from_outside(qtbot: QtBot, bench: Workbench) -> None:
    hold(qtbot, bench.models, step=2)
    curves = bench.run.curves
    for model, name in (
        (bench.run, "state"),
        (bench.run, "curves"),
        (bench.data, "source"),
        (bench.looking, "snapshot"),
        (bench.judging, "evaluation"),
    ):
        with pytest.raises(AttributeError):
            setattr(model, name, None)
    assert not hasattr(curves.losses, "append")
    with pytest.raises(TypeError):
        curves.losses[0] = 0.0  # type: ignore[index]
    with pytest.raises(TypeError):
        bench.data.parts["test"] = bench.data.parts["training"]  # type: ignore[index]
    assert bench.document.plan == ENDLESS
