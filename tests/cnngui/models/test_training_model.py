"""The training model with a real compute thread: every way a run can begin, go on and end."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest
from PySide6.QtCore import QThread
from pytestqt.qtbot import QtBot

import cnngui.compute.jobs.load
from cnngui.compute.jobs.load import Load
from cnngui.compute.thread import ComputeThread
from cnngui.models.models import Models
from cnngui.models.run import State
from cnngui.models.shown_run import ShownRun, run_from_file
from core.design.edits import set_param
from core.errors import Problem
from core.formats.data_folder import runs_folder
from core.formats.runs.records import read_run, runs_in
from core.maths.optim import SGD, Adam
from core.training.session import Session
from tests.cnngui.runs import (
    BATCHES,
    ENDLESS,
    GRAPH,
    PATIENCE,
    PLAN,
    answered,
    hold,
    run,
    steps,
    wait_for,
    wait_for_rate,
    wait_for_step,
    write_bars,
)


def test_data_are_split_by_the_plan(models: Models) -> None:
    assert {name: len(part) for name, part in models.data.parts.items()} == {
        "training": 60,
        "validation": 6,
        "test": 12,
    }


def test_a_run_fills_the_curves_and_leaves_a_checkpoint(qtbot: QtBot, models: Models) -> None:
    run(qtbot, models)
    assert models.run.state is State.IDLE
    assert models.run.finished is not None
    assert models.run.finished.reason == "completed"
    assert models.run.curves.count == 2 * BATCHES
    assert [epoch.epoch for epoch in models.run.curves.epochs] == [1, 2]
    assert models.run.checkpoint is not None
    assert models.run.checkpoint.losses == models.run.curves.losses


def test_signals_arrive_in_the_thread_of_the_window(qtbot: QtBot, models: Models) -> None:
    seen = set()
    models.run.state_changed.connect(lambda: seen.add(QThread.currentThread()))
    models.run.start(GRAPH)
    models.run.pause()
    wait_for(qtbot, models, State.PAUSED)
    assert seen == {models.run.thread()}


def test_a_held_run_makes_exactly_the_steps_it_is_asked_for(qtbot: QtBot, models: Models) -> None:
    models.document.set_plan(ENDLESS)
    models.run.start(GRAPH)
    models.run.pause()
    wait_for(qtbot, models, State.PAUSED)
    assert steps(models) == 0
    for wanted in range(1, 2 * BATCHES):  # beyond the validation at the end of the epoch
        models.run.step()
        wait_for_step(qtbot, models, wanted)
    with qtbot.waitSignal(models.run.saved, timeout=PATIENCE):  # the thread reads this after any further step
        models.run.request_checkpoint()
    assert steps(models) == 2 * BATCHES - 1
    assert models.run.state is State.PAUSED


def test_what_a_held_run_has_done_is_in_its_journal(qtbot: QtBot, models: Models) -> None:
    """It may be held for hours, and then be killed."""
    hold(qtbot, models, step=4)
    runs = runs_folder()
    assert runs is not None
    (path,) = runs_in(runs)
    qtbot.waitUntil(lambda: read_run(path).record.steps == 4, timeout=PATIENCE)


def test_steps_asked_for_at_once_are_all_made(qtbot: QtBot, models: Models) -> None:
    models.document.set_plan(ENDLESS)
    models.run.start(GRAPH)
    models.run.pause()
    for _ in range(BATCHES + 2):
        models.run.step()
    wait_for_step(qtbot, models, BATCHES + 2)
    with qtbot.waitSignal(models.run.saved, timeout=PATIENCE) as saved:
        models.run.request_checkpoint()
    assert len(saved.args[0].losses) == BATCHES + 2


def test_a_run_goes_on_after_a_pause(qtbot: QtBot, models: Models) -> None:
    models.run.start(GRAPH)
    models.run.pause()
    wait_for(qtbot, models, State.PAUSED)
    with qtbot.waitSignal(models.run.ended, timeout=PATIENCE):
        models.run.resume()
    assert steps(models) == 2 * BATCHES


def test_a_held_run_can_be_stopped_and_continued(qtbot: QtBot, models: Models) -> None:
    run(qtbot, models)
    uninterrupted = models.run.curves.losses
    models.run.start(GRAPH)
    models.run.pause()
    wait_for(qtbot, models, State.PAUSED)
    for _ in range(3):
        models.run.step()
    wait_for_step(qtbot, models, 3)
    with qtbot.waitSignal(models.run.ended, timeout=PATIENCE):
        models.run.stop()
    assert models.run.finished is not None
    assert models.run.finished.reason == "stopped"
    assert steps(models) == 3
    run(qtbot, models, resume=True)
    assert models.run.curves.losses == uninterrupted
    assert len(models.run.curves.epochs) == 2


def test_a_run_can_be_stopped_before_it_has_begun(qtbot: QtBot, models: Models) -> None:
    models.document.set_plan(ENDLESS)
    states = []
    models.run.state_changed.connect(lambda: states.append(models.run.state))
    models.run.start(GRAPH)
    with qtbot.waitSignal(models.run.ended, timeout=PATIENCE):
        models.run.stop()
    assert states == [State.PREPARING, State.STOPPING, State.IDLE]


def test_a_new_learning_rate_counts_from_the_next_step(qtbot: QtBot, models: Models) -> None:
    models.run.start(GRAPH)
    models.run.pause()
    models.run.step()
    wait_for_step(qtbot, models, 1)
    models.document.set_plan(replace(PLAN, optimizer=Adam(learning_rate=0.25)))
    models.run.step()
    wait_for_rate(qtbot, models, 0.25)


def test_a_new_validation_share_splits_the_data_after_the_run(qtbot: QtBot, models: Models) -> None:
    models.run.start(GRAPH)
    models.document.set_plan(replace(PLAN, validation=0.5))
    assert len(models.data.parts["validation"]) == 6
    qtbot.waitUntil(lambda: len(models.data.parts["validation"]) == 33, timeout=PATIENCE)
    models.document.set_plan(replace(PLAN, validation=0.0))
    qtbot.waitUntil(lambda: "validation" not in models.data.parts, timeout=PATIENCE)
    assert len(models.data.parts["training"]) == 66


def test_a_diverging_run_names_the_block_and_leaves_the_thread_alive(qtbot: QtBot, models: Models) -> None:
    models.document.set_plan(replace(PLAN, epochs=50, optimizer=SGD(learning_rate=100.0, weight_decay=10.0)))
    with qtbot.waitSignal(models.run.failed, timeout=PATIENCE) as failed:
        run(qtbot, models)
    problem: Problem = failed.args[0]
    assert problem.block in GRAPH.by_id
    assert "learning rate" in problem.hint
    assert models.run.problem == problem
    assert models.run.finished is None
    models.document.set_plan(PLAN)
    run(qtbot, models)
    assert models.run.curves.count == 2 * BATCHES


def test_an_exception_in_the_thread_becomes_a_problem(
    qtbot: QtBot, models: Models, monkeypatch: pytest.MonkeyPatch
) -> None:
    def broken(self: Session) -> None:
        raise ZeroDivisionError("nothing to divide by")

    with monkeypatch.context() as patch:
        patch.setattr(Session, "__iter__", broken)
        with qtbot.waitSignal(models.run.failed, timeout=PATIENCE) as failed:
            run(qtbot, models)
        assert "nothing to divide by" in failed.args[0].message
    run(qtbot, models)
    assert models.run.finished is not None


def test_a_run_that_cannot_go_on_keeps_its_checkpoint(qtbot: QtBot, models: Models) -> None:
    run(qtbot, models)
    kept, losses = models.run.checkpoint, models.run.curves.losses
    with (
        qtbot.waitSignal(models.run.failed, timeout=PATIENCE),
        qtbot.waitSignal(models.run.ended, timeout=PATIENCE),
    ):
        models.run.start(set_param(GRAPH, "conv2d_1", "filters", 7), resume=True)
    assert models.run.checkpoint is kept
    assert models.run.curves.losses == losses
    assert models.run.graph == GRAPH


def test_maps_are_those_of_the_sample_looked_at(qtbot: QtBot, models: Models) -> None:
    run(qtbot, models)
    with qtbot.waitSignal(models.looking.snapshot_changed, timeout=PATIENCE):
        models.looking.watch("test", ["input_1", "conv2d_1"])
    models.looking.look_at("validation", 4)
    sample = models.data.parts["validation"].images[4] / np.float32(255)

    def shown() -> bool:
        return models.looking.snapshot is not None and np.array_equal(
            models.looking.snapshot.maps["input_1"], sample
        )

    qtbot.waitUntil(shown, timeout=PATIENCE)
    assert models.looking.snapshot is not None
    assert models.looking.snapshot.maps["conv2d_1"].shape == (4, 6, 6)
    assert models.looking.snapshot.step == 2 * BATCHES
    assert models.looking.snapshot.prediction.sum() == pytest.approx(1)


def test_maps_move_while_the_network_learns(qtbot: QtBot, models: Models) -> None:
    models.document.set_plan(ENDLESS)
    models.looking.watch("test", ["conv2d_1"])
    models.run.start(GRAPH)
    seen: set[int] = set()
    models.looking.snapshot_changed.connect(
        lambda: seen.add(models.looking.snapshot.step if models.looking.snapshot else -1)
    )
    qtbot.waitUntil(lambda: len(seen) >= 2, timeout=PATIENCE)


def test_all_viewers_get_their_blocks(qtbot: QtBot, models: Models) -> None:
    run(qtbot, models)
    models.looking.watch("one", ["conv2d_1"])
    models.looking.watch("two", ["relu_1"])
    qtbot.waitUntil(
        lambda: models.looking.snapshot is not None and "relu_1" in models.looking.snapshot.maps,
        timeout=PATIENCE,
    )
    assert models.looking.snapshot is not None
    assert "conv2d_1" in models.looking.snapshot.maps


def test_a_sample_of_another_shape_is_not_sent_through_the_network(
    qtbot: QtBot, models: Models, thread: ComputeThread, tmp_path: Path
) -> None:
    run(qtbot, models)
    problems: list[Problem] = []
    for model in (models.run, models.looking):
        model.failed.connect(problems.append)
    np.savez(tmp_path / "wide.npz", x=np.zeros((9, 8, 16), np.uint8), y=np.arange(9) % 3)
    models.looking.watch("test", ["conv2d_1"])
    for _ in range(2):  # the second answer comes after whatever was asked for by the first
        with answered(qtbot, thread, Load):
            models.data.choose(str(tmp_path / "wide.npz"))
    assert not problems


def test_the_network_is_judged_on_the_test_data(qtbot: QtBot, models: Models) -> None:
    run(qtbot, models)
    models.judging.evaluate()
    qtbot.waitUntil(lambda: models.judging.evaluation is not None, timeout=PATIENCE)
    assert models.judging.evaluation is not None
    assert models.judging.evaluation.done == 12
    assert models.judging.evaluation.confusion is not None
    assert models.judging.evaluation.confusion.sum() == 12


def test_a_source_that_cannot_be_read_leaves_the_data_as_they_were(
    qtbot: QtBot, models: Models, tmp_path: Path
) -> None:
    (tmp_path / "broken.npz").write_bytes(b"PK but no zip")
    before = models.data.source
    with qtbot.waitSignal(models.data.failed, timeout=PATIENCE):
        models.data.choose(str(tmp_path / "broken.npz"))
    assert models.data.loading is None
    assert models.data.problem is not None
    assert "broken.npz" in models.data.problem.message
    assert models.data.source is before


def test_loading_that_was_called_off_changes_nothing(
    qtbot: QtBot, models: Models, thread: ComputeThread, tmp_path: Path
) -> None:
    before = models.data.source
    with answered(qtbot, thread, Load):
        models.data.choose(str(write_bars(tmp_path / "other.npz", train=30)))
        models.data.cancel()
    assert models.data.source is before
    assert models.data.loading is None


def test_of_two_sources_the_one_chosen_last_stays(qtbot: QtBot, models: Models, tmp_path: Path) -> None:
    models.data.choose(str(write_bars(tmp_path / "one.npz")))
    models.data.choose(str(write_bars(tmp_path / "two.npz")))
    qtbot.waitUntil(lambda: models.data.loading is None, timeout=PATIENCE)
    assert models.data.source is not None
    assert models.data.source.name == "two"


def test_what_a_file_holds_can_be_looked_at_and_continued(qtbot: QtBot, models: Models) -> None:
    run(qtbot, models)
    losses, checkpoint = models.run.curves.losses, models.run.checkpoint
    models.run.show(ShownRun())
    assert not models.run.curves.losses
    assert checkpoint is not None
    models.run.show(run_from_file(GRAPH, checkpoint))
    assert models.run.curves.losses == losses
    models.looking.watch("test", ["dense_1"])
    qtbot.waitUntil(lambda: models.looking.snapshot is not None, timeout=PATIENCE)
    assert models.looking.snapshot is not None
    assert models.looking.snapshot.step == 2 * BATCHES
    models.document.set_plan(replace(models.document.plan, epochs=3))
    run(qtbot, models, resume=True)
    assert steps(models) == 3 * BATCHES


def test_shutting_down_ends_a_running_run(qtbot: QtBot, models: Models, thread: ComputeThread) -> None:
    models.document.set_plan(ENDLESS)
    models.run.start(GRAPH)
    qtbot.waitUntil(lambda: steps(models) > 2, timeout=PATIENCE)
    thread.shut_down()
    assert thread.isFinished()
    wait_for(qtbot, models, State.IDLE)
    assert models.run.checkpoint is not None


def test_shutting_down_ends_a_held_run(qtbot: QtBot, models: Models, thread: ComputeThread) -> None:
    models.run.start(GRAPH)
    models.run.pause()
    wait_for(qtbot, models, State.PAUSED)
    thread.shut_down()
    assert thread.isFinished()
    wait_for(qtbot, models, State.IDLE)


def test_the_message_of_an_unexpected_error_asks_for_a_report(
    qtbot: QtBot, models: Models, monkeypatch: pytest.MonkeyPatch
) -> None:
    def broken(spec: str) -> None:
        raise RuntimeError("odd")

    monkeypatch.setattr(cnngui.compute.jobs.load, "load_source", broken)
    with qtbot.waitSignal(models.data.failed, timeout=PATIENCE) as failed:
        models.data.choose("digits")
    assert "odd" in failed.args[0].message
    assert "report" in failed.args[0].hint


def test_a_message_after_the_end_does_not_start_the_thread_again(
    qtbot: QtBot, thread: ComputeThread, models: Models
) -> None:
    run(qtbot, models)
    thread.shut_down()
    models.looking.watch("test", ["conv2d_1"])  # as a viewer's timer may still do
    assert not thread.isRunning()
