"""A kept run as people read it."""

from __future__ import annotations

import math
from collections import Counter
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from pathlib import PurePath

from cnngui.models.kept_runs import KeptRuns
from cnngui.theme.formatting import duration_text, measure_text
from cnngui.theme.run_text import metric_text
from core.formats.runs.kept import KeptRun
from core.layers.base import Output
from core.running.program import Result
from core.schema.written import count_text, counted_text
from core.training.differing import differing


@dataclass(frozen=True, eq=False)
class Row:
    """The texts of a run's line in the table, and what it is sorted by."""

    run: KeptRun
    differs: str
    is_here: bool
    """Whether this window trains it now."""
    is_open: bool
    """Whether this window shows its weights."""
    branch: str
    """Of which run it is a branch; empty for one that has begun with untrained weights."""

    @property
    def begun(self) -> str:
        return when_text(self.run.begun.when)

    @property
    def data(self) -> str:
        """The source, without the folders that a file lies in."""
        return PurePath(self.run.begun.data).name or self.run.begun.data

    @property
    def result(self) -> str:
        """The metric of the best epoch, on the validation samples where there are any; else its loss."""
        found = self._result
        if found is None:
            return "–"
        if not found.metrics:
            return f"loss {measure_text(found.loss)}"
        return metric_text(found.first_metric, self.output)

    @property
    def whole_result(self) -> str:
        """The same with its name, the loss and the epoch."""
        found, best = self._result, self.run.best
        if found is None or best is None:
            return "No epoch is over."
        named = {"loss": measure_text(found.loss)}
        named |= {
            name.replace("_", " "): metric_text(value, self.output) for name, value in found.metrics.items()
        }
        listed = ", ".join(f"{name} {text}" for name, text in named.items())
        part = "validation" if best.validation is not None else "training"
        return f"Epoch {count_text(best.epoch)}, {part} samples: {listed}"

    @property
    def merit(self) -> float:
        """The better the result, the smaller."""
        found = self._result
        if found is None:
            return math.inf
        shares = self.output is None or self.output.shares
        return 1 - found.first_metric if found.metrics and shares else found.loss

    @property
    def _result(self) -> Result | None:
        best = self.run.best
        return None if best is None else best.validation or best.train

    @property
    def output(self) -> Output | None:
        layers = [block.layer for block in self.run.begun.design.blocks]
        return next((layer for layer in layers if isinstance(layer, Output)), None)

    @property
    def state(self) -> str:
        """How it stands, in a word or two."""
        if self.run.state == "running":
            return "running here" if self.is_here else "running elsewhere"
        return "cut off" if self.run.state == "killed" else self.run.state

    @property
    def standing(self) -> str:
        """The same, with whether it is open, and what it comes from."""
        return ", ".join(filter(None, ("open" if self.is_open else "", self.state, self.branch)))

    @property
    def story(self) -> str:
        """The same in whole sentences, with where it comes from and what is kept of it."""
        run, said = self.run, [_TOLD[self.run.state].format(_far(self.run))]
        if self.is_open:
            said.insert(0, "Its weights are those in this window.")
        if run.why:
            said.append(run.why if run.why.endswith(".") else f"{run.why}.")
        if run.begun.parent is not None:
            parent, step = run.begun.parent
            said.append(f"It branched off run {parent} at step {count_text(step)}.")
        said.append(_POINTS.get(len(run.points), _MORE_POINTS).format(count=count_text(len(run.points))))
        if run.lost:
            said.append("A part of its journal couldn't be read.")
        return " ".join(said)


_TOLD = {
    "running": "It is being trained: {}.",
    "killed": "Its training was cut off after {}.",
    "completed": "It was trained to its end: {}.",
    "stopped": "It was stopped after {}.",
    "failed": "It failed after {}.",
}


_POINTS = {0: "No checkpoint is kept.", 1: "1 checkpoint is kept."}
_MORE_POINTS = "{count} checkpoints are kept."


@dataclass(frozen=True)
class Column:
    """`key` sorts: text, or numbers; `help` is the tooltip of the title."""

    title: str
    help: str
    text: Callable[[Row], str]
    key: Callable[[Row], str | float]
    spare: int = 0
    """Where there is no room for all columns, those with the highest number go first; 0 stays."""


def _note(row: Row) -> str:
    return row.run.about.note.lower() or "\uffff"  # those without one come last


DIFFERS, RESULT, STATE, NOTE = 3, 4, 6, 7
"""The numbers of columns that are more than text; the note can be written in."""

COLUMNS = (
    Column("Begun", "When the run began", lambda row: row.begun, lambda row: row.run.id),
    Column("Design", "", lambda row: row.run.begun.name, lambda row: row.run.begun.name.lower(), spare=1),
    Column("Data", "", lambda row: row.data, lambda row: row.data.lower(), spare=4),
    Column(
        "Settings that differ",
        "Settings that most of the listed runs don't have like it; first what fewest have",
        lambda row: row.differs,
        lambda row: row.differs,
    ),
    Column(
        "Best result",
        "Of the best epoch, on the validation samples where there are any",
        lambda row: row.result,
        lambda row: row.merit,
    ),
    Column(
        "Time",
        "That was spent on training",
        lambda row: duration_text(row.run.seconds),
        lambda row: row.run.seconds,
        spare=3,
    ),
    Column("State", "", lambda row: row.standing, lambda row: row.standing),
    Column("Note", "What you write down about it (F2)", lambda row: row.run.about.note, _note, spare=2),
)


_PARAMETERS = "parameters"
_SHORT = {
    _PARAMETERS: "{}",
    "optimizer": "{}",
    "schedule": "{}",
    "learning rate": "rate {}",
    "batch size": "batch {}",
    "epochs": "{} epochs",
}
"""How the most usual settings are written, where there is little room."""


def rows_of(kept: KeptRuns) -> list[Row]:
    """A row for each run, in the order in which they are."""
    begun = {run.id: when_text(run.begun.when) for run in kept.runs}
    return [
        Row(run, text, kept.is_here(run.id), kept.is_open(run.id), _branch(run, begun))
        for run, text in zip(kept.runs, differs_of(kept.runs), strict=True)
    ]


def _branch(run: KeptRun, begun: Mapping[str, str]) -> str:
    if run.begun.parent is None:
        return ""
    return f"branch of {begun.get(run.begun.parent[0], 'a run that is gone')}"


def differs_of(runs: Sequence[KeptRun]) -> list[str]:
    """For each run the settings that most don't have like it, such as `Adam, rate 0.01, batch 32`: first what
    fewest have. Of runs of designs of one name, how many parameters each has is one of them."""
    told = [dict(own) for own in differing([run.plan for run in runs])]
    sizes: dict[str, set[int]] = {}
    for run in runs:
        sizes.setdefault(run.begun.name, set()).add(run.begun.parameters)
    for run, own in zip(runs, told, strict=True):
        if len(sizes[run.begun.name]) > 1:
            own[_PARAMETERS] = counted_text(run.begun.parameters, "parameter")
    having = Counter(item for own in told for item in own.items())
    found = []
    for own in told:
        rare = [item for item in own.items() if having[item] <= len(runs) / 2]
        rare.sort(key=lambda item: (having[item], item[0] != _PARAMETERS, item[0] == "epochs"))
        found.append(", ".join(_SHORT.get(name, f"{name} {{}}").format(value) for name, value in rare))
    return found


def names_of(rows: Sequence[Row]) -> list[str]:
    """What runs are called that are compared with each other: by notes, else by what differs among them; with
    the design where there are several. No two have the same name."""
    runs = [row.run for row in rows]
    named = [run.about.note or text for run, text in zip(runs, differs_of(runs), strict=True)]
    if len({run.begun.name for run in runs}) > 1:
        named = [
            " · ".join(filter(None, (run.begun.name, text))) for run, text in zip(runs, named, strict=True)
        ]
    often = Counter(named)
    named = [
        ", ".join(filter(None, (row.begun, text))) if often[text] > 1 or not text else text
        for row, text in zip(rows, named, strict=True)
    ]
    often = Counter(named)
    return [f"{number}: {text}" if often[text] > 1 else text for number, text in enumerate(named, start=1)]


def when_text(when: str) -> str:
    """A time in UTC as that of this place: `30 Nov, 16:03`, with the year where it is another one."""
    try:
        found = datetime.fromisoformat(when).astimezone()
    except (ValueError, OSError, OverflowError):
        return when
    same = found.year == datetime.now().astimezone().year
    return f"{found.day} {found:%b, %H:%M}" if same else f"{found.day} {found:%b %Y, %H:%M}"


def _far(run: KeptRun) -> str:
    epochs = f"{count_text(run.epochs)} of {counted_text(run.plan.epochs, 'epoch')}"
    return f"{epochs}, {counted_text(run.steps, 'step')}"
