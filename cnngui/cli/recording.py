"""The record of a run that a command makes."""

from __future__ import annotations

from cnngui.assets import version_text
from cnngui.cli.streams import say
from core.data.dataset import Dataset
from core.errors import Problem
from core.formats.data_folder import data_folder
from core.formats.left_over import clear_away
from core.formats.runs.recording import Origin, Recording
from core.project import Project
from core.running.program import Program
from core.training.checkpoint import Checkpoint


def origin_of(
    name: str,
    project: Project,
    train: Dataset,
    program: Program,
    resume: Checkpoint | None = None,
    *,
    replays: bool = False,
) -> Origin:
    """What a run of this command is made of."""
    return Origin(name, project, train, program.execution, version_text(), resume, replays=replays)


def recording_of(origin: Origin) -> Recording:
    """A recording in the data folder; what keeps it from being made is said on stderr, and nothing more.

    What commands have left there that were killed is cleared away.
    """
    data = data_folder()
    if data is not None:
        clear_away(data)
    return Recording(origin, _say)


def _say(problem: Problem) -> None:
    say(str(problem))
