"""An edit here, one by another program, and what a file holds."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path

from cnngui.window.workbench import Workbench
from core.design.edits import rename
from core.formats.project import load_project, save_project


def change(bench: Workbench, name: str = "Eye") -> None:
    bench.document.edit("Rename", lambda graph: rename(graph, "conv2d_1", name))


def change_elsewhere(path: Path, name: str = "Theirs") -> None:
    file = load_project(path)
    design = rename(file.project.design, "conv2d_1", name)
    save_project(path, replace(file, project=replace(file.project, design=design)))


def name_in(path: Path) -> str:
    return load_project(path).project.design["conv2d_1"].name
