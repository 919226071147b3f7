"""Runs written as they happen, and read again."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest
from numpy.testing import assert_array_equal

from core.compile import compile_graph
from core.data.dataset import Dataset
from core.errors import FormatError
from core.formats.runs.blocks import Record, block
from core.formats.runs.journal import Journal, read_journal
from core.formats.runs.records import JOURNAL, RunWriter, compacted, new_id, read_run, runs_in, to_record
from core.layers.dense import Dense
from core.layers.output import Classification
from core.maths.optim import SGD
from core.running.program import Execution
from core.training.curves import LEARNING_RATE, LOSS, MILLISECONDS
from core.training.events import Finished, Stepped
from core.training.plan import Plan, PlanChange
from core.training.record import (
    Begun,
    Ended,
    Machine,
    Resumed,
)
from core.training.session import Session
from tests.core.designs import chain

DESIGN = chain((4,), Dense(units=3), Classification())
PLAN = Plan(optimizer=SGD(learning_rate=0.1), epochs=3, batch_size=10, validation=0.0)
MACHINE = Machine("a system", "0.1", Execution("engine", 8, 2))
BEGUN = Begun(
    "one", "2026-11-30T12:00:00+00:00", "a design", DESIGN, PLAN, "digits", "abc", 60, 20, 15, MACHINE
)


class Clock:
    """A second passes when the test says so."""

    now = 0.0

    def __call__(self) -> float:
        return self.now


def data(count: int) -> Dataset:
    rng = np.random.default_rng(count)
    images = rng.normal(size=(count, 4)).astype(np.float32)
    return Dataset(images, images[:, :3].argmax(1).astype(np.int64), ("a", "b", "c"))


def session(plan: Plan = PLAN) -> Session:
    return Session(compile_graph(DESIGN, seed=plan.seed), data(60), data(20), plan)


def test_a_run_is_read_as_it_was(tmp_path: Path) -> None:
    run, writer = session(), RunWriter(tmp_path / "one", BEGUN)
    other = replace(PLAN, optimizer=SGD(learning_rate=0.01))
    steps, epochs = [], []
    for event in run:
        writer.take(event)
        if isinstance(event, Stepped):
            steps.append(event)
            if event.step == 8:
                run.plan = other
                writer.add(PlanChange(8, other))
        elif isinstance(event, Finished):
            writer.close(Ended("2026-11-30T12:00:09+00:00", event.step, event.reason))
    epochs = list(run.checkpoint().history)
    found = read_run(tmp_path / "one")
    assert (found.unknown, found.lost) == ((), 0)
    record = found.record
    assert record.begun == BEGUN
    assert record.curves.epochs == epochs
    assert record.plans == [PlanChange(0, PLAN), PlanChange(8, other)]
    assert record.steps == len(steps) == 18
    assert record.ended is not None
    assert (record.ended.reason, record.ended.step) == ("completed", 18)
    assert_array_equal(record.curves.steps[LOSS].spans().mean, [step.result.loss for step in steps])
    assert_array_equal(record.curves.steps[LEARNING_RATE].spans().mean, [0.1] * 8 + [0.01] * 10)
    assert_array_equal(
        record.curves.steps["accuracy"].spans().mean, [s.result.metrics["accuracy"] for s in steps]
    )
    assert (record.curves.steps[MILLISECONDS].spans().least > 0).all()
    assert record.best == min(epochs, key=lambda e: e.validation.loss if e.validation else np.inf)


def test_what_a_kill_costs_is_less_than_a_second(tmp_path: Path) -> None:
    """Read while it is written, as after a kill."""
    clock = Clock()
    writer = RunWriter(tmp_path / "one", BEGUN, clock)
    made = 0
    for event in session():
        clock.now += 0.3
        writer.take(event)
        made += isinstance(event, Stepped)
        record = read_run(tmp_path / "one").record
        assert made - record.steps <= 3
        assert record.ended is None
    writer.close()


def test_a_run_that_goes_on_makes_some_steps_once_more(tmp_path: Path) -> None:
    first = RunWriter(tmp_path / "one", BEGUN)
    events = list(session())
    for event in events[:9]:
        first.take(event)
    first.close()
    before = read_run(tmp_path / "one").record
    again = RunWriter(tmp_path / "one", Resumed("2026-12-01T08:00:00+00:00", 4, MACHINE))
    for event in events[5:]:
        again.take(event)
    again.close()
    record = read_run(tmp_path / "one").record
    losses = [event.result.loss for event in events if isinstance(event, Stepped)]
    assert 4 < before.steps < record.steps == 18
    assert_array_equal(record.curves.steps[LOSS].spans().mean, losses)
    assert [epoch.epoch for epoch in record.curves.epochs] == [1, 2, 3]


def test_one_block_that_is_lost_leaves_a_gap_in_the_curve(tmp_path: Path) -> None:
    clock = Clock()
    writer = RunWriter(tmp_path / "one", BEGUN, clock)
    for event in session():
        clock.now += 1.0
        writer.take(event)
    writer.close()
    path = tmp_path / "one" / JOURNAL
    content = bytearray(path.read_bytes())
    content[content.index(b'"steps"') + 3] ^= 1
    path.write_bytes(bytes(content))
    found = read_run(tmp_path / "one")
    losses = found.record.curves.steps[LOSS].spans().mean
    assert found.lost == 1
    assert len(losses) == 18
    assert np.isnan(losses).sum() == 1


def test_kinds_of_a_later_version_are_kept(tmp_path: Path) -> None:
    RunWriter(tmp_path / "one", BEGUN).close()
    path = tmp_path / "one" / JOURNAL
    later = Record("finding", {"of": "the doctor"}, {"dead": np.ones(3, np.uint8)})
    path.write_bytes(path.read_bytes() + block([later, Record("epoch", {"in": "another form"})]))
    RunWriter(tmp_path / "one", Resumed("later", 0, MACHINE)).close()
    assert read_run(tmp_path / "one").unknown == (later, Record("epoch", {"in": "another form"}))
    assert later in read_journal(path).records


def test_a_disk_that_gets_full_ends_the_journal_and_not_the_run(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    writer = RunWriter(tmp_path / "one", BEGUN)

    def full(*_: object) -> None:
        raise FormatError("The disk is full.")

    monkeypatch.setattr(Journal, "append", full)
    for event in session():
        writer.take(event)
    writer.close()
    assert "The disk is full." in str(writer.problem)
    assert read_run(tmp_path / "one").record.begun == BEGUN


def test_a_journal_without_its_beginning_is_refused(tmp_path: Path) -> None:
    with Journal(tmp_path / JOURNAL) as journal:
        journal.append([Record("ended", {})])
    with pytest.raises(FormatError, match=r"beginning of the run .* can't be read"):
        read_run(tmp_path)


def test_the_latest_run_comes_first(tmp_path: Path) -> None:
    ids = ["20261130-120000-a", "20261201-080000-0", "20261130-120001-0"]
    for run in ids:
        RunWriter(tmp_path / run, replace(BEGUN, run=run)).close()
    (tmp_path / "something else").mkdir()
    assert [path.name for path in runs_in(tmp_path)] == sorted(ids, reverse=True)
    assert new_id() > "20261130"
    assert new_id() != new_id()


def test_a_record_with_an_infinite_count_is_of_no_known_kind(tmp_path: Path) -> None:
    with Journal(tmp_path / JOURNAL) as journal:
        journal.append([to_record(BEGUN), Record("steps", {"first": float("inf")})])
    assert [record.kind for record in read_run(tmp_path).unknown] == ["steps"]


@pytest.mark.parametrize(
    "wrong",
    [
        to_record(BEGUN),
        Record("steps", {"first": 0}, {LOSS: np.ones((3, 3))}),
        Record("steps", {"first": 0}, {LOSS: np.ones(())}),
        Record("steps", {"first": 10**30}, {LOSS: np.ones(3)}),
        Record("steps", {"first": 1 << 40}, {LOSS: np.ones(3)}),
        Record("steps", {"first": -5}, {LOSS: np.ones(3)}),
        Record("plan", {"step": -1, "plan": PLAN.to_json()}),
        Record("plan", {"step": float("inf"), "plan": PLAN.to_json()}),
        Record("ended", {"when": "", "step": 3, "reason": "completed", "why": "", "later": 1}),
    ],
)
def test_records_that_cannot_have_happened_cost_nothing_else(wrong: Record, tmp_path: Path) -> None:
    writer = RunWriter(tmp_path / "one", BEGUN)
    for event in list(session())[:6]:
        writer.take(event)
    writer.close()
    before = read_run(tmp_path / "one").record
    with Journal(tmp_path / "one" / JOURNAL) as journal:
        journal.append([wrong])
    found = read_run(tmp_path / "one")
    assert found.record.curves.losses == before.curves.losses
    assert found.record.plans == before.plans
    assert (found.record.ended is not None) == (wrong.kind == "ended")
    content = compacted(found)
    assert found.others[-1] in content or wrong.kind == "steps"
