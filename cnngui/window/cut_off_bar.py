"""The bars about a training that was cut off: the offer to go on with it, and what is in the way of that."""

from __future__ import annotations

from collections.abc import Callable

from cnngui.commands.bench import Bench
from cnngui.commands.kept_runs import go_on, show_runs
from cnngui.models.document import UNTITLED
from cnngui.models.kept_runs import KeptRuns
from cnngui.theme.formatting import duration_text
from cnngui.widgets.notice import Notice
from core.errors import Problem
from core.formats.runs.kept import KeptRun
from core.schema.written import count_text, counted_text


class CutOffBar(Notice):
    """Comes at the start where a training was cut off; "Not now" leaves it to the list of runs."""

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
        name = "an untitled design" if run.begun.name == UNTITLED else run.begun.name
        text = (
            f"The training of {name} was cut off in epoch "
            f"{count_text(min(run.epochs + 1, run.plan.epochs))} of {count_text(run.plan.epochs)}, "
            f"after {duration_text(run.seconds)}."
        )
        if others:
            text += f" {counted_text(others, 'other run')} {'was' if others == 1 else 'were'}, too: see Runs."
        self.say(text)

    def _go_on(self) -> None:
        run, *others = self._offered
        self.hide()
        self._kept.put_off(others)
        go_on(self._bench, run.id)

    def _show_runs(self) -> None:
        self._put_off()
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
