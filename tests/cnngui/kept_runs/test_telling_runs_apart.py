"""What the table of the kept runs says of them, and the legend of their curves."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path

from PySide6.QtCore import QPoint, Qt
from PySide6.QtGui import QFont
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QLineEdit
from pytestqt.qtbot import QtBot

from cnngui.panels.runs.rows import differs_of
from cnngui.panels.runs.runs_panel import RunsPanel
from cnngui.window.workbench import Workbench
from core.formats.runs.records import read_run
from core.maths.optim import SGD, Adam
from tests.cnngui.kept_runs.listed import cell, click_row, opened, train
from tests.cnngui.runs import PATIENCE
from tests.cnngui.windows import undo

LEFT = Qt.MouseButton.LeftButton


def test_the_table_says_how_runs_differ(qtbot: QtBot, bench: Workbench, two: tuple[str, str]) -> None:
    panel = opened(qtbot, bench)
    first, second = two
    assert cell(panel, first, "Settings that differ") == "Adam, rate 0.01, batch 10, 2 epochs"
    assert cell(panel, second, "Settings that differ") == "SGD, rate 0.02, batch 20, 3 epochs"
    assert cell(panel, first, "State") == "completed"
    assert cell(panel, first, "Data") == "bars.npz"
    assert cell(panel, first, "Best result").endswith("%")


def test_it_is_sorted_and_filtered(qtbot: QtBot, bench: Workbench, two: tuple[str, str]) -> None:
    panel = opened(qtbot, bench)
    header = panel.table.horizontalHeader()

    def click_title(number: int) -> None:
        place = QPoint(header.sectionViewportPosition(number) + 10, header.height() // 2)
        QTest.mouseClick(header.viewport(), LEFT, pos=place)

    click_title(3)
    orders = [panel.table.shown]
    click_title(3)
    orders.append(panel.table.shown)
    assert orders[0] == orders[1][::-1]
    QTest.keyClicks(panel.search, "sgd bars")
    assert panel.table.shown == [two[1]]
    panel.search.clear()
    assert len(panel.table.shown) == 2


def test_curves_of_several_runs_are_told_apart(qtbot: QtBot, bench: Workbench, two: tuple[str, str]) -> None:
    panel = opened(qtbot, bench)
    click_row(panel, two[0])
    click_row(panel, two[1], also=True)
    qtbot.waitUntil(lambda: len(panel.plot.legend.names) == 2, timeout=PATIENCE)
    assert {name.split(",")[0] for name in panel.plot.legend.names} == {"Adam", "SGD"}
    pens = [
        item.opts["pen"] for item in panel.plot.getPlotItem().listDataItems() if item.opts["symbol"] == "o"
    ]
    drawn = {(pen.color().name(), pen.style()) for pen in pens if hasattr(pen, "color")}
    assert len(drawn) >= 2
    assert not panel.buttons["restore"].isEnabled()
    assert "single run" in panel.buttons["restore"].toolTip()


def test_what_few_runs_have_comes_first(qtbot: QtBot, bench: Workbench, two: tuple[str, str]) -> None:
    panel = opened(qtbot, bench)
    one = panel.model.rows[0].run
    usual = replace(one.plan, optimizer=Adam(), epochs=5)
    plans = [usual, usual, usual, replace(usual, seed=7), replace(usual, batch_size=99, optimizer=SGD())]
    told = differs_of([replace(one, plan=plan) for plan in plans])
    assert told[:3] == ["", "", ""]
    assert told[3] == "seed 7"
    assert set(told[4].split(", ")) >= {"SGD", "batch 99"}
    assert "epochs" not in told[4]


def test_no_two_runs_look_the_same_in_the_legend(
    qtbot: QtBot, bench: Workbench, two: tuple[str, str], runs: Path
) -> None:
    third = train(qtbot, bench, bench.document.plan)
    qtbot.waitUntil(lambda: read_run(runs / third).record.ended is not None, timeout=PATIENCE)
    panel = opened(qtbot, bench, 3)
    for run in (two[1], third):
        click_row(panel, run)
        QTest.keyClick(panel.table, Qt.Key.Key_F2)
        (editor,) = panel.table.viewport().findChildren(QLineEdit)
        QTest.keyClicks(editor, f"The very same thing once more, and no better than before: {run}")
        QTest.keyClick(editor, Qt.Key.Key_Return)
        qtbot.waitUntil(lambda run=run: run in cell(panel, run, "Note"), timeout=PATIENCE)  # type: ignore[misc]
    QTest.keyClick(panel.table, Qt.Key.Key_A, Qt.KeyboardModifier.ControlModifier)
    qtbot.waitUntil(lambda: len(panel.plot.legend.names) == 3, timeout=PATIENCE)
    assert "…" in "".join(panel.plot.legend.seen)
    assert len(set(panel.plot.legend.seen)) == 3


def test_equal_runs_are_named_by_when_they_began(
    qtbot: QtBot, bench: Workbench, two: tuple[str, str], runs: Path
) -> None:
    third = train(qtbot, bench, bench.document.plan)
    qtbot.waitUntil(lambda: read_run(runs / third).record.ended is not None, timeout=PATIENCE)
    panel = opened(qtbot, bench, 3)
    click_row(panel, two[1])
    click_row(panel, third, also=True)
    qtbot.waitUntil(lambda: len(panel.plot.legend.names) == 2, timeout=PATIENCE)
    for name, run in zip(panel.plot.legend.names, (third, two[1]), strict=True):
        assert cell(panel, run, "Begun") in name
    assert len(set(panel.plot.legend.seen)) == 2


def test_the_open_run_is_marked_and_selected_first(
    qtbot: QtBot, bench: Workbench, two: tuple[str, str]
) -> None:
    bench.models.kept_runs.refresh()
    qtbot.waitUntil(lambda: len(bench.models.kept_runs.runs) == 2, timeout=PATIENCE)
    first, second = two
    panel = opened(qtbot, bench)
    assert panel.table.chosen == [second]
    assert cell(panel, second, "State") == "open, completed"
    assert cell(panel, first, "State") == "completed"
    before = bench.run.checkpoint
    click_row(panel, first)
    bench.actions["runs"].trigger()  # back to its place, where it stays in sight
    bench.views.show("runs")
    panel.table.setFocus()
    QTest.keyClick(panel.table, Qt.Key.Key_Return)
    qtbot.waitUntil(lambda: bench.run.checkpoint is not before, timeout=PATIENCE)
    bench.views.show("runs")
    qtbot.waitUntil(lambda: cell(panel, first, "State") == "open, completed", timeout=PATIENCE)
    assert cell(panel, second, "State") == "completed"
    assert font(panel, first).bold()
    assert not font(panel, second).bold()


def font(panel: RunsPanel, run: str) -> QFont:
    shown = panel.table.filter.index(panel.table.shown.index(run), 0)
    return QFont(shown.data(Qt.ItemDataRole.FontRole) or panel.table.font())


def test_an_older_run_that_is_open_is_selected_first(
    qtbot: QtBot, bench: Workbench, two: tuple[str, str]
) -> None:
    undo(qtbot, bench)  # the second run's plan
    undo(qtbot, bench)  # the second run
    shown = bench.run.checkpoint
    assert shown is not None
    assert shown.run == two[0]
    assert opened(qtbot, bench).table.chosen == [two[0]]


def test_what_is_filtered_out_is_not_selected(qtbot: QtBot, bench: Workbench, two: tuple[str, str]) -> None:
    panel = opened(qtbot, bench)
    click_row(panel, two[0])
    assert panel.buttons["delete"].isEnabled()
    qtbot.waitUntil(lambda: len(panel.plot.legend.names) == 1, timeout=PATIENCE)
    QTest.keyClicks(panel.search, "sgd")
    assert panel.table.shown == [two[1]]
    assert not panel.table.chosen
    for name, button in panel.buttons.items():
        assert not button.isEnabled(), name
    assert not panel.plot.legend.names
