"""What the status bar says of the run."""

from __future__ import annotations

from cnngui.models.run import Run, State
from cnngui.theme.formatting import duration_text, measure_text
from cnngui.theme.run_text import PREPARING, end_text, state_text
from cnngui.widgets.elided import ElidedLabel
from core.schema.written import count_text


class RunState(ElidedLabel):
    """In full where there is the width; empty while nothing has been trained."""

    def __init__(self, run: Run) -> None:
        super().__init__(hugs=True)
        self._run = run
        for changed in (run.state_changed, run.curves_changed, run.ended):
            changed.connect(self.refresh)
        self.refresh()

    def refresh(self) -> None:
        """Says it anew: its type may be of another size."""
        self.set_texts(*_texts(self._run))


def _texts(run: Run) -> tuple[str, str]:
    """At length and short."""
    step, done = run.last_step, run.checkpoint
    match run.state:
        case State.PREPARING:
            return PREPARING, PREPARING  # how far a compilation is stands beside it
        case State.STOPPING:
            return state_text(run), state_text(run)
        case State.IDLE if run.problem is not None:
            return state_text(run), state_text(run)
        case State.IDLE if done is not None:
            return f"{end_text(done)} in {duration_text(done.seconds)}", end_text(done)
    if step is None or run.state is State.IDLE:
        return "", ""
    begin, loss = "Paused in epoch" if run.state is State.PAUSED else "Epoch", measure_text(step.result.loss)
    epoch, batch, batches = map(count_text, (step.epoch, step.batch, step.batches))
    return f"{begin} {epoch}, batch {batch} of {batches}, loss {loss}", f"{begin} {epoch}, loss {loss}"
