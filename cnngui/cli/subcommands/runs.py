"""`cnngui runs`: the runs that were recorded."""

from __future__ import annotations

import argparse
import json
import sys
from dataclasses import dataclass
from typing import Any

from cnngui.cli.results import numbers, result_text
from cnngui.cli.tables import aligned
from core.errors import FormatError
from core.formats.data_folder import runs_folder
from core.formats.runs import ReadRun, read_run, runs_in
from core.schema.written import count_text


@dataclass(frozen=True)
class Listed:
    """A run as a line of the list."""

    run: str
    found: ReadRun

    @property
    def state(self) -> str:
        """How it ended; a run that runs still and one that was killed can't be told apart here."""
        ended = self.found.record.ended
        return ended.reason if ended is not None else "not ended"


def add_parser(commands: Any) -> None:
    """Adds the command."""
    parser = commands.add_parser("runs", help="list the training runs that were recorded")
    parser.add_argument("--json", action="store_true", help="print one JSON object a run")
    parser.set_defaults(run=run)


def run(arguments: argparse.Namespace) -> int:
    """Prints a line for each run, the latest first. What can't be read is said on stderr."""
    folder = runs_folder()
    listed = []
    for path in () if folder is None else runs_in(folder):
        try:
            listed.append(Listed(path.name, read_run(path)))
        except FormatError as error:
            print(f"cnngui: {path}: {error.problem}", file=sys.stderr)
    if arguments.json:
        for one in listed:
            print(json.dumps(_json(one)))
    elif not listed:
        print("No run is recorded yet.")
    else:
        head = ("run", "design", "data", "epochs", "steps", "best", "state")
        for line in aligned([head, *map(_line, listed)], 3):
            print(line)
    return 0


def _line(one: Listed) -> tuple[str, ...]:
    record = one.found.record
    best = record.best
    shown = None if best is None else best.validation or best.train
    return (
        one.run,
        record.begun.name,
        record.begun.data,
        f"{count_text(record.curves.epochs.total)} of {count_text(record.plans[-1].plan.epochs)}",
        count_text(record.steps),
        "–" if shown is None else result_text(shown),
        one.state,
    )


def _json(one: Listed) -> dict[str, Any]:
    record = one.found.record
    begun, best = record.begun, record.best
    return {
        "run": one.run,
        "begun": begun.when,
        "design": begun.name,
        "data": begun.data,
        "fingerprint": begun.fingerprint,
        "plan": record.plans[-1].plan.to_json(),
        "epochs": record.curves.epochs.total,
        "steps": record.steps,
        "best_epoch": None if best is None else best.epoch,
        "train": None if best is None else numbers(best.train),
        "validation": numbers(best.validation) if best is not None and best.validation is not None else None,
        "state": one.state,
        "why": record.ended.why if record.ended is not None else "",
        "lost": one.found.lost,
    }
