"""Runs that are kept as they go: checkpoints, going on after a kill, branches."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest
from numpy.testing import assert_array_equal

from core.compile import compile_graph
from core.data.dataset import Dataset, split
from core.errors import FormatError, Problem
from core.formats.data_folder import DATA_VARIABLE, runs_folder
from core.formats.runs.journal import Journal
from core.formats.runs.kept import Continuation, continuation
from core.formats.runs.points import Point, points_in, read_point
from core.formats.runs.recording import AT_MOST_LOST, Origin, Recording
from core.formats.runs.records import JOURNAL, read_run, runs_in
from core.formats.runs.rules import RunRules, read_rules, superfluous, thin_out, write_rules
from core.layers.convolution import Conv2D
from core.layers.dense import Dense
from core.layers.dropout import Dropout
from core.layers.normalisation import BatchNorm
from core.layers.output import Classification
from core.layers.reshape import Flatten
from core.maths.optim import Adam
from core.maths.schedules import Cosine
from core.project import DataChoice, Project
from core.schema.making import changed
from core.training.checkpoint import Checkpoint
from core.training.curves import LOSS
from core.training.epochs import Epochs
from core.training.events import EpochEnded, Event, Stepped
from core.training.plan import Plan, PlanChange
from core.training.session import Session
from tests.core.designs import chain, shapes_to_tell_apart

pytestmark = pytest.mark.usefixtures("reference")

DESIGN = chain(
    (1, 8, 8), Conv2D(filters=3), BatchNorm(), Dropout(share=0.3), Flatten(), Dense(units=3), Classification()
)
PLAN = Plan(Adam(learning_rate=0.01), epochs=4, batch_size=12, validation=0.2, schedule=Cosine(), warmup=0.5)
STEPS = 4
"""An epoch."""


class Clock:
    now = 0.0

    def __call__(self) -> float:
        return self.now


@pytest.fixture(autouse=True)
def runs(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    monkeypatch.setenv(DATA_VARIABLE, str(tmp_path))
    found = runs_folder()
    assert found is not None
    return found


def parts() -> tuple[Dataset, Dataset]:
    train, validation = split(shapes_to_tell_apart(60), PLAN.validation, PLAN.seed)
    assert validation is not None
    return train, validation


def session(
    plan: Plan = PLAN, resume: Checkpoint | None = None, changes: tuple[PlanChange, ...] = ()
) -> Session:
    return Session(compile_graph(DESIGN, seed=plan.seed), *parts(), plan, resume, changes=changes)


def recording(
    clock: Clock,
    resume: Checkpoint | None = None,
    plan: Plan = PLAN,
    said: list[Problem] | None = None,
    *,
    replays: bool = False,
) -> Recording:
    execution = compile_graph(DESIGN).execution
    project = Project(DESIGN, plan, DataChoice("shapes"))
    origin = Origin("shapes", project, parts()[0], execution, "1.0", resume, replays=replays)
    return Recording(origin, (said if said is not None else []).append, clock)


def kept(run: Session, clock: Clock, recorded: Recording, seconds: float = 10.0) -> Iterator[Event]:
    """The events of a run that is recorded; a step takes so many seconds."""
    for event in run:
        clock.now += seconds * isinstance(event, Stepped)
        recorded.take(event, run)
        recorded.wait()
        yield event


def rate(value: float) -> Plan:
    return replace(PLAN, optimizer=changed(PLAN.optimizer, learning_rate=value))


def run_whole(changes: dict[int, Plan]) -> Checkpoint:
    """The run that nothing disturbs, with a new plan after each of these steps."""
    whole = session()
    for event in whole:
        if isinstance(event, Stepped) and event.step in changes:
            whole.plan = changes[event.step]
    return whole.checkpoint()


def equal(a: Checkpoint, b: Checkpoint) -> None:
    for name, weights in a.weights.items():
        assert_array_equal(weights, b.weights[name], name)
    for name, slot in a.slots.items():
        assert_array_equal(slot, b.slots[name], name)
    assert a.losses == b.losses
    assert a.curves.rates == b.curves.rates
    assert [replace(e, seconds=0) for e in a.history] == [replace(e, seconds=0) for e in b.history]


def test_a_checkpoint_is_read_as_it_was(runs: Path) -> None:
    clock = Clock()
    run, recorded = session(), recording(clock)
    for event in kept(run, clock, recorded):
        if isinstance(event, EpochEnded) and event.epoch == 2:
            expected = run.checkpoint()
            break
    (path,) = runs_in(runs)
    point = points_in(path)[-1]
    assert (point.step, point.epoch) == (2 * STEPS, 2)
    found = read_point(point)
    equal(found, expected)
    assert found.best is not None
    assert found.run == path.name == run.run
    recorded.close(None)


def killed_at(step: int, changes: dict[int, Plan], runs: Path) -> Continuation:
    """A run of 4 seconds a step that was killed after this one; its checkpoints are at ends of epochs."""
    clock = Clock()
    run, recorded = session(), recording(clock)
    for event in kept(run, clock, recorded, seconds=4.0):
        if isinstance(event, Stepped) and event.step in changes:
            run.plan = changes[event.step]
        if isinstance(event, Stepped) and event.step == step:
            break
    recorded.close(None)  # as a kill: nothing of an end is written
    (path,) = runs_in(runs)
    return continuation(path)


@pytest.mark.parametrize(("killed", "again"), [(3, []), (7, [6]), (8, [6, 7]), (10, [])])
def test_a_killed_run_goes_on_as_if_it_had_not_been(runs: Path, killed: int, again: list[int]) -> None:
    """What was changed after the last checkpoint is changed again at its step."""
    changes = {2: rate(0.02), 6: rate(0.005), 7: replace(rate(0.05), epochs=3)}
    expected = run_whole(changes)
    found = killed_at(killed, changes, runs) if killed > STEPS else None
    if found is None:
        with pytest.raises(FormatError, match="has no checkpoint"):
            killed_at(killed, changes, runs)
        return
    assert found.changes is not None
    assert [change.step for change in found.changes] == again
    further = session(found.plan, found.checkpoint, found.changes)
    clock = Clock()
    recorded = recording(clock, found.checkpoint, found.plan, replays=True)
    known = {change.step for change in found.record.plans}
    for event in kept(further, clock, recorded, seconds=4.0):
        if isinstance(event, Stepped) and event.step in changes.keys() - known:
            further.plan = changes[event.step]  # killed before that was written
    recorded.close(further.checkpoint())
    equal(further.checkpoint(), expected)
    (path,) = runs_in(runs)
    record = read_run(path).record
    assert record.curves.losses == expected.losses
    assert record.curves.rates == expected.curves.rates
    assert record.ended is not None
    assert record.ended.reason == "completed"
    assert [change.step for change in record.plans] == [0, *changes]


def test_one_that_takes_another_way_after_a_kill_forgets_the_first(runs: Path) -> None:
    found = killed_at(8, {6: rate(0.005)}, runs)
    assert found.record.steps == 8
    further = session(found.plan, found.checkpoint, found.changes or ())
    clock = Clock()
    recorded = recording(clock, found.checkpoint, found.plan, replays=True)
    for event in kept(further, clock, recorded, seconds=4.0):
        if isinstance(event, Stepped) and event.step == 5:
            further.plan = rate(0.5)
    recorded.close(further.checkpoint())
    (path,) = runs_in(runs)
    record = read_run(path).record
    assert record.curves.losses == further.checkpoint().losses
    assert [change.step for change in record.plans] == [0, 5]
    assert found.record.curves.losses[:5] == record.curves.losses[:5]
    assert found.record.curves.losses[6] != record.curves.losses[6]


def test_in_a_long_epoch_a_checkpoint_is_written_in_its_middle(runs: Path) -> None:
    clock = Clock()
    run, recorded = session(), recording(clock)
    for event in kept(run, clock, recorded, seconds=AT_MOST_LOST / 2 + 1):
        if isinstance(event, Stepped) and event.step == 3:
            break
    (path,) = runs_in(runs)
    assert [(point.step, point.epoch) for point in points_in(path)] == [(2, 0)]
    recorded.close(None)


def test_on_other_data_it_is_another_run(runs: Path) -> None:
    clock = Clock()
    run, recorded = session(), recording(clock)
    list(kept(run, clock, recorded))
    recorded.close(run.checkpoint())
    resume = run.checkpoint()
    train, validation = split(shapes_to_tell_apart(60, seed=9), PLAN.validation, PLAN.seed)
    further = replace(PLAN, epochs=5)
    other = Session(compile_graph(DESIGN, seed=PLAN.seed), train, validation, further, resume)
    project = Project(DESIGN, further, DataChoice("shapes"))
    branch = Recording(
        Origin("shapes", project, train, compile_graph(DESIGN).execution, "1.0", resume), print
    )
    list(kept(other, clock, branch))
    branch.close(other.checkpoint())
    assert other.run != run.run
    assert read_run(runs / other.run).record.begun.parent == (run.run, run.step)


def test_one_that_goes_on_otherwise_is_a_branch_and_the_first_stays(runs: Path) -> None:
    clock = Clock()
    run, recorded = session(), recording(clock)
    events = list(kept(run, clock, recorded))
    recorded.close(run.checkpoint())
    assert events
    (path,) = runs_in(runs)
    before = (path / JOURNAL).read_bytes()
    resume = read_point(points_in(path)[0])
    other = session(rate(0.5), resume)
    branch = recording(clock, resume, rate(0.5))
    list(kept(other, clock, branch))
    branch.close(other.checkpoint())
    assert (path / JOURNAL).read_bytes() == before
    assert other.run != run.run
    record = read_run(runs / other.run).record
    assert record.begun.parent == (run.run, resume.steps)
    assert record.curves.losses == other.checkpoint().losses
    assert record.curves.rates == other.checkpoint().curves.rates


def test_damaged_checkpoints_are_refused(runs: Path) -> None:
    clock = Clock()
    run, recorded = session(), recording(clock)
    list(kept(run, clock, recorded))
    recorded.close(run.checkpoint())
    (path,) = runs_in(runs)
    point = points_in(path)[-1]
    whole = point.path.read_bytes()
    for place in range(0, len(whole), max(1, len(whole) // 60)):
        for content in (whole[:place], whole[:place] + bytes([whole[place] ^ 4]) + whole[place + 1 :]):
            point.path.write_bytes(content)
            with pytest.raises(FormatError, match="The checkpoint of step"):
                read_point(point)
    point.path.unlink()
    with pytest.raises(FormatError, match="can't be read"):
        read_point(point)


def test_checkpoints_are_thinned_evenly_and_the_last_stays() -> None:
    points = [Point(Path(str(step)), step, step, 100) for step in range(1, 101)]
    left = [point for point in points if point not in superfluous(points, 10)]
    assert len(left) == 10
    assert left[-1].step == 100
    gaps = np.diff([point.step for point in left])
    assert gaps.max() <= 3 * gaps.min()
    assert superfluous(points, 0) == points[:-1]


def test_old_runs_keep_fewer_and_none_loses_its_last(tmp_path: Path) -> None:
    for run in ("a", "b", "c"):
        (tmp_path / run).mkdir()
        (tmp_path / run / JOURNAL).touch()
        for step in range(1, 9):
            (tmp_path / run / f"{step:010d}-{step:06d}.checkpoint").write_bytes(bytes(1000))
    rules = RunRules(budget=14_000)
    assert thin_out(tmp_path, rules, tmp_path / "c") == 0
    assert [len(points_in(tmp_path / run)) for run in ("a", "b", "c")] == [1, 4, 8]
    assert thin_out(tmp_path, RunRules(budget=2500), tmp_path / "c") == 500
    assert [[p.step for p in points_in(tmp_path / run)] for run in ("a", "b", "c")] == [[8], [8], [8]]


def test_too_little_room_is_said_once_and_nothing_is_deleted(runs: Path) -> None:
    write_rules(runs, RunRules(budget=1))
    assert read_rules(runs).budget == 1
    said: list[Problem] = []
    clock = Clock()
    run, recorded = session(), recording(clock, said=said)
    list(kept(run, clock, recorded))
    recorded.close(run.checkpoint())
    (path,) = runs_in(runs)
    assert [point.step for point in points_in(path)] == [run.step]
    assert len(said) == 1
    assert "more than their budget" in said[0].message


@pytest.mark.parametrize("content", ["", "[]", "{", '{"budget": "x", "most": 0, "every_epochs": true}'])
def test_rules_that_cannot_be_read_are_the_usual_ones(tmp_path: Path, content: str) -> None:
    (tmp_path / "rules.json").write_text(content)
    assert read_rules(tmp_path) == RunRules()


def test_the_best_epoch_has_a_checkpoint_that_thinning_leaves_last(runs: Path) -> None:
    """Whether or not one was due there."""
    write_rules(runs, RunRules(most=3))
    clock = Clock()
    run, recorded = session(replace(PLAN, epochs=12)), recording(clock, plan=replace(PLAN, epochs=12))
    list(kept(run, clock, recorded, seconds=0.4))
    recorded.close(run.checkpoint())
    (path,) = runs_in(runs)
    last = run.checkpoint()
    assert last.best is not None
    points = points_in(path)
    assert len(points) == 3
    (best,) = [point for point in points if point.is_best]
    assert best.epoch == last.best.epoch
    for name, weights in read_point(best).weights.items():
        assert_array_equal(weights, last.best.weights[name])
    assert points[-1].step == last.steps
    assert best not in superfluous(points, 2)


def test_a_branch_of_a_very_long_run_has_its_curves(runs: Path) -> None:
    clock = Clock()
    run, recorded = session(), recording(clock)
    list(kept(run, clock, recorded))
    recorded.close(run.checkpoint())
    resume = run.checkpoint()
    long = resume.curves.copy()
    long.steps.clear()
    long.extend(0, {LOSS: np.arange(300_000.0), "accuracy": np.ones(300_000)})
    resume = replace(resume, curves=long, epoch=0, position=0)
    long.epochs = Epochs()
    branch_session = session(replace(PLAN, epochs=1), resume)
    branch = recording(clock, resume, replace(PLAN, epochs=1))
    list(kept(branch_session, clock, branch))
    branch.close(None)
    found = read_run(runs / branch_session.run).record
    assert found.steps == 300_000 + STEPS
    spans = found.curves.spans(LOSS)
    assert np.isfinite(spans.mean[:-1]).all()
    assert (spans.least[0], spans.greatest[10]) == (0, 11 * spans.width - 1)


def test_a_checkpoint_under_another_name_is_refused(runs: Path) -> None:
    clock = Clock()
    run, recorded = session(), recording(clock)
    list(kept(run, clock, recorded))
    recorded.close(run.checkpoint())
    (path,) = runs_in(runs)
    first = points_in(path)[0]
    lie = path / "0000099999-000099.checkpoint"
    lie.write_bytes(first.path.read_bytes())
    with pytest.raises(FormatError, match="another step"):
        read_point(points_in(path)[-1])
    assert continuation(path).checkpoint.steps == run.step


def test_a_checkpoint_of_another_run_is_passed_over(runs: Path) -> None:
    clock = Clock()
    for seconds in (10.0, 5.0):
        run, recorded = session(), recording(clock)
        list(kept(run, clock, recorded, seconds))
        recorded.close(run.checkpoint())
    one, other = runs_in(runs)
    theirs = points_in(other)[-1]
    for point in points_in(one)[1:]:
        point.path.unlink()
    (one / theirs.path.name).write_bytes(theirs.path.read_bytes())
    assert continuation(one).checkpoint.run == one.name


def test_checkpoints_after_so_many_steps_are_written_where_that_is_asked_for(runs: Path) -> None:
    write_rules(runs, RunRules(every_steps=3))
    assert read_rules(runs).every_steps == 3
    clock = Clock()
    run, recorded = session(), recording(clock)
    list(kept(run, clock, recorded, seconds=0.01))
    recorded.close(None)
    (path,) = runs_in(runs)
    assert {3, 6, 9, 12, 15} <= {point.step for point in points_in(path)}


def test_one_that_somebody_else_goes_on_with_becomes_a_branch_and_says_so(runs: Path) -> None:
    clock = Clock()
    run, recorded = session(), recording(clock)
    list(kept(run, clock, recorded))
    recorded.close(run.checkpoint())
    said: list[Problem] = []
    with Journal(runs / run.run / JOURNAL):
        other = session(replace(PLAN, epochs=5), run.checkpoint())
        branch = recording(clock, run.checkpoint(), replace(PLAN, epochs=5), said)
        list(kept(other, clock, branch))
        branch.close(other.checkpoint())
    assert other.run != run.run
    assert "branch" in said[0].message
