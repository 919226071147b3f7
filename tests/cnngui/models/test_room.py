"""What doesn't fit into memory is said before any of it is taken, with a remedy that one click applies."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path

import pytest
from PySide6.QtCore import Qt
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QPushButton
from pytestqt.qtbot import QtBot

from cnngui.models.settings import Settings
from cnngui.panels.design.problem_view import ProblemView
from cnngui.panels.design.problems import ProblemsPanel
from cnngui.theme.theme import ThemeManager
from cnngui.window.workbench import Workbench
from core.engine.machine.vectors import WIDTH
from core.formats.project import ProjectFile, save_project
from core.layers.dense import Dense
from core.layers.output import Classification
from core.layers.reshape import Flatten
from core.native import memory
from core.project import Project
from core.training.need import RESERVE, need
from tests.cnngui.contents import content
from tests.cnngui.runs import GRAPH, PATIENCE, PLAN
from tests.cnngui.windows import open_window, press
from tests.core.designs import chain


@pytest.fixture
def bench(qtbot: QtBot, settings: Settings, themes: ThemeManager, tmp_path: Path) -> Workbench:
    return open_window(qtbot, settings, themes, tmp_path)


def remedies(bench: Workbench) -> list[QPushButton]:
    """The buttons of the first problem."""
    views = content(bench, "problems", ProblemsPanel).findChildren(ProblemView)
    shown = sorted((view for view in views if view.isVisible()), key=lambda view: view.y())
    return shown[0].findChildren(QPushButton) if shown else []


def test_a_batch_that_does_not_fit_is_made_smaller_by_a_click(
    bench: Workbench, qtbot: QtBot, monkeypatch: pytest.MonkeyPatch
) -> None:
    room = need(GRAPH, PLAN, WIDTH).taken + RESERVE
    monkeypatch.setattr(memory, "available_memory", lambda: room)
    bench.document.set_plan(replace(PLAN, batch_size=60))
    press(qtbot, bench, Qt.Key.Key_Space)
    qtbot.waitUntil(lambda: bool(remedies(bench)), timeout=PATIENCE)
    assert not bench.run.active
    problem = bench.document.inference.problems[0]
    assert "Training in steps of 60 samples needs" in problem.message
    assert "MiB are available" in problem.message
    (button,) = remedies(bench)
    assert button.text() == f"Set batch size to {WIDTH}"
    QTest.mouseClick(button, Qt.MouseButton.LeftButton)
    assert bench.document.plan.batch_size == WIDTH
    assert not bench.document.inference.problems
    press(qtbot, bench, Qt.Key.Key_Space)
    qtbot.waitUntil(lambda: bench.run.finished is not None, timeout=PATIENCE)
    assert len(bench.run.curves.losses) == PLAN.epochs * -(-60 // WIDTH)


def test_a_design_that_does_not_fit_says_so_by_itself_once_it_is_open(
    bench: Workbench, qtbot: QtBot, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(memory, "available_memory", lambda: 2**32)
    layers = (Flatten(), Dense(units=40_000), Dense(units=40_000), Dense(units=3), Classification())
    path = tmp_path / "giant.cnn"
    data = bench.document.project.data
    save_project(path, ProjectFile(Project(chain((1, 8, 8), *layers), PLAN, data)))
    bench.files.open_path(path)
    qtbot.waitUntil(lambda: bool(bench.document.inference.problems), timeout=PATIENCE)
    problem = bench.document.inference.problems[0]
    assert problem.block == "dense_2"
    assert "GiB of memory for 1,602" in problem.message
    assert "4.0 GiB are available" in problem.message
    assert "Make Dense 2 smaller" in problem.hint
    press(qtbot, bench, Qt.Key.Key_Space)
    qtbot.waitUntil(lambda: not bench.run.active, timeout=PATIENCE)
    assert bench.run.checkpoint is None
    assert bench.document.inference.problems == (problem,)
