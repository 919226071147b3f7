"""`cnngui demo` without a display: the same run in the terminal."""

from __future__ import annotations

from cnngui.cli.interruption import Interruption
from cnngui.cli.recording import origin_of
from cnngui.cli.reports import TextReport
from cnngui.cli.subcommands.train import compiled, finish
from cnngui.cli.telling import Telling
from cnngui.cli.training import Told, Training
from cnngui.models.demo import DATA, DESIGN, PLAN
from cnngui.models.designs import open_design
from core.data.dataset import split
from core.data.sources.base import load_source
from core.formats.project import ProjectFile
from core.project import DataChoice, Project
from core.training.session import Session


def run_in_terminal() -> ProjectFile:
    """Trains with a progress bar and prints the final accuracy; gives the trained project."""
    design = open_design(DESIGN).project.design
    project = Project(design, PLAN, DataChoice(DATA))
    source = load_source(DATA)
    train, validation = split(source.train, PLAN.validation, PLAN.seed)
    with Interruption() as interruption:
        program = compiled(design, PLAN, interruption)
        if program is None:
            raise KeyboardInterrupt
        session = Session(program, train, validation, PLAN)
        origin = origin_of(DESIGN, project, train, program)
        told = Told(Telling(TextReport()), origin)
        finished = Training(session, project, told, interruption).run()
        finish(finished, program, source.test, told.telling, interruption)
    return ProjectFile(project, session.checkpoint())
