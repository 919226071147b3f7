"""Runs as journals: each entry a record, and the writer that follows a session.

`RUN/journal` holds the entries of the run with the id RUN. Records of kinds that this version doesn't know
stay in the file; whoever reads is given them.
"""

from __future__ import annotations

import json
import time
from collections.abc import Callable, Iterable, Mapping
from contextlib import suppress
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import Any, Final

import numpy as np

from core.errors import CoreError, FormatError, name_of
from core.formats.curves import curves_arrays, curves_from_json, curves_to_json
from core.formats.design import from_text, to_text
from core.formats.moments import stamp
from core.formats.results import epoch_from_json, epoch_to_json, whole_number
from core.formats.runs.blocks import Reading, Record
from core.formats.runs.journal import Journal, read_journal
from core.maths.arrays import Array
from core.running.program import Execution
from core.training.curves import LEARNING_RATE, LOSS, MILLISECONDS, Curves
from core.training.events import EpochEnded, Event, Stepped
from core.training.plan import Plan, PlanChange
from core.training.record import (
    Begun,
    Ended,
    Entry,
    Machine,
    Resumed,
    RunRecord,
    Steps,
)
from core.training.series import Numbers

_MEASURED: Final = ("steps", "epoch", "curves")
JOURNAL: Final = "journal"
MOST_LOST: Final = 1 << 20
"""Steps that may be missing between two blocks: far more than any block has that got lost."""
COMPACT: Final = 16 << 20
"""Bytes of a journal, and of what it grows by, after which it is written anew in fewer."""
BLOCK_SECONDS: Final = 1.0
"""What happens in this time is written together: so much a kill costs at most."""


@dataclass(frozen=True, eq=False)
class ReadRun:
    """What a journal tells of a run."""

    record: RunRecord
    others: tuple[Record, ...]
    """All records but those of steps and epochs, as they are written; the first is the beginning."""
    unknown: tuple[Record, ...]
    """Those of them of kinds that come with a later version."""
    lost: int
    """Bytes at the end, or blocks in the middle, that couldn't be read."""


def new_id() -> str:
    """An id of a run; later ones come later in the alphabet."""
    return stamp()


def read_run(folder: Path) -> ReadRun:
    """The run of a folder. Raises FormatError where its beginning can't be read."""
    return parse_run(read_journal(folder / JOURNAL), name_of(folder))


def parse_run(reading: Reading, name: str) -> ReadRun:
    """The run that a journal tells of. Raises FormatError where its beginning can't be read."""
    entries: list[Entry] = []
    unknown = []
    for record in reading.records:
        try:
            entry = from_record(record)
        except (CoreError, LookupError, TypeError, ValueError, AttributeError, OverflowError):
            unknown.append(record)  # its checksum is right: a later version writes more into it
            continue
        unknown += [record] if entry is None else []
        entries += [entry] if entry is not None else []
    if not entries or not isinstance(entries[0], Begun):
        raise FormatError(f"The beginning of the run {name} can't be read.", "Its journal may be damaged.")
    run = RunRecord(entries[0])
    wrong = sum(not _fits(run, entry) for entry in entries[1:])
    others = tuple(record for record in reading.records if record.kind not in _MEASURED)
    return ReadRun(run, others, tuple(unknown), reading.torn + reading.damaged + wrong)


def _fits(record: RunRecord, entry: Entry) -> bool:
    """Adds an entry, if it can have happened; a journal may come from anywhere."""
    if isinstance(entry, Steps) and not 0 <= entry.first <= record.steps + MOST_LOST:
        return False
    try:
        record.add(entry)
    except (ValueError, IndexError, OverflowError):
        return False
    return True


def compacted(found: ReadRun) -> list[Record]:
    """The records of a run in bounded room: in place of those of single steps and epochs, its curves.

    All others stay as they are, with fields that this version doesn't know. Those of plans come before the
    curves: one that comes after them would cut them off at its step.
    """
    plans = [record for record in found.others if record.kind == "plan"]
    rest = [record for record in found.others if record.kind != "plan"]
    return [rest[0], *plans, to_record(found.record.curves), *rest[1:]]


class RunWriter:
    """Writes the journal of a run as its session goes; the steps of each second together.

    Where nothing can be written any more, `problem` says why, and the run goes on without a journal.
    """

    def __init__(
        self, folder: Path, first: Begun | Resumed, clock: Callable[[], float] = time.monotonic
    ) -> None:
        """Begins a journal, or goes on with the one that is there. Raises FormatError."""
        try:
            folder.mkdir(parents=True, exist_ok=True)
        except OSError as error:
            raise FormatError(f"{name_of(folder)} can't be made: {error.strerror or error}.") from None
        self._folder = folder
        self._journal = Journal(folder / JOURNAL)
        self._compact_at = self._journal.length + COMPACT
        self._clock = clock
        self._waiting: list[Record] = []
        self._first = 0
        self._numbers: dict[str, list[float]] = {}
        self._written = clock()
        self.steps = 0
        """How many are done."""
        self.problem: FormatError | None = None
        try:
            self._journal.append([to_record(first)])
        except BaseException:
            self._journal.close()
            raise

    def take(self, event: Event) -> None:
        """What the session has just done."""
        if isinstance(event, Stepped):
            self._take_step(event)
        elif isinstance(event, EpochEnded):
            self.add(event)
            self.flush()
        if self._clock() - self._written >= BLOCK_SECONDS:
            self.flush()

    def add(self, entry: Entry) -> None:
        """Anything else that happens; it is written with the next block."""
        self._close_steps()
        self._waiting.append(to_record(entry))

    def flush(self) -> None:
        """Writes what waits."""
        self._close_steps()
        records, self._waiting = self._waiting, []
        self._written = self._clock()
        if records and self.problem is None:
            try:
                self._journal.append(records)
                self._compact()
            except FormatError as error:
                self.problem = error
            except (ValueError, MemoryError) as error:
                self.problem = FormatError(f"The journal can't be written: {str(error) or 'no memory'}.")

    def _compact(self) -> None:
        """Drops single steps that no curve shows any more."""
        if self._journal.length >= self._compact_at:
            with suppress(FormatError):  # then it grows on, and is tried again later
                self._journal.replace(compacted(read_run(self._folder)))
            self._compact_at = 2 * self._journal.length + COMPACT

    def close(self, ended: Ended | None = None) -> None:
        """Ends the journal, safe from a power cut."""
        if ended is not None:
            self.add(ended)
        self.flush()
        if self.problem is None:
            try:
                self._journal.sync()
            except FormatError as error:
                self.problem = error
        self._journal.close()

    def _take_step(self, event: Stepped) -> None:
        self.steps = event.step
        if not self._numbers:
            self._first = event.step - 1
        numbers = {
            LOSS: event.result.loss,
            **event.result.metrics,
            LEARNING_RATE: event.learning_rate,
            MILLISECONDS: event.milliseconds,
        }
        for name, number in numbers.items():
            self._numbers.setdefault(name, []).append(number)

    def _close_steps(self) -> None:
        """Entries stay in their order: the steps before one come before it."""
        if self._numbers:
            arrays = {name: np.array(numbers, np.float64) for name, numbers in self._numbers.items()}
            self._waiting.append(to_record(Steps(self._first, arrays)))
            self._numbers = {}


def to_record(entry: Entry) -> Record:
    """An entry as it is written."""
    match entry:
        case Begun():
            fields = {
                **{
                    name: value
                    for name, value in vars(entry).items()
                    if name not in ("design", "plan", "machine")
                },
                "design": json.loads(to_text(entry.design)),
                "plan": entry.plan.to_json(),
                "machine": _machine_to_json(entry.machine),
            }
            return Record("begun", fields)
        case Resumed():
            machine = _machine_to_json(entry.machine)
            return Record("resumed", {"when": entry.when, "step": entry.step, "machine": machine})
        case Steps():
            return Record("steps", {"first": entry.first}, entry.numbers)
        case Curves():
            return Record("curves", curves_to_json(entry), curves_arrays(entry))
        case PlanChange():
            return Record("plan", {"step": entry.step, "plan": entry.plan.to_json()})
        case EpochEnded():
            return Record("epoch", epoch_to_json(entry))
        case Ended():
            return Record("ended", asdict(entry))


def from_record(record: Record) -> Entry | None:
    """The inverse; None for a kind that this version doesn't know.

    Raises CoreError, KeyError, TypeError, ValueError or AttributeError where the record isn't of its kind.
    """
    fields: dict[str, Any] = dict(record.fields)
    match record.kind:
        case "begun":
            parent = fields["parent"]
            return Begun(
                run=str(fields["run"]),
                when=str(fields["when"]),
                name=str(fields["name"]),
                design=from_text(json.dumps(fields["design"])),
                plan=Plan.from_json(fields["plan"]),
                data=str(fields["data"]),
                fingerprint=str(fields["fingerprint"]),
                samples=int(fields["samples"]),
                validation_samples=int(fields["validation_samples"]),
                parameters=int(fields["parameters"]),
                machine=_machine_from_json(fields["machine"]),
                parent=None if parent is None else (str(parent[0]), int(parent[1])),
                targets={str(block): str(kind) for block, kind in fields.get("targets", {}).items()},
                made_of=dict(fields.get("made_of", {})),
            )
        case "resumed":
            return Resumed(str(fields["when"]), int(fields["step"]), _machine_from_json(fields["machine"]))
        case "steps":
            return Steps(int(fields["first"]), {name: _column(a) for name, a in record.arrays.items()})
        case "curves":
            return curves_from_json(fields, record.arrays)
        case "plan":
            return PlanChange(whole_number(fields["step"]), Plan.from_json(fields["plan"]))
        case "epoch":
            return epoch_from_json(fields)
        case "ended":
            return Ended(**_known(Ended, fields))
        case _:
            return None


def _column(array: Array) -> Numbers:
    """One number a step. Raises ValueError."""
    if array.ndim != 1:
        raise ValueError("numbers of steps are in a row")
    return array.astype(np.float64)


def _known(made: type[Any], fields: Mapping[str, Any]) -> dict[str, Any]:
    """Without the fields that a later version has written."""
    return {name: value for name, value in fields.items() if name in made.__annotations__}


def _machine_to_json(machine: Machine) -> dict[str, Any]:
    execution = machine.execution._asdict()
    return {"system": machine.system, "version": machine.version, "execution": execution}


def _machine_from_json(value: Any) -> Machine:
    return Machine(
        str(value["system"]), str(value["version"]), Execution(**_known(Execution, value["execution"]))
    )


def runs_in(folder: Path) -> Iterable[Path]:
    """The folders of runs, the latest first."""
    found = [journal.parent for journal in folder.glob(f"*/{JOURNAL}")]
    return sorted(found, key=lambda run: run.name, reverse=True)
