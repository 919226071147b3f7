"""How the application says where a run stands: the same in the training panel and in the status bar."""

from __future__ import annotations

from typing import Final

from cnngui.models.run import Run, State
from cnngui.theme.formatting import compiling_text, measure_text, percent_text
from core.layers.base import Output
from core.schema.written import count_text, counted_text
from core.training.checkpoint import Checkpoint

PREPARING: Final = "Preparing the network…"


def state_text(run: Run) -> str:
    """What it is doing, or how the last one ended."""
    match run.state:
        case State.PREPARING:
            return compiling_text(run.compiling) if run.compiling else PREPARING
        case State.STOPPING:
            return "Stopping…"
        case State.PAUSED:
            return "Paused"
        case State.RUNNING:
            return "Validating…" if run.progress else "Training…"
        case State.IDLE if run.problem is not None:
            return "The run has failed"
        case State.IDLE:
            return kept_text(run.checkpoint) if run.checkpoint is not None else "Not trained yet"


def end_text(run: Checkpoint) -> str:
    """How far a run at rest has come."""
    if run.completed:
        return f"Finished after {counted_text(run.epoch, 'epoch')}"
    return f"Stopped after {counted_text(run.steps, 'step')}"


def kept_text(run: Checkpoint) -> str:
    """The same, with which of its weights are kept where those aren't the last ones."""
    kept = run.kept_epoch
    return f"{end_text(run)}; epoch {count_text(kept.epoch)} was best and is kept" if kept else end_text(run)


def metric_text(value: float, output: Output | None) -> str:
    """A metric as the output block measures it: a share (as without one), or a value in its own unit."""
    return percent_text(value) if output is None or output.shares else measure_text(value)
