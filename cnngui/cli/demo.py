"""`cnngui demo` without a display: the same run in the terminal."""

from __future__ import annotations

from cnngui.cli.reports import TextReport, compilation_shown
from cnngui.cli.train import follow
from cnngui.models.demo import DATA, DESIGN, PLAN
from cnngui.models.designs import open_design
from core.compile import compile_graph
from core.data.dataset import split
from core.data.sources.base import load_source
from core.formats.project import Project
from core.training.session import Session


def run_in_terminal() -> Project:
    """Trains with a progress bar and prints the final accuracy; gives the trained project."""
    design = open_design(DESIGN)
    source = load_source(DATA)
    train, validation = split(source.train, PLAN.validation, PLAN.seed)
    with compilation_shown():
        program = compile_graph(design.graph, seed=PLAN.seed)
    session = Session(program, train, validation, PLAN)
    follow(session, program, source.test, TextReport())
    return Project(design.graph, PLAN, DATA, session.checkpoint())
