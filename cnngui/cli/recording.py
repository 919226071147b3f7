"""The record of a run that a command makes."""

from __future__ import annotations

import sys

from tqdm import tqdm

from cnngui.assets import version_text
from core.data.dataset import Dataset
from core.errors import Problem
from core.formats.recording import Origin, Recording
from core.project import Project
from core.running.program import Program
from core.training.checkpoint import Checkpoint


def recording_of(
    name: str,
    project: Project,
    train: Dataset,
    program: Program,
    resume: Checkpoint | None = None,
    *,
    replays: bool = False,
) -> Recording:
    """A recording in the data folder; what keeps it from being made is said on stderr, and nothing more."""
    origin = Origin(name, project, train, program.execution, version_text(), resume, replays)
    return Recording(origin, _say)


def _say(problem: Problem) -> None:
    tqdm.write(f"cnngui: {problem}", file=sys.stderr)
