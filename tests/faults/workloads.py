"""What is done to the disk, and what has to be there afterwards: the former state or the new one."""

from __future__ import annotations

from abc import ABC, abstractmethod
from dataclasses import replace
from pathlib import Path
from typing import Final

from numpy.testing import assert_array_equal

from core.compile import compile_graph
from core.data.dataset import Dataset, split
from core.design.edits import rename
from core.errors import Problem
from core.formats.data_folder import runs_folder
from core.formats.drafts import DraftWriter, left_drafts
from core.formats.project import ProjectFile, load_project, save_project
from core.formats.runs.copies import copies_of, join
from core.formats.runs.journal import Journal
from core.formats.runs.points import points_in, read_point, write_point
from core.formats.runs.recording import Origin, Recording
from core.formats.runs.records import JOURNAL, RunWriter, compacted, read_run, runs_in
from core.formats.runs.rules import RunRules, read_rules, write_rules
from core.formats.snapshot import Snapshot
from core.formats.versions import keep_version, versions_of
from core.layers.dense import Dense
from core.layers.output import Classification
from core.layers.reshape import Flatten
from core.maths.optim import Adam
from core.project import DataChoice, Project
from core.running.program import Execution
from core.training.checkpoint import Checkpoint
from core.training.events import Event, Stepped
from core.training.plan import Plan
from core.training.record import Begun, Ended, Machine
from core.training.session import Session
from tests.core.designs import chain, shapes_to_tell_apart

DESIGN: Final = chain((1, 8, 8), Flatten(), Dense(units=3), Classification())
PLAN: Final = Plan(Adam(), epochs=3, batch_size=12, validation=0.2)
FORMER: Final = Project(DESIGN, PLAN, DataChoice("digits"))
FILE: Final = Path("a.cnn").absolute()
"""Whose versions are kept, wherever the folder of this trial is."""
LATER: Final = replace(FORMER, design=rename(DESIGN, "dense_1", "Another name"))


class Workload(ABC):
    """`work` is what fails in the middle."""

    def __init__(self) -> None:
        self.train, self.validation = parts()

    @abstractmethod
    def prepare(self, folder: Path) -> None:
        """Makes the former state."""

    @abstractmethod
    def work(self, folder: Path) -> None:
        """Makes the new state. May raise CoreError, and MemoryError."""

    @abstractmethod
    def check(self, folder: Path, *, finished: bool) -> None:
        """Raises AssertionError where neither the former nor the new state is there; or not the new one, if
        the work had finished."""

    def session(self, plan: Plan = PLAN) -> Session:
        return Session(compile_graph(DESIGN, seed=plan.seed), self.train, self.validation, plan)


def parts() -> tuple[Dataset, Dataset]:
    train, validation = split(shapes_to_tell_apart(40), PLAN.validation, PLAN.seed)
    assert validation is not None
    return train, validation


def trained(epochs: int) -> tuple[list[Event], Checkpoint]:
    session = Session(compile_graph(DESIGN), *parts(), replace(PLAN, epochs=epochs))
    return list(session), session.checkpoint()


class Save(Workload):
    """Over a file that is there, with weights."""

    def __init__(self) -> None:
        super().__init__()
        self.former, self.later = trained(1)[1], trained(2)[1]

    def prepare(self, folder: Path) -> None:
        save_project(folder / "a.cnn", ProjectFile(FORMER, self.former))

    def work(self, folder: Path) -> None:
        save_project(folder / "a.cnn", ProjectFile(LATER, self.later))

    def check(self, folder: Path, *, finished: bool) -> None:
        found = load_project(folder / "a.cnn")
        assert found.checkpoint is not None
        is_new = found.project == LATER
        assert is_new or (found.project == FORMER and not finished)
        expected = self.later if is_new else self.former
        for name, weights in expected.weights.items():
            assert_array_equal(found.checkpoint.weights[name], weights)


class SaveAnew(Workload):
    """Where nothing is yet."""

    def prepare(self, folder: Path) -> None:
        pass

    def work(self, folder: Path) -> None:
        save_project(folder / "a.cnn", ProjectFile(LATER))

    def check(self, folder: Path, *, finished: bool) -> None:
        if finished or (folder / "a.cnn").exists():
            assert load_project(folder / "a.cnn").project == LATER


class Load(Workload):
    """Reading changes nothing, and gives all or nothing."""

    def __init__(self) -> None:
        super().__init__()
        self.checkpoint = trained(1)[1]

    def prepare(self, folder: Path) -> None:
        events, _ = trained(1)
        writer = RunWriter(folder / "runs" / "one", begun())
        for event in events:
            writer.take(event)
        writer.close()
        copies = copies_of(folder / "runs", ["one"], folder)
        save_project(folder / "a.cnn", ProjectFile(FORMER, self.checkpoint, runs=copies))
        write_point(folder / "runs" / "one", self.checkpoint)
        (folder / "before").write_bytes(content(folder))

    def work(self, folder: Path) -> None:
        file = load_project(folder / "a.cnn")
        assert file.project == FORMER
        assert file.checkpoint is not None
        assert file.checkpoint.losses == self.checkpoint.losses
        assert read_run(folder / "runs" / "one").record.steps == self.checkpoint.steps
        for point in points_in(folder / "runs" / "one"):
            assert read_point(point).losses == self.checkpoint.losses

    def check(self, folder: Path, *, finished: bool) -> None:
        assert content(folder) == (folder / "before").read_bytes()


class WritePoint(Workload):
    """A checkpoint beside two others."""

    def __init__(self) -> None:
        super().__init__()
        self.points = [trained(epochs)[1] for epochs in (1, 2, 3)]

    def prepare(self, folder: Path) -> None:
        for checkpoint in self.points[:2]:
            write_point(folder, checkpoint)

    def work(self, folder: Path) -> None:
        write_point(folder, self.points[2])

    def check(self, folder: Path, *, finished: bool) -> None:
        found = points_in(folder)
        assert len(found) in ((3,) if finished else (2, 3))
        for point, expected in zip(found, self.points, strict=False):
            for name, weights in read_point(point).weights.items():
                assert_array_equal(weights, expected.weights[name])


class WriteJournal(Workload):
    """Blocks one after the other, compacted once in between."""

    def __init__(self) -> None:
        super().__init__()
        self.events = trained(3)[0]

    def prepare(self, folder: Path) -> None:
        writer = RunWriter(folder / "one", begun())
        for event in self.events[:3]:
            writer.take(event)
        writer.close()
        (folder / "steps").write_text(str(read_run(folder / "one").record.steps))

    def work(self, folder: Path) -> None:
        with Journal(folder / "one" / JOURNAL) as journal:
            journal.sync()
        writer = RunWriter(folder / "two", begun())
        for event in self.events:
            writer.take(event)
            writer.flush()
        writer.close(Ended("", 9, "completed"))
        with Journal(folder / "one" / JOURNAL) as journal:
            journal.replace(compacted(read_run(folder / "one")))
        if writer.problem is not None:
            raise writer.problem

    def check(self, folder: Path, *, finished: bool) -> None:
        assert read_run(folder / "one").record.steps == int((folder / "steps").read_text())
        if finished or (folder / "two" / JOURNAL).exists():
            with Journal(folder / "two" / JOURNAL) as journal:  # whoever goes on can write
                if not journal.found.records:
                    assert not finished
                    return
            record = read_run(folder / "two").record
            whole = [event.result.loss for event in self.events if isinstance(event, Stepped)]
            assert list(record.curves.losses) == whole[: record.steps]
            assert not finished or record.steps == len(whole)


class Train(Workload):
    """A run goes on whatever the disk does, and comes out the same."""

    def __init__(self) -> None:
        super().__init__()
        self.expected = trained(3)[1]

    def prepare(self, folder: Path) -> None:
        write_rules(folder / "data" / "runs", RunRules(most=2))

    def work(self, folder: Path) -> None:
        clock = [0.0]

        def now() -> float:
            clock[0] += 10.0
            return clock[0]

        session, said = self.session(), list[Problem]()
        execution = Execution("reference", 1, 1)
        origin = Origin("a design", FORMER, self.train, execution, "1")
        recording = Recording(origin, said.append, now)
        with recording.kept(session):
            for event in session:
                recording.take(event, session)
                recording.wait()
        assert session.checkpoint().losses == self.expected.losses
        for name, weights in session.checkpoint().weights.items():
            assert_array_equal(weights, self.expected.weights[name])

    def check(self, folder: Path, *, finished: bool) -> None:
        runs = runs_folder()
        assert runs is not None
        assert read_rules(runs) == RunRules(most=2)
        for path in runs_in(runs):
            with Journal(path / JOURNAL) as journal:
                if not journal.found.records:
                    continue  # nothing was learned yet
            record = read_run(path).record
            assert list(record.curves.losses) == list(self.expected.losses[: record.steps])
            for point in points_in(path):
                found = read_point(point)
                assert found.losses == self.expected.losses[: point.step]


class Draft(Workload):
    """Autosave over a former state."""

    def prepare(self, folder: Path) -> None:
        writer = DraftWriter(folder / "drafts")
        writer.write(Snapshot(FORMER))
        writer.release()

    def work(self, folder: Path) -> None:
        found = left_drafts(folder / "drafts")
        writer = DraftWriter(folder / "drafts")
        try:
            for draft in found:
                writer.take_over(draft)
                writer.write(Snapshot(LATER))
        finally:
            writer.release()

    def check(self, folder: Path, *, finished: bool) -> None:
        (draft,) = left_drafts(folder / "drafts")
        assert draft.snapshot.project in (FORMER, LATER)


class Version(Workload):
    """A former version more."""

    def prepare(self, folder: Path) -> None:
        keep_version(folder / "versions", Snapshot(FORMER, FILE), "saved")

    def work(self, folder: Path) -> None:
        keep_version(folder / "versions", Snapshot(LATER, FILE), "saved")

    def check(self, folder: Path, *, finished: bool) -> None:
        found = [v.snapshot.project for v in versions_of(folder / "versions", FILE)]
        assert found == [LATER, FORMER] or (found == [FORMER] and not finished)


class Join(Workload):
    """A longer copy of a run comes from a file."""

    def __init__(self) -> None:
        super().__init__()
        self.events, self.checkpoint = trained(3)

    def prepare(self, folder: Path) -> None:
        for name, events in (("here", self.events[:4]), ("there", self.events)):
            writer = RunWriter(folder / name / "one", begun())
            for event in events:
                writer.take(event)
            writer.close()

    def work(self, folder: Path) -> None:
        copies = copies_of(folder / "there", ["one"], folder)
        join(folder / "here", copies, folder, replace(self.checkpoint, run="one"))

    def check(self, folder: Path, *, finished: bool) -> None:
        (path,) = runs_in(folder / "here")
        found = read_run(path).record
        assert list(found.curves.losses) == list(self.checkpoint.losses[: found.steps])
        assert found.steps >= 3
        for point in points_in(path):
            assert read_point(point).losses == self.checkpoint.losses


def begun() -> Begun:
    machine = Machine("a system", "1", Execution("reference", 1, 1))
    return Begun("one", "", "a design", DESIGN, PLAN, "digits", "", 40, 8, 15, machine)


def content(folder: Path) -> bytes:
    """Of all files, by name."""
    found = sorted(path for path in folder.rglob("*") if path.is_file() and path.name != "before")
    return b"".join(path.name.encode() + path.read_bytes() for path in found)


WORKLOADS: Final[dict[str, type[Workload]]] = {
    "save": Save,
    "save anew": SaveAnew,
    "load": Load,
    "checkpoint": WritePoint,
    "journal": WriteJournal,
    "training": Train,
    "draft": Draft,
    "version": Version,
    "join": Join,
}
