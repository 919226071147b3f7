"""The bars about a training that was cut off: the offer to go on with it, and what is in the way of that."""

from __future__ import annotations

from collections.abc import Callable
from typing import Final

from cnngui.commands.bench import Bench
from cnngui.commands.kept_runs import go_on, show_runs
from cnngui.models.document import UNTITLED
from cnngui.models.kept_runs import KeptRuns
from cnngui.theme.formatting import duration_text
from cnngui.widgets.notice import Notice
from core.errors import Problem
from core.formats.runs.kept import KeptRun
from core.schema.written import count_text

_NAMED: Final = "The training of {name} was cut off in epoch {epoch} of {epochs}, after {time}."
_UNTITLED: Final = (
    "The training of an untitled design was cut off in epoch {epoch} of {epochs}, after {time}."
)
_ANOTHER: Final = "1 other run was cut off, too: see Training History."
_OTHERS: Final = "{count} other runs were cut off, too: see Training History."


class CutOffBar(Notice):
    """Comes at the start where a training was cut off; only "Not now" keeps it from coming again."""

    def __init__(self, bench: Bench) -> None:
        super().__init__(bench.themes, "restart", lambda theme: theme.accent, "A training that was cut off")
        self._bench = bench
        self._kept: KeptRuns = bench.kept_runs
        self._offered: tuple[KeptRun, ...] = ()
        self.go_on = self.button(
            "Continue training", self._go_on, "From its last checkpoint, as if it had not been cut off"
        )
        self.runs = self.button("Show runs", self._show_runs)
        self.later = self.button("Not now", self._put_off, "It stays in the list of runs")
        bench.run.state_changed.connect(self._withdraw)

    def look(self) -> None:
        """Looks at what there is, once."""
        self._kept.changed.connect(self._offer)
        self._kept.clear_away()
        self._kept.refresh()

    def _offer(self) -> None:
        self._kept.changed.disconnect(self._offer)
        self._offered = self._kept.cut_off
        if not self._offered or self._bench.run.active:
            return
        run, others = self._offered[0], len(self._offered) - 1
        told = [
            (_UNTITLED if run.begun.name == UNTITLED else _NAMED).format(
                name=run.begun.name,
                epoch=count_text(min(run.epochs + 1, run.plan.epochs)),
                epochs=count_text(run.plan.epochs),
                time=duration_text(run.seconds),
            )
        ]
        if others:
            told.append(_ANOTHER if others == 1 else _OTHERS.format(count=count_text(others)))
        self.say(" ".join(told))

    def _go_on(self) -> None:
        self.hide()
        go_on(self._bench, self._offered[0].id)

    def _show_runs(self) -> None:
        self.hide()
        show_runs(self._bench)

    def _put_off(self) -> None:
        self.hide()
        self._kept.put_off(self._offered)

    def _withdraw(self) -> None:
        """Somebody trains something else."""
        if self._bench.run.active:
            self.hide()


class OtherDataBar(Notice):
    """The data of a run that is to go on have changed, or are missing."""

    def __init__(self, bench: Bench) -> None:
        super().__init__(bench.themes, "warning", lambda theme: theme.warn, "Data of the run")
        self._continuing = continuing = bench.run_control.continuing
        self.branch = self.button(
            "Train on these data", continuing.as_branch, "Goes on with its weights, as a run of its own"
        )
        self.data = self.button("Choose data…", self._choose(bench))
        self.cancel = self.button("Cancel", continuing.forget, "The run stays as it is")
        continuing.data_differ.connect(self._tell_others)
        continuing.data_missing.connect(self._tell_missing)
        continuing.settled.connect(self.hide)

    def _choose(self, bench: Bench) -> Callable[[], object]:
        def choose() -> None:
            self._continuing.forget()
            bench.views.choose_data()

        return choose

    def _tell_others(self) -> None:
        kept = self._continuing.kept
        assert kept is not None
        self._offer(branch=True)
        self.say(
            f"The data {kept.record.begun.data} aren't those that the run was trained on: they have changed "
            "since. It can't go on as it would have; its weights can be trained on them, as another run."
        )

    def _tell_missing(self, problem: Problem) -> None:
        self._offer(branch=False)
        self.say(f"The run doesn't go on: its data can't be loaded. {problem}")

    def _offer(self, *, branch: bool) -> None:
        self.branch.setVisible(branch)
        self.data.setVisible(not branch)
