"""Copies of runs in files: handed on, opened elsewhere, joined by their ids."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest

from core.formats.project import ProjectFile, load_project, save_project
from core.formats.runs.blocks import Record, read
from core.formats.runs.copies import bring_weights, copies_of, join, weights_of
from core.formats.runs.journal import Journal
from core.formats.runs.points import points_in, read_point, write_point
from core.formats.runs.records import COMPACT, JOURNAL, RunWriter, compacted, parse_run, read_run, runs_in
from core.formats.runs.rules import RunRules, write_rules
from core.maths.optim import SGD
from core.project import DataChoice, Project
from core.training.curves import LOSS
from core.training.events import Event
from core.training.plan import Plan
from core.training.record import Ended, Resumed, RunRecord, Steps
from core.training.series import MOST
from tests.core.formats.test_runs import BEGUN, DESIGN, MACHINE, PLAN, session

pytestmark = pytest.mark.usefixtures("reference")


def write(run: Path, events: list[Event], ended: str = "", *, further: bool = False) -> RunRecord:
    """A run of these events."""
    first = Resumed("2026-12-01T08:00:00+00:00", read_run(run).record.steps, MACHINE) if further else BEGUN
    writer = RunWriter(run, first)
    for event in events:
        writer.take(event)
    writer.close(Ended("2026-11-30T12:00:09+00:00", 9, "completed") if ended else None)
    return read_run(run).record


@pytest.fixture(scope="module")
def events() -> list[Event]:
    return list(session())


def test_a_file_holds_what_the_folder_holds(tmp_path: Path, events: list[Event]) -> None:
    expected = write(tmp_path / "runs" / "one", events, "completed")
    copies = copies_of(tmp_path / "runs", ["one", "missing", "one"], tmp_path)
    project = Project(DESIGN, PLAN, DataChoice("digits"))
    save_project(tmp_path / "a.cnn", ProjectFile(project, runs=copies))
    found = load_project(tmp_path / "a.cnn")
    assert found.runs == copies
    assert join(tmp_path / "other", found.runs, tmp_path) == ["one"]
    read_again = read_run(tmp_path / "other" / "one").record
    assert read_again.begun == expected.begun
    assert read_again.curves.losses == expected.curves.losses
    assert read_again.curves.epochs == expected.curves.epochs
    assert read_again.ended == expected.ended


def test_data_beside_a_file_move_with_it(tmp_path: Path) -> None:
    here, there = tmp_path / "here", tmp_path / "there"
    writer = RunWriter(tmp_path / "runs" / "one", replace(BEGUN, data=str(here / "data" / "x.npz")))
    writer.close()
    copies = copies_of(tmp_path / "runs", ["one"], here)
    assert b"here" not in copies["one"]
    join(tmp_path / "other", copies, there)
    assert read_run(tmp_path / "other" / "one").record.begun.data == str(there / "data" / "x.npz")
    assert join(tmp_path / "other", copies, tmp_path) == ["one"], "it is the same run wherever its data are"


def test_the_longer_of_two_stays(tmp_path: Path, events: list[Event]) -> None:
    runs, elsewhere = tmp_path / "runs", tmp_path / "elsewhere"
    write(runs / "one", events[:8])
    write(elsewhere / "one", events, "completed")
    longer, shorter = copies_of(elsewhere, ["one"], tmp_path), copies_of(runs, ["one"], tmp_path)
    assert join(runs, longer, tmp_path) == ["one"]
    assert read_run(runs / "one").record.steps == 18
    assert join(runs, shorter, tmp_path) == ["one"]
    assert read_run(runs / "one").record.steps == 18
    assert len(list(runs_in(runs))) == 1


def test_one_that_is_being_written_is_left_alone(tmp_path: Path, events: list[Event]) -> None:
    runs, elsewhere = tmp_path / "runs", tmp_path / "elsewhere"
    write(runs / "one", events[:8])
    write(elsewhere / "one", events)
    copies = copies_of(elsewhere, ["one"], tmp_path)
    with Journal(runs / "one" / JOURNAL):
        assert join(runs, copies, tmp_path) == ["one"]
    assert read_run(runs / "one").record.steps < 18


def test_two_that_went_different_ways_become_two(tmp_path: Path, events: list[Event]) -> None:
    runs, elsewhere = tmp_path / "runs", tmp_path / "elsewhere"
    own = write(runs / "one", events, "completed")
    other = list(session(plan_with_another_rate()))
    other_record = write(elsewhere / "one", other)
    copies = copies_of(elsewhere, ["one"], tmp_path)
    (name,) = join(runs, copies, tmp_path)
    assert name != "one"
    assert read_run(runs / "one").record.curves.losses == own.curves.losses
    assert read_run(runs / name).record.curves.losses == other_record.curves.losses
    assert join(runs, copies, tmp_path) == [name], "opened twice, it is there once"
    assert len(list(runs_in(runs))) == 2


def plan_with_another_rate() -> Plan:
    return replace(PLAN, optimizer=SGD(learning_rate=0.02))


def test_the_weights_of_the_file_are_a_checkpoint_where_there_is_none(tmp_path: Path) -> None:
    run = session()
    made = list(run)
    write(tmp_path / "elsewhere" / "one", made, "completed")
    last = replace(run.checkpoint(), run="one")
    copies = copies_of(tmp_path / "elsewhere", ["one"], tmp_path)
    join(tmp_path / "runs", copies, tmp_path, last)
    (point,) = points_in(tmp_path / "runs" / "one")
    found = read_point(point)
    assert found.losses == last.losses
    for name, weights in last.weights.items():
        assert np.array_equal(found.weights[name], weights)


@pytest.mark.parametrize("name", ["", "..", "../x", "a/b", "a\\b", "x" * 200, "CON:", "nul", "ü", "-"])
def test_copies_with_other_names_than_ids_are_left_alone(
    name: str, tmp_path: Path, events: list[Event]
) -> None:
    write(tmp_path / "elsewhere" / "one", events)
    content = copies_of(tmp_path / "elsewhere", ["one"], tmp_path)["one"]
    assert join(tmp_path / "runs", {name: content}, tmp_path) == []
    assert join(tmp_path / "runs", {"one": b"no journal", "two": content[:40]}, tmp_path) == []
    assert not (tmp_path / "runs").exists()


def test_unknown_records_survive_compaction_and_copies(tmp_path: Path, events: list[Event]) -> None:
    write(tmp_path / "runs" / "one", events[:6])
    unknown = Record("findings of a later version", {"a": [1]}, {"b": np.arange(5, dtype=np.float32)})
    with Journal(tmp_path / "runs" / "one" / JOURNAL) as journal:
        journal.append([unknown])
    write(tmp_path / "runs" / "one", events[6:], "completed", further=True)
    copies = copies_of(tmp_path / "runs", ["one"], tmp_path)
    found = parse_run(read(copies["one"]), "one")
    assert found.unknown == (unknown,)
    assert found.record.steps == 18
    assert [entry.step for entry in found.record.resumed] == [5]
    assert found.record.ended is not None
    assert unknown in compacted(found)


def test_a_journal_stays_in_bounded_room_and_goes_on(tmp_path: Path) -> None:
    """Two million steps are more than a journal of single steps holds."""
    run, at_once = tmp_path / "one", 20_000
    writer = RunWriter(run, BEGUN)
    rng = np.random.default_rng(0)
    largest, total = 0, 0
    least = np.inf
    for _ in range(60):
        numbers = rng.normal(size=at_once)
        least = min(least, numbers.min())
        writer.add(Steps(total, {LOSS: numbers, "accuracy": numbers, "c": numbers, "d": numbers}))
        writer.flush()
        total += at_once
        largest = max(largest, (run / JOURNAL).stat().st_size)
    assert largest < 2 * COMPACT + 4 * MOST * 24
    writer.close(Ended("2026-11-30T12:00:09+00:00", total, "stopped"))
    record = read_run(run).record
    assert record.steps == total
    assert record.ended is not None
    assert record.curves.spans(LOSS).least.min() == least
    assert record.plans[0].plan == PLAN


def test_where_it_is_asked_for_a_file_holds_the_weights_of_all_runs(tmp_path: Path) -> None:
    runs = tmp_path / "runs"
    run = session()
    write(runs / "one", list(run), "completed")
    last = replace(run.checkpoint(), run="one")
    write_point(runs / "one", last)
    assert weights_of(runs, ["one"]) == {}
    write_rules(runs, RunRules(weights_in_files=1))
    weights = weights_of(runs, ["one", "missing"])
    (name,) = weights
    assert name.startswith("one/0000000018-")
    project = Project(DESIGN, PLAN, DataChoice("digits"))
    file = ProjectFile(project, runs=copies_of(runs, ["one"], tmp_path), weights=weights)
    save_project(tmp_path / "a.cnn", file)
    found = load_project(tmp_path / "a.cnn")
    assert found.weights == weights
    other = tmp_path / "other"
    join(other, found.runs, tmp_path)
    bad = {
        "../x/1-1.checkpoint": b"",
        "one/x.checkpoint": b"",
        "one/1-1.checkpoint": weights[name],
        "two/1-1": b"",
    }
    bring_weights(other, bad)
    assert points_in(other / "one") == []
    assert {path.name for path in other.iterdir()} == {"one"}
    bring_weights(other, found.weights)
    (point,) = points_in(other / "one")
    assert read_point(point).losses == last.losses


def test_what_a_file_has_further_or_otherwise_stays_in_it(tmp_path: Path, events: list[Event]) -> None:
    runs, elsewhere = tmp_path / "runs", tmp_path / "elsewhere"
    write(runs / "one", events[:8])
    write(elsewhere / "one", events, "completed")
    further = copies_of(elsewhere, ["one"], tmp_path)
    assert copies_of(runs, ["one", "gone"], tmp_path, further) == further
    other = copies_of(runs, ["one"], tmp_path)
    assert copies_of(elsewhere, ["one"], tmp_path, other) == further
    write(tmp_path / "third" / "one", list(session(plan_with_another_rate())))
    way = copies_of(tmp_path / "third", ["one"], tmp_path)
    assert copies_of(elsewhere, ["one"], tmp_path, way) == way


def test_later_weights_of_a_file_come_beside_earlier_ones(tmp_path: Path) -> None:
    runs = tmp_path / "runs"
    run = session()
    early, made = None, []
    for event in run:
        made.append(event)
        if run.step == 6 and early is None:
            early = replace(run.checkpoint(), run="one")
    assert early is not None
    last = replace(run.checkpoint(), run="one")
    write(runs / "one", made[:8])
    write_point(runs / "one", early)
    write(tmp_path / "elsewhere" / "one", made, "completed")
    join(runs, copies_of(tmp_path / "elsewhere", ["one"], tmp_path), tmp_path, last)
    assert read_run(runs / "one").record.steps == 18
    assert [point.step for point in points_in(runs / "one")] == [6, 18]
