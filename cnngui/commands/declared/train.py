"""The Train menu."""

from __future__ import annotations

from typing import Final

from cnngui.commands.bench import Bench
from cnngui.commands.command import Command, Look, MenuPlace, Surface, when
from cnngui.commands.conditions import all_of
from cnngui.commands.kept_runs import show_runs
from cnngui.commands.run_rules import show_rules
from cnngui.commands.table import COMMANDS
from cnngui.models.run import State

_IDLE: Final = when(lambda bench: bench.run.state is State.IDLE, "Stop the run first.")
_STEPPABLE: Final = when(lambda bench: bench.run.state in (State.IDLE, State.PAUSED), "Pause the run first.")
_FINISHED: Final = when(
    lambda bench: bench.run.has_finished(bench.document.graph),
    "There is no run of this network that has come to its end.",
)
_STOPPABLE: Final = when(
    lambda bench: bench.run.state in (State.PREPARING, State.RUNNING, State.PAUSED),
    "Nothing is being trained.",
)
_JUDGEABLE: Final = when(
    lambda bench: bench.judging.can_evaluate, "Train a network, on data that has a test part, first."
)


def _busy(bench: Bench) -> str | None:
    match bench.run.state:
        case State.PREPARING:
            return "The network is being prepared."
        case State.STOPPING:
            return "The run is ending."
    return None


def _step(bench: Bench) -> None:
    if bench.run.active:
        bench.run.step()
    else:
        bench.run_control.start(held=True)


def _next_state(bench: Bench) -> Look:
    match bench.run.state:
        case State.RUNNING:
            return Look("&Pause", icon="pause")
        case State.STOPPING:
            return Look("Stopping")
        case State.PAUSED:
            return Look("&Continue")
    return Look("&Continue" if bench.run_control.resumes else "&Train")


COMMANDS.add(
    Command(
        id="train",
        text="&Train",
        run=lambda bench: bench.run_control.toggle(),
        where=(MenuPlace(Surface.TRAIN), MenuPlace(Surface.TOOLS)),
        keys=("Space",),
        reach="free",
        icon="play",
        hint="Trains, pauses, goes on",
        also="run fit start pause continue",
        refusal=_busy,
        look=_next_state,
    ),
    Command(
        id="step",
        text="One &Step",
        run=_step,
        where=(MenuPlace(Surface.TRAIN), MenuPlace(Surface.TOOLS)),
        keys=("Shift+Space",),
        reach="free",
        icon="step",
        hint="Of a paused run, or the first of a new one",
        refusal=_STEPPABLE,
    ),
    Command(
        id="stop",
        text="St&op",
        run=lambda bench: bench.run.stop(),
        where=(MenuPlace(Surface.TRAIN), MenuPlace(Surface.TOOLS)),
        keys=("Ctrl+.",),
        icon="stop",
        hint="Keeps what was learned",
        refusal=_STOPPABLE,
    ),
    Command(
        id="further",
        text="Train &Further",
        run=lambda bench: bench.run_control.train_further(),
        where=(MenuPlace(Surface.TRAIN, 1),),
        hint="As many epochs again as the plan says",
        refusal=_FINISHED,
    ),
    Command(
        id="anew",
        text="Start O&ver",
        run=lambda bench: bench.run_control.start_over(),
        where=(MenuPlace(Surface.TRAIN, 1),),
        keys=("Ctrl+Shift+Return",),
        icon="restart",
        hint="Trains from the beginning, with untrained weights; Undo brings the run back",
        also="reset weights retrain",
        refusal=_IDLE,
    ),
    Command(
        id="evaluate",
        also="test accuracy score",
        text="&Evaluate on Test Data",
        run=lambda bench: bench.judging.evaluate(),
        where=(MenuPlace(Surface.TRAIN, 1),),
        keys=("Ctrl+E",),
        refusal=all_of(_IDLE, _JUDGEABLE),
    ),
    Command(
        id="runs",
        text="Training Histo&ry",
        run=show_runs,
        where=(MenuPlace(Surface.TRAIN, 2),),
        icon="runs",
        hint="All runs that are kept, to compare them, restore them and go on with them",
        also="kept runs earlier compare restore branch clone checkpoints experiments resume",
    ),
    Command(
        id="run_rules",
        text="Room for Chec&kpoints…",
        run=show_rules,
        where=(MenuPlace(Surface.TRAIN, 2),),
        hint="How many checkpoints, and how much room they may take",
        also="budget disk space checkpoints settings preferences",
    ),
)
