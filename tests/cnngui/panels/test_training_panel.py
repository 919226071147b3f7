"""The training panel: what can be pressed when, what it changes, and what it says of the run."""

from __future__ import annotations

from dataclasses import replace

import pytest
from PySide6.QtCore import Qt
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QWidget
from pytestqt.qtbot import QtBot

from cnngui.models.document import Document
from cnngui.models.models import Models
from cnngui.models.pace import Pace
from cnngui.models.run import State
from cnngui.models.run_control import RunControl
from cnngui.models.shown_run import ShownRun, run_from_file
from cnngui.panels.studio.run_status import result_text
from cnngui.panels.studio.training import TrainingPanel
from cnngui.theme.theme import ThemeManager
from core.design.edits import set_param
from core.maths.optim import OPTIMIZERS, SGD, Adam
from core.maths.schedules import SCHEDULES, StepDecay
from core.training.checkpoint import Best, Checkpoint
from core.training.epochs import Epochs
from tests.cnngui.runs import (
    BATCHES,
    ENDLESS,
    GRAPH,
    PATIENCE,
    PLAN,
    hold,
    run,
    steps,
    texts,
    wait_for,
    wait_for_rate,
    wait_for_step,
)


@pytest.fixture
def document() -> Document:
    made = Document()
    made.open(GRAPH)
    return made


@pytest.fixture
def panel(qtbot: QtBot, document: Document, models: Models, themes: ThemeManager) -> TrainingPanel:
    control = RunControl(document, models.data, models.run, models.run)
    made = TrainingPanel(models, control, themes)
    qtbot.addWidget(made)
    made.resize(300, 380)
    made.show()
    return made


def offered(panel: TrainingPanel) -> str:
    """The buttons that can be pressed, the first by its text."""
    buttons: dict[str, QWidget] = {
        panel.train.text(): panel.train,
        "anew": panel.anew,
        "step": panel.step,
        "stop": panel.stop,
        "evaluate": panel.evaluate,
    }
    return " ".join(name for name, b in buttons.items() if b.isEnabled() and b.isVisibleTo(panel))


def test_what_can_be_pressed_depends_on_the_run(qtbot: QtBot, models: Models, panel: TrainingPanel) -> None:
    models.document.set_plan(ENDLESS)
    assert offered(panel) == "Train step"
    panel.train.click()
    assert offered(panel) == "stop"
    wait_for(qtbot, models, State.RUNNING)
    assert offered(panel) == "Pause stop"
    panel.train.click()
    wait_for(qtbot, models, State.PAUSED)
    assert offered(panel) == "Continue step stop"
    panel.stop.click()
    assert offered(panel) == ""
    wait_for(qtbot, models, State.IDLE)
    assert offered(panel) == "Continue step evaluate"
    assert panel.end.over.isVisibleTo(panel)
    panel.end.close_button.click()
    assert offered(panel) == "Continue anew step evaluate"
    assert models.run.checkpoint is not None
    models.document.set_plan(replace(PLAN, epochs=models.run.checkpoint.epoch + 1))
    panel.train.click()
    wait_for(qtbot, models, State.IDLE)
    assert models.run.finished is not None
    assert models.run.finished.reason == "completed"
    assert offered(panel) == "Train step evaluate"


def test_the_step_button_begins_a_run_that_is_held_after_its_first_step(
    qtbot: QtBot, models: Models, panel: TrainingPanel
) -> None:
    panel.step.click()
    wait_for_step(qtbot, models, 1)
    wait_for(qtbot, models, State.PAUSED)
    panel.step.click()
    wait_for_step(qtbot, models, 2)
    with qtbot.waitSignal(models.run.saved, timeout=PATIENCE):
        models.run.request_checkpoint()
    assert steps(models) == 2


def test_training_anew_forgets_the_last_run(qtbot: QtBot, models: Models, panel: TrainingPanel) -> None:
    hold(qtbot, models, step=3)
    panel.stop.click()
    wait_for(qtbot, models, State.IDLE)
    panel.end.over.click()
    models.run.pause()
    wait_for(qtbot, models, State.PAUSED)
    assert steps(models) < 3


def test_more_epochs_continue_a_finished_run(qtbot: QtBot, models: Models, panel: TrainingPanel) -> None:
    run(qtbot, models)
    panel.plan_form.changed.emit("epochs", 3)
    assert offered(panel).startswith("Continue")
    with qtbot.waitSignal(models.run.ended, timeout=PATIENCE):
        panel.train.click()
    assert steps(models) == 3 * BATCHES


def test_a_schedule_is_chosen_and_drawn(models: Models, panel: TrainingPanel) -> None:
    settings = panel.schedule
    assert not settings.curve.isVisibleTo(panel)
    settings.choice.chosen.emit([declared.kind for declared in SCHEDULES].index("step"))
    assert models.document.plan.schedule == StepDecay()
    settings.form.changed.emit("step_size", 1)
    assert models.document.plan.schedule == StepDecay(step_size=1)
    assert settings.curve.isVisibleTo(panel)
    rate = models.document.plan.optimizer.learning_rate
    assert settings.curve.rates[0] == rate
    assert settings.curve.rates[-1] == pytest.approx(rate * 0.1**models.document.plan.epochs)
    panel.plan_form.changed.emit("warmup", 1.0)
    assert settings.curve.rates[0] == 0


@pytest.mark.parametrize("how", ["train", "step"])
def test_a_design_with_problems_is_not_trained_and_the_reason_is_said(
    qtbot: QtBot, models: Models, panel: TrainingPanel, how: str
) -> None:
    models.document.edit("set", lambda graph: set_param(graph, "conv2d_1", "kernel", (31, 31)))
    assert offered(panel) == "Train step"
    assert "Conv 2D 1" in panel.train.toolTip()
    with qtbot.waitSignal(panel.control.refused):
        QTest.mouseClick(getattr(panel, how), Qt.MouseButton.LeftButton)
    assert not models.run.active


def test_progress_and_results_are_shown(qtbot: QtBot, models: Models, panel: TrainingPanel) -> None:
    assert "Not trained yet" in texts(panel)
    hold(qtbot, models, step=2)
    assert "Paused" in texts(panel)
    assert "batch 2 of 6" in texts(panel)
    assert models.run.last_step is not None
    assert panel.results.text("step")[0] == f"{models.run.last_step.result.loss:#.4g}"
    assert panel.results.text("validation") == ("–", "–")
    models.run.stop()
    wait_for(qtbot, models, State.IDLE)
    assert "Stopped after 2 steps" in texts(panel)
    models.document.set_plan(PLAN)
    run(qtbot, models)
    assert "Finished after 2 epochs" in texts(panel)
    last = models.run.curves.epochs[-1]
    assert last.validation is not None
    assert panel.results.text("epoch") == (
        f"{last.train.loss:#.4g}",
        f"{last.train.metrics['accuracy']:.1%}".replace("%", " %"),
    )
    assert panel.results.text("validation")[0] == f"{last.validation.loss:#.4g}"


def reopened(models: Models) -> None:
    """Shows the run of which a file holds the checkpoint."""
    checkpoint = models.run.checkpoint
    assert checkpoint is not None
    models.run.show(ShownRun())
    models.run.show(run_from_file(GRAPH, checkpoint))


@pytest.mark.parametrize("steps_made", [2, BATCHES + 1, 2 * BATCHES])
def test_a_run_from_a_file_reads_as_it_did_when_it_ended(
    qtbot: QtBot, models: Models, panel: TrainingPanel, steps_made: int
) -> None:
    if steps_made == 2 * BATCHES:
        run(qtbot, models)
    else:
        hold(qtbot, models, step=steps_made)
        models.run.stop()
        wait_for(qtbot, models, State.IDLE)

    def told() -> list[str]:
        lines = [*texts(panel.status).splitlines(), *texts(panel.results).splitlines()]
        return [line for line in lines if "elapsed" not in line]

    said = told()
    step, curves = panel.results.text("step"), models.run.curves.copy()
    reopened(models)
    assert told() == said
    assert "elapsed" in texts(panel)
    assert panel.results.text("step") == step
    assert models.run.curves.metrics == curves.metrics
    assert models.run.curves.epochs == curves.epochs


def test_where_the_best_epoch_is_kept_all_figures_are_of_its_weights(
    qtbot: QtBot, models: Models, panel: TrainingPanel
) -> None:
    run(qtbot, models)
    found = models.run.checkpoint
    assert isinstance(found, Checkpoint)
    assert not panel.results.note or found.kept_epoch
    first, last = found.history
    curves = found.curves.copy()
    curves.epochs = Epochs([replace(first, best=True), replace(last, best=False)])
    kept = replace(found, best=Best(1, found.weights), curves=curves)
    models.run.show(run_from_file(GRAPH, kept))
    assert "Finished after 2 epochs" in texts(panel)
    assert "of epoch 1, whose weights were best and are kept" in panel.end.result.text()
    assert "All figures are of epoch 1" in panel.results.note
    assert "Both are of epoch 1" in result_text(models.run)[1]
    assert first.validation is not None
    assert panel.results.text("epoch")[0] == f"{first.train.loss:#.4g}"
    assert panel.results.text("validation")[0] == f"{first.validation.loss:#.4g}"
    assert panel.results.text("step") == ("–", "–")
    models.run.show(run_from_file(GRAPH, replace(kept, plan=replace(kept.plan, keep_best=False))))
    assert not panel.results.note
    assert panel.results.text("epoch")[0] == f"{last.train.loss:#.4g}"


def test_steps_of_before_a_resume_are_no_speed(
    qtbot: QtBot, models: Models, panel: TrainingPanel, monkeypatch: pytest.MonkeyPatch
) -> None:
    run(qtbot, models)
    reopened(models)
    models.document.set_plan(replace(PLAN, epochs=3))
    seen: list[int] = []
    monkeypatch.setattr(Pace, "see", lambda pace, step: seen.append(step))
    run(qtbot, models, resume=True)
    assert seen
    assert min(seen) >= 2 * BATCHES


def test_the_network_is_judged_on_the_test_data(qtbot: QtBot, models: Models, panel: TrainingPanel) -> None:
    run(qtbot, models)
    panel.evaluate.click()
    qtbot.waitUntil(lambda: panel.results.text("test")[1].endswith("%"), timeout=PATIENCE)
    assert models.judging.evaluation is not None
    assert panel.results.text("test")[0] == f"{models.judging.evaluation.result.loss:#.4g}"


def test_the_learning_rate_can_be_changed_while_the_network_learns(
    qtbot: QtBot, models: Models, panel: TrainingPanel
) -> None:
    hold(qtbot, models, step=1)
    assert panel.optimizer_form.editors["learning_rate"].isEnabled()
    panel.optimizer_form.changed.emit("learning_rate", 0.125)
    panel.step.click()
    wait_for_rate(qtbot, models, 0.125)
    assert models.document.plan.optimizer == Adam(learning_rate=0.125)


def test_what_decides_how_a_run_begins_is_fixed_while_it_runs(
    qtbot: QtBot, models: Models, panel: TrainingPanel
) -> None:
    fixed = {"seed", "validation"}
    hold(qtbot, models)
    assert {n for n, e in panel.plan_form.editors.items() if not e.isEnabled()} == fixed
    models.run.stop()
    wait_for(qtbot, models, State.IDLE)
    assert all(editor.isEnabled() for editor in panel.plan_form.editors.values())


@pytest.mark.parametrize("declared", list(OPTIMIZERS), ids=lambda declared: declared.kind)
def test_every_optimizer_can_be_chosen(models: Models, panel: TrainingPanel, declared: type[SGD]) -> None:
    number = panel.optimizer.findText(declared.title)
    panel.optimizer.setCurrentIndex(number)
    panel.optimizer.activated.emit(number)
    assert models.document.plan.optimizer == declared()
    assert set(panel.optimizer_form.editors) >= {"learning_rate"}
    rows = list(panel.optimizer_form.rows.values())
    assert [row.isVisibleTo(panel) for row in rows] == [True] + [False] * (len(rows) - 1)
    panel.more.setChecked(True)
    assert all(row.isVisibleTo(panel) for row in rows)


def test_a_plan_that_came_with_a_file_is_shown(models: Models, panel: TrainingPanel) -> None:
    models.document.set_plan(replace(PLAN, optimizer=SGD(learning_rate=0.5), batch_size=7))
    assert panel.optimizer.currentText() == SGD.title
    assert panel.optimizer_form.editors["learning_rate"].value == 0.5
    assert panel.plan_form.editors["batch_size"].value == 7


def test_a_change_of_the_design_during_the_run_is_said(
    qtbot: QtBot, models: Models, document: Document, panel: TrainingPanel
) -> None:
    hold(qtbot, models)
    assert not panel.banner.isVisibleTo(panel)
    document.edit("set", lambda graph: set_param(graph, "conv2d_1", "filters", 9))
    assert "the run goes on with the design it began with" in panel.banner.text
    assert panel.banner.isVisibleTo(panel)
    document.undo_stack.undo()
    assert not panel.banner.isVisibleTo(panel)


def test_after_a_change_of_the_design_all_ways_on_are_said(
    qtbot: QtBot, models: Models, document: Document, panel: TrainingPanel
) -> None:
    run(qtbot, models)
    document.edit("set", lambda graph: set_param(graph, "conv2d_1", "filters", 9))
    assert panel.banner.isVisibleTo(panel)
    for way in ("Undo the change", "go on with the trained weights", "start over"):
        assert way in panel.banner.text


def test_a_failed_run_says_what_to_do(qtbot: QtBot, models: Models, panel: TrainingPanel) -> None:
    models.document.set_plan(replace(PLAN, epochs=50, optimizer=SGD(learning_rate=100.0, weight_decay=10.0)))
    run(qtbot, models)
    assert panel.banner.isVisibleTo(panel)
    assert "Lower the learning rate" in panel.banner.text
    assert "The run has failed" in texts(panel)


def test_the_data_are_named(panel: TrainingPanel) -> None:
    assert "bars" in texts(panel)
    assert "60 training, 6 validation, 12 test" in texts(panel)


def test_it_fits_a_narrow_dock(panel: TrainingPanel) -> None:
    assert panel.minimumSizeHint().width() <= 300
    assert panel.minimumSizeHint().height() <= 380
