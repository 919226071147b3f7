"""Results belong to the network that they were asked for, whichever run is shown when they are there."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path
from threading import Event

import pytest
from pytestqt.qtbot import QtBot

from cnngui.compute.jobs import evaluate, sort_out
from cnngui.models.judging import Sorted
from cnngui.models.settings import Settings
from cnngui.panels.studio.training import TrainingPanel
from cnngui.theme.theme import ThemeManager
from cnngui.window.workbench import Workbench
from core.data.dataset import Dataset
from core.maths.optim import SGD
from core.running.program import Program
from core.training.evaluate import Evaluation, evaluation
from core.training.plan import Plan
from core.training.verdicts import Verdict, verdicts
from tests.cnngui.contents import content
from tests.cnngui.runs import PATIENCE, answered
from tests.cnngui.windows import open_window, redo, undo


@pytest.fixture
def bench(qtbot: QtBot, settings: Settings, themes: ThemeManager, tmp_path: Path) -> Workbench:
    return open_window(qtbot, settings, themes, tmp_path)


@pytest.fixture
def slow(monkeypatch: pytest.MonkeyPatch) -> Iterator[Event]:
    """What judges a network tells its result only when this is set."""
    free = Event()

    def waiting(program: Program, data: Dataset) -> Iterator[Evaluation]:
        found = list(evaluation(program, data))
        free.wait(PATIENCE / 1000)
        yield from found

    def sorting(program: Program, data: Dataset, each: int) -> tuple[Verdict, ...]:
        found = verdicts(program, data, each)
        free.wait(PATIENCE / 1000)
        return found

    monkeypatch.setattr(evaluate, "evaluation", waiting)
    monkeypatch.setattr(sort_out, "verdicts", sorting)
    yield free
    free.set()


def train(qtbot: QtBot, bench: Workbench) -> None:
    with qtbot.waitSignal(bench.run.ended, timeout=PATIENCE):
        bench.run_control.start_over()


def judged(bench: Workbench) -> Evaluation | None:
    return bench.judging.evaluation


def sorted_out(bench: Workbench) -> Sorted | None:
    return bench.judging.samples


def test_runs_that_are_exchanged_during_an_evaluation_keep_their_own(
    qtbot: QtBot, bench: Workbench, slow: Event
) -> None:
    train(qtbot, bench)
    bench.document.set_plan(Plan(SGD(learning_rate=1e-6), epochs=1, batch_size=10))
    train(qtbot, bench)
    bench.judging.evaluate()
    undo(qtbot, bench)  # while it is being judged
    with answered(qtbot, bench.compute, evaluate.Evaluate):
        slow.set()
    assert judged(bench) is None
    assert content(bench, "training", TrainingPanel).results.text("test") == ("–", "–")
    redo(bench)
    found = judged(bench)
    assert found is not None
    assert found.done == found.samples
    undo(qtbot, bench)
    assert judged(bench) is None
    with qtbot.waitSignal(bench.judging.evaluated, timeout=PATIENCE):
        bench.judging.evaluate()
    other = judged(bench)
    assert other is not None
    assert other.result.loss != found.result.loss


def test_runs_that_are_exchanged_while_samples_are_looked_for_keep_their_own(
    qtbot: QtBot, bench: Workbench, slow: Event
) -> None:
    train(qtbot, bench)
    bench.document.set_plan(Plan(SGD(learning_rate=1e-6), epochs=1, batch_size=10))
    train(qtbot, bench)
    bench.judging.sort_out()
    undo(qtbot, bench)  # while they are looked for
    with answered(qtbot, bench.compute, sort_out.SortOut):
        slow.set()
    assert sorted_out(bench) is None
    redo(bench)
    found = sorted_out(bench)
    assert found is not None
    undo(qtbot, bench)
    with qtbot.waitSignal(bench.judging.sorted_out, timeout=PATIENCE):
        bench.judging.sort_out()
    other = sorted_out(bench)
    assert other is not None
    assert other is not found
    redo(bench)
    assert sorted_out(bench) is found


def test_weights_that_change_are_not_judged_yet(qtbot: QtBot, bench: Workbench) -> None:
    train(qtbot, bench)
    with qtbot.waitSignal(bench.judging.evaluated, timeout=PATIENCE):
        bench.judging.evaluate()
    assert judged(bench) is not None
    with qtbot.waitSignal(bench.run.ended, timeout=PATIENCE):
        bench.run_control.train_further()
    assert judged(bench) is None
