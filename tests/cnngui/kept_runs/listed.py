"""What tests do with the list of the kept runs."""

from __future__ import annotations

from PySide6.QtCore import Qt
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QApplication
from pytestqt.qtbot import QtBot

from cnngui.panels.runs.runs_panel import RunsPanel
from cnngui.window.workbench import Workbench
from core.training.plan import Plan
from tests.cnngui.contents import content
from tests.cnngui.runs import PATIENCE

LEFT = Qt.MouseButton.LeftButton


def train(qtbot: QtBot, bench: Workbench, plan: Plan) -> str:
    """A run with this plan; gives its id."""
    bench.document.set_plan(plan)
    with qtbot.waitSignal(bench.run.rested, timeout=PATIENCE):
        bench.run_control.start_over()
    found = bench.run.checkpoint
    assert found is not None
    return found.run


def opened(qtbot: QtBot, bench: Workbench, count: int = 2) -> RunsPanel:
    """The panel, once it shows so many runs."""
    bench.actions["runs"].trigger()
    made = content(bench, "runs", RunsPanel)
    qtbot.waitUntil(lambda: made.table.filter.rowCount() == count, timeout=PATIENCE)
    QApplication.processEvents()
    return made


def click_row(panel: RunsPanel, run: str, *, also: bool = False) -> None:
    place = panel.table.visualRect(panel.table.filter.index(panel.table.shown.index(run), 1)).center()
    modifier = Qt.KeyboardModifier.ControlModifier if also else Qt.KeyboardModifier.NoModifier
    QTest.mouseClick(panel.table.viewport(), LEFT, modifier, place)


def click(panel: RunsPanel, name: str) -> None:
    assert panel.buttons[name].isEnabled(), panel.buttons[name].toolTip()
    QTest.mouseClick(panel.buttons[name], LEFT)


def cell(panel: RunsPanel, run: str, title: str) -> str:
    model = panel.table.filter
    titles = [model.headerData(n, Qt.Orientation.Horizontal) for n in range(model.columnCount())]
    return str(model.index(panel.table.shown.index(run), titles.index(title)).data())


def said(bench: Workbench) -> str:
    return bench.window.statusBar().currentMessage()
