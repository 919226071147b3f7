"""What has been trained is never lost by training again: it goes on, or comes back with Undo."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import replace
from functools import partial
from pathlib import Path
from typing import Any, Final

import numpy as np
import pytest
from PySide6.QtCore import Qt
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QMessageBox, QWidget
from pytestqt.qtbot import QtBot

from cnngui.models.models import Models
from cnngui.models.run import State
from cnngui.models.settings import Settings
from cnngui.panels.design.problems import ProblemsPanel
from cnngui.panels.studio.training import TrainingPanel
from cnngui.theme.theme import ThemeManager
from cnngui.window.workbench import Workbench
from core.data.sources import digits
from core.design.edits import set_param
from core.design.graph import Graph
from core.errors import Problem
from core.maths.arrays import Array
from core.maths.optim import SGD
from tests.cnngui.contents import content
from tests.cnngui.dialogs import answering, close, pressed, typed
from tests.cnngui.runs import (
    BATCHES,
    ENDLESS,
    GRAPH,
    PATIENCE,
    PLAN,
    stopping,
    wait_for,
    wait_for_step,
    wait_until_saved,
    write_bars,
)
from tests.cnngui.windows import open_window, press, redo, undo

FURTHER: Final = (Qt.Key.Key_Return,)
OVER: Final = (Qt.Key.Key_Down, Qt.Key.Key_Return)
BUTTONS: Final = QMessageBox.StandardButton
ON: Final = (Qt.Key.Key_Return,)
OVER_CHANGED: Final = (Qt.Key.Key_Down, Qt.Key.Key_Return)
BACK: Final = (Qt.Key.Key_Down, Qt.Key.Key_Down, Qt.Key.Key_Return)
"""Of a run of another design: go on with its weights, start over, go back to its design."""


def other_pool(graph: Graph) -> Graph:
    """Another size enters the dense block, and with it the weights of that are others."""
    return set_param(graph, "max_pool_1", "kernel", (3, 3))


@pytest.fixture
def bench(qtbot: QtBot, settings: Settings, themes: ThemeManager, tmp_path: Path) -> Iterator[Workbench]:
    """A window with GRAPH, trained to the end of PLAN through the keyboard."""
    bench = open_window(qtbot, settings, themes, tmp_path)
    with qtbot.waitSignal(bench.run.ended, timeout=PATIENCE):
        press(qtbot, bench, Qt.Key.Key_Space)
    assert finished(bench.models) == 2
    yield bench
    bench.run.stop()
    wait_for(qtbot, bench.models, State.IDLE)


def choose(bench: Workbench, *keys: Qt.Key) -> None:
    """Answers the choice that has opened."""
    assert bench.run_choice.isVisible()
    for key in keys:
        QTest.keyClick(bench.run_choice, key)
    assert not bench.run_choice.isVisible()


def start_over(qtbot: QtBot, bench: Workbench) -> None:
    """Starts over, and waits for the end of the new run."""
    press(qtbot, bench, Qt.Key.Key_Space)
    with qtbot.waitSignal(bench.run.ended, timeout=PATIENCE):
        choose(bench, *OVER)


def finished(models: Models) -> int | None:
    return models.run.finished.epochs if models.run.finished else None


def shown(models: Models) -> tuple[Any, ...]:
    """All that is shown of a run."""
    curves = models.run.curves
    return (
        models.document.plan,
        models.run.graph,
        models.run.checkpoint,
        curves.count,
        tuple(curves.losses),
        tuple(curves.metrics),
        tuple(curves.epochs),
        models.run.started,
        models.run.last_step,
        models.run.finished,
        models.judging.evaluation,
        models.run.problem,
    )


def prediction(qtbot: QtBot, models: Models) -> Array:
    """What the network in the compute thread says of a sample, asked anew: another one comes before it."""
    models.looking.watch("test", ["input_1", "classification_1"])
    for index in (8, 7):
        models.looking.look_at("training", index)
        sample, _ = models.data.parts["training"].batch(slice(index, index + 1))
        qtbot.waitUntil(partial(is_looked_at, models, sample[0]), timeout=PATIENCE)
    assert models.looking.snapshot is not None
    return models.looking.snapshot.prediction


def is_looked_at(models: Models, sample: Array) -> bool:
    found = models.looking.snapshot.maps.get("input_1") if models.looking.snapshot else None
    return found is not None and np.array_equal(found, sample)


def is_judged(models: Models) -> bool:
    return (
        models.judging.evaluation is not None
        and models.judging.evaluation.done == models.judging.evaluation.samples
    )


def test_what_went_wrong_in_a_run_comes_and_goes_with_it(qtbot: QtBot, bench: Workbench) -> None:
    sound = bench.document.plan
    bench.document.set_plan(replace(sound, optimizer=SGD(learning_rate=100.0, weight_decay=10.0), epochs=50))
    with qtbot.waitSignal(bench.run.failed, timeout=PATIENCE):
        bench.run_control.start_over()
    wait_for(qtbot, bench.models, State.IDLE)
    assert told_of(bench) == 1
    bench.document.set_plan(sound)
    with qtbot.waitSignal(bench.run.ended, timeout=PATIENCE):
        bench.run_control.start_over()
    assert told_of(bench) == 0
    undo(qtbot, bench)
    assert told_of(bench) == 1
    redo(bench)
    assert told_of(bench) == 0


def told_of(bench: Workbench) -> int:
    """How many problems their panel lists."""
    return len(content(bench, "problems", ProblemsPanel).problems)


def test_space_on_a_finished_run_asks_and_esc_changes_nothing(qtbot: QtBot, bench: Workbench) -> None:
    before = shown(bench.models)
    press(qtbot, bench, Qt.Key.Key_Space)
    assert bench.run_choice.further.text().replace("&", "") == "Train 2 epochs further"
    choose(bench, Qt.Key.Key_Escape)
    assert bench.run.state is State.IDLE
    assert shown(bench.models) == before
    assert bench.document.undo_stack.count() == 0


def test_training_further_goes_on_and_raises_the_plan(qtbot: QtBot, bench: Workbench) -> None:
    models = bench.models
    before, losses = shown(models), models.run.curves.losses
    press(qtbot, bench, Qt.Key.Key_Space)
    with qtbot.waitSignal(models.run.ended, timeout=PATIENCE):
        choose(bench, *FURTHER)
    assert models.document.plan.epochs == 4
    assert content(bench, "training", TrainingPanel).plan_form.editors["epochs"].value == 4
    assert finished(models) == 4
    assert models.run.curves.losses[: len(losses)] == losses
    assert len(models.run.curves.losses) == 4 * BATCHES
    undo(qtbot, bench)
    assert shown(models) == before


def test_starting_over_is_undone_wholly_and_redone(qtbot: QtBot, bench: Workbench) -> None:
    models = bench.models
    content(bench, "training", TrainingPanel).evaluate.click()
    qtbot.waitUntil(lambda: is_judged(models), timeout=PATIENCE)
    models.document.set_plan(replace(PLAN, seed=1, optimizer=SGD()))
    qtbot.waitUntil(lambda: models.data.loading is None, timeout=PATIENCE)
    former, said = shown(models), prediction(qtbot, models)
    start_over(qtbot, bench)
    later, said_later = shown(models), prediction(qtbot, models)
    assert later[4] != former[4]
    assert models.judging.evaluation is None
    assert not np.array_equal(said, said_later)
    assert bench.actions["undo"].text().replace("&", "") == "Undo Start over"
    undo(qtbot, bench)
    assert bench.window.statusBar().currentMessage().startswith("The run from before is back")
    assert shown(models) == former
    assert np.array_equal(prediction(qtbot, models), said)
    assert bench.actions["redo"].text().replace("&", "") == "Redo Start over"
    redo(bench)
    assert shown(models) == later
    assert np.array_equal(prediction(qtbot, models), said_later)


def test_undo_stops_the_new_run_and_redo_brings_it_back_as_far_as_it_came(
    qtbot: QtBot, bench: Workbench
) -> None:
    models = bench.models
    former = shown(models)
    press(qtbot, bench, Qt.Key.Key_Space)
    choose(bench, *OVER)
    models.document.set_plan(ENDLESS)
    wait_for(qtbot, models, State.RUNNING)
    assert not models.run.has_learned
    wait_for_step(qtbot, models, 3)
    with qtbot.waitSignal(models.run.ended, timeout=PATIENCE):
        undo(qtbot, bench)  # the plan
        undo(qtbot, bench)
    assert models.run.state is State.IDLE
    assert shown(models) == former
    redo(bench)
    redo(bench)
    assert models.document.plan == ENDLESS
    assert models.run.checkpoint is not None
    assert models.run.checkpoint.losses == models.run.curves.losses
    assert len(models.run.curves.losses) >= 3


def test_undo_and_redo_before_the_run_has_stopped(qtbot: QtBot, bench: Workbench) -> None:
    models = bench.models
    former = shown(models)
    press(qtbot, bench, Qt.Key.Key_Space)
    choose(bench, *OVER)
    models.document.set_plan(ENDLESS)
    wait_for(qtbot, models, State.RUNNING)
    wait_for_step(qtbot, models, 3)
    with qtbot.waitSignal(models.run.ended, timeout=PATIENCE), stopping(models):
        for _ in ("plan", "run"):
            undo(qtbot, bench)
        for _ in ("run", "plan"):
            redo(bench)
    assert models.document.plan == ENDLESS
    assert len(models.run.curves.losses) >= 3
    undo(qtbot, bench)
    undo(qtbot, bench)
    assert shown(models) == former


def test_undo_while_the_new_run_is_prepared(qtbot: QtBot, bench: Workbench) -> None:
    models = bench.models
    former = shown(models)
    press(qtbot, bench, Qt.Key.Key_Space)
    choose(bench, *OVER)
    with qtbot.waitSignal(models.run.ended, timeout=PATIENCE):
        undo(qtbot, bench)
    assert shown(models) == former


@pytest.mark.parametrize("how", ["key", "train", "step"])
def test_a_changed_design_takes_the_place_of_a_run_only_when_asked(
    qtbot: QtBot, bench: Workbench, how: str
) -> None:
    former = shown(bench.models)
    bench.document.edit("Set filters", lambda graph: set_param(graph, "conv2d_1", "filters", 6))
    if how == "key":
        press(qtbot, bench, Qt.Key.Key_Space)
    else:
        bench.actions[how].trigger()
    choose(bench, Qt.Key.Key_Escape)
    assert not bench.run.active
    assert shown(bench.models) == former


def test_a_run_of_another_design_goes_on_with_its_own(qtbot: QtBot, bench: Workbench) -> None:
    models = bench.models
    bench.document.edit("Set filters", other_pool)
    changed = bench.document.graph
    press(qtbot, bench, Qt.Key.Key_Space)
    with qtbot.waitSignal(models.run.ended, timeout=PATIENCE):
        choose(bench, *BACK)
    assert finished(models) == 4
    assert bench.document.graph == models.run.graph == GRAPH
    undo(qtbot, bench)
    undo(qtbot, bench)
    assert bench.document.graph == changed


def test_a_changed_design_is_trained_and_the_old_run_comes_back(qtbot: QtBot, bench: Workbench) -> None:
    models = bench.models
    former = shown(models)
    bench.document.edit("Set filters", other_pool)
    press(qtbot, bench, Qt.Key.Key_Space)
    with qtbot.waitSignal(models.run.ended, timeout=PATIENCE):
        choose(bench, *OVER_CHANGED)
    assert models.run.graph == bench.document.graph
    undo(qtbot, bench)
    assert shown(models) == former
    undo(qtbot, bench)
    assert bench.document.graph == GRAPH


def test_a_new_run_that_fails_takes_nothing_away(qtbot: QtBot, bench: Workbench) -> None:
    models = bench.models
    former = shown(models)
    bad = replace(PLAN, epochs=50, optimizer=SGD(learning_rate=100.0, weight_decay=10.0))
    models.document.set_plan(replace(bad, epochs=2))
    press(qtbot, bench, Qt.Key.Key_Space)
    choose(bench, *OVER)
    models.document.set_plan(bad)
    qtbot.waitUntil(lambda: models.run.state is State.IDLE, timeout=PATIENCE)
    assert models.run.problem is not None
    undo(qtbot, bench)
    undo(qtbot, bench)
    assert shown(models)[1:] == former[1:]
    assert not bench.document.inference.problems


BEGINNINGS: Final[dict[str, Callable[[Workbench], QWidget]]] = {
    "train": lambda bench: content(bench, "training", TrainingPanel).train,
    "step": lambda bench: content(bench, "training", TrainingPanel).step,
    "tool bar": lambda bench: bench.toolbar.widgetForAction(bench.actions["train"]),
}


@pytest.mark.parametrize("name", BEGINNINGS)
def test_every_button_that_begins_a_run_offers_both(qtbot: QtBot, bench: Workbench, name: str) -> None:
    models = bench.models
    bench.views.show("training")
    former, losses = shown(models), models.run.curves.losses
    button = BEGINNINGS[name](bench)
    QTest.mouseMove(button)
    QTest.mouseClick(button, Qt.MouseButton.LeftButton)
    assert bench.run_choice.y() == button.mapToGlobal(button.rect().bottomLeft()).y() + 1
    assert shown(models) == former
    choose(bench, *FURTHER)
    wait_for_step(qtbot, models, 2 * BATCHES + 1)
    if name == "step":
        wait_for(qtbot, models, State.PAUSED)
        models.run.stop()
    wait_for(qtbot, models, State.IDLE)
    assert len(models.run.curves.losses) == (2 * BATCHES + 1 if name == "step" else 4 * BATCHES)
    assert models.run.curves.losses[: len(losses)] == losses


def test_starting_over_from_the_menu_or_the_panel_can_be_undone(qtbot: QtBot, bench: Workbench) -> None:
    models = bench.models
    former = shown(models)
    with qtbot.waitSignal(models.run.ended, timeout=PATIENCE):
        press(
            qtbot,
            bench,
            Qt.Key.Key_Return,
            Qt.KeyboardModifier.ControlModifier | Qt.KeyboardModifier.ShiftModifier,
        )
    undo(qtbot, bench)
    assert shown(models) == former
    models.document.set_plan(replace(PLAN, epochs=3))
    former = shown(models)
    bench.views.show("training")
    with qtbot.waitSignal(models.run.ended, timeout=PATIENCE):
        QTest.mouseClick(content(bench, "training", TrainingPanel).end.over, Qt.MouseButton.LeftButton)
    undo(qtbot, bench)
    assert shown(models) == former


def test_the_unsaved_mark_follows_the_run_that_is_shown(
    qtbot: QtBot, bench: Workbench, tmp_path: Path
) -> None:
    window = bench.window
    assert window.isWindowModified()
    start_over(qtbot, bench)
    undo(qtbot, bench)
    assert window.isWindowModified()  # it came back, and was never saved
    with answering(typed("mine")):
        assert bench.files.save()
        wait_until_saved(qtbot, bench.files.saving)
    assert not window.isWindowModified()
    bench.document.set_plan(replace(PLAN, seed=3))
    qtbot.waitUntil(lambda: bench.data.loading is None, timeout=PATIENCE)
    start_over(qtbot, bench)
    assert window.isWindowModified()
    undo(qtbot, bench)
    assert window.isWindowModified()  # for the plan
    undo(qtbot, bench)
    assert not window.isWindowModified()
    redo(bench)
    redo(bench)
    assert bench.files.save()
    wait_until_saved(qtbot, bench.files.saving)
    assert not window.isWindowModified()
    undo(qtbot, bench)
    assert window.isWindowModified()


def test_a_run_that_waits_for_data_still_goes_on(qtbot: QtBot, bench: Workbench, tmp_path: Path) -> None:
    models = bench.models
    losses = models.run.curves.losses
    models.data.choose(str(write_bars(tmp_path / "more.npz")))
    press(qtbot, bench, Qt.Key.Key_Space)
    with qtbot.waitSignal(models.run.ended, timeout=PATIENCE):
        choose(bench, *FURTHER)
    assert models.run.curves.losses[: len(losses)] == losses
    assert finished(models) == 4


def test_a_run_that_waits_to_come_back_does_not_come_into_another_project(
    qtbot: QtBot, bench: Workbench
) -> None:
    models = bench.models
    press(qtbot, bench, Qt.Key.Key_Space)
    choose(bench, *OVER)
    models.document.set_plan(ENDLESS)
    wait_for_step(qtbot, models, 3)
    with stopping(models):
        undo(qtbot, bench)
        undo(qtbot, bench)
        with answering(pressed(BUTTONS.Discard)):
            bench.actions["new"].trigger()
    wait_for(qtbot, models, State.IDLE)
    qtbot.waitUntil(lambda: not models.document.graph.blocks, timeout=PATIENCE)
    assert models.run.checkpoint is None
    assert not bench.window.isWindowModified()


def test_what_waits_for_data_is_forgotten_with_its_project(
    qtbot: QtBot, bench: Workbench, tmp_path: Path
) -> None:
    models = bench.models
    source = models.document.project.data
    with answering(typed("mine")):
        bench.actions["save"].trigger()
    wait_until_saved(qtbot, bench.files.saving)
    models.data.choose(str(write_bars(tmp_path / "more.npz")))
    bench.run_control.train_further()
    bench.files.open_example("vgg")
    assert models.data.loading is None
    qtbot.wait(300)
    assert models.document.project.data == source
    assert models.document.undo_stack.count() == 0
    assert models.run.state is State.IDLE


def test_data_that_cannot_be_loaded_begin_no_run(qtbot: QtBot, bench: Workbench, tmp_path: Path) -> None:
    models, failures = bench.models, list[Problem]()
    former = shown(models)
    models.data.failed.connect(failures.append)
    models.data.choose(str(tmp_path / "missing.npz"))
    press(qtbot, bench, Qt.Key.Key_Space)
    choose(bench, *OVER)
    qtbot.waitUntil(lambda: bool(failures), timeout=PATIENCE)
    assert models.run.state is State.IDLE
    assert shown(models) == former


def test_opening_asks_after_the_file_is_chosen_and_a_refusal_forgets_nothing(
    qtbot: QtBot, bench: Workbench, tmp_path: Path
) -> None:
    with answering(typed("mine")):
        assert bench.files.save()
        wait_until_saved(qtbot, bench.files.saving)
    former = bench.document.path
    start_over(qtbot, bench)
    with answering(close):
        bench.actions["open"].trigger()
    assert bench.window.isWindowModified()
    with answering(typed("mine.cnn"), pressed(BUTTONS.Cancel)) as asked:
        bench.actions["open"].trigger()
    assert asked[1] == "Save the trained weights of mine.cnn first?"
    bench.document.edit("Set filters", lambda graph: set_param(graph, "conv2d_1", "filters", 6))
    with answering(typed("mine.cnn"), pressed(BUTTONS.Cancel)) as asked:
        bench.actions["open"].trigger()
    assert asked[1] == "Save the changes to mine.cnn and the trained weights first?"
    assert bench.window.isWindowModified()
    assert bench.document.path == former


def test_a_file_that_cannot_be_read_leaves_the_run_unsaved(
    qtbot: QtBot, bench: Workbench, tmp_path: Path
) -> None:
    (tmp_path / "broken.cnn").write_text("nothing")
    former = shown(bench.models)
    with answering(pressed(BUTTONS.Discard), pressed(BUTTONS.Ok)):
        bench.files.open_path(tmp_path / "broken.cnn")
    assert shown(bench.models) == former
    assert bench.window.isWindowModified()


def test_the_demo_asks_once_more_is_done_than_watching(
    qtbot: QtBot, bench: Workbench, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(digits, "DIGIT_COUNTS", (600, 100))
    bench.start_demo()
    qtbot.waitUntil(lambda: bench.data.loading is None, timeout=PATIENCE)
    wait_for_step(qtbot, bench.models, 1)
    assert bench.may_close()
    bench.document.edit("Set filters", lambda graph: set_param(graph, graph.blocks[1].id, "filters", 3))
    with answering(pressed(BUTTONS.Cancel)):
        assert not bench.may_close()
