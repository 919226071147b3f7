"""The demo: an example that learns the embedded digits by itself."""

from __future__ import annotations

from cnngui.commands.bench import Bench
from cnngui.models import demo
from cnngui.models.designs import open_design
from cnngui.models.looking import first_image_block
from core.formats.project import ProjectFile
from core.project import DataChoice, Project


def play_demo(bench: Bench) -> None:
    """Opens the demo and begins to train it, without asking about unsaved work."""
    design = open_design(demo.DESIGN).project.design
    bench.files.show_project(ProjectFile(Project(design, demo.PLAN, DataChoice(demo.DATA))))
    select_first_image_block(bench)
    bench.run_control.start()


def select_first_image_block(bench: Bench) -> None:
    """Selects the first block with several feature maps, so that there is something to see."""
    found = first_image_block(bench.document)
    bench.selection.set([found] if found is not None else [])
