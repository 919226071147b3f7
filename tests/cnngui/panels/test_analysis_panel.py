"""The analysis: what every block costs, in a table that follows the design and leads to its blocks."""

from __future__ import annotations

import csv
from dataclasses import replace
from pathlib import Path

import pytest
from PySide6.QtCore import QPoint, Qt
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QApplication
from pytestqt.qtbot import QtBot

from cnngui.models.document import Document
from cnngui.models.models import Models
from cnngui.models.selection import Selection
from cnngui.panels.costs.analysis import AnalysisPanel
from cnngui.panels.costs.cost_table import COLUMNS
from cnngui.theme.formatting import bytes_text
from cnngui.theme.theme import GRID, SEEN, ThemeManager, contrast
from core.design.edits import set_param, without_wires
from core.design.graph import Graph
from core.exchange.cost_csv import CostCsv
from core.training.need import need
from tests.cnngui.runs import GRAPH, PATIENCE

TITLES = [column.title for column in COLUMNS]


@pytest.fixture
def document() -> Document:
    made = Document()
    made.open(GRAPH)
    return made


@pytest.fixture
def selection() -> Selection:
    return Selection()


@pytest.fixture
def panel(
    qtbot: QtBot, themes: ThemeManager, document: Document, selection: Selection, models: Models
) -> AnalysisPanel:
    made = AnalysisPanel(models, selection, themes)
    qtbot.addWidget(made)
    made.resize(800, 300)
    with qtbot.waitExposed(made):
        made.show()
    return made


def column(panel: AnalysisPanel, title: str) -> list[str]:
    model = panel.table.model()
    return [model.index(row, TITLES.index(title)).data() for row in range(model.rowCount())]


def click(panel: AnalysisPanel, row: int) -> None:
    place = panel.table.visualRect(panel.table.model().index(row, 0)).center()
    QTest.mouseClick(panel.table.viewport(), Qt.MouseButton.LeftButton, pos=place)


def test_rows_follow_the_design(qtbot: QtBot, panel: AnalysisPanel, document: Document) -> None:
    assert column(panel, "Parameters") == ["0", "40", "0", "0", "0", "111", "0"]
    assert column(panel, "Sees") == ["1 × 1", "3 × 3", "3 × 3", "4 × 4", "all", "all", "all"]
    document.edit("Edit", lambda graph: set_param(graph, "conv2d_1", "filters", 8))
    qtbot.waitUntil(lambda: column(panel, "Parameters")[1] == "80")
    assert panel.figures["parameters"].value == "299"


def test_memory_follows_the_batch_size(qtbot: QtBot, panel: AnalysisPanel, models: Models) -> None:
    before = panel.analysis.memory
    models.document.set_plan(replace(models.document.plan, batch_size=10 * models.document.plan.batch_size))
    qtbot.waitUntil(lambda: panel.analysis.memory > 5 * before)


def test_the_total_of_the_memory_is_what_a_training_is_planned_to_take(
    qtbot: QtBot, panel: AnalysisPanel, models: Models
) -> None:
    figure, document = panel.figures["memory"], models.document

    def planned() -> str:
        return bytes_text(need(document.graph, document.plan, document.plan.batch_size).total)

    qtbot.waitUntil(lambda: figure.value == planned(), timeout=PATIENCE)
    assert "for what computes, once for all networks" in figure.toolTip()
    document.edit("Edit", lambda graph: set_param(graph, "conv2d_1", "filters", 400))
    qtbot.waitUntil(lambda: figure.value == planned(), timeout=PATIENCE)
    document.edit("Clear", lambda graph: without_wires(graph, graph.wires[:1]))
    qtbot.waitUntil(lambda: figure.value == bytes_text(panel.analysis.memory))


def test_a_click_shows_the_block_and_a_selection_its_row(panel: AnalysisPanel, selection: Selection) -> None:
    click(panel, 3)
    assert selection.ids == ("max_pool_1",)
    QTest.keyClick(panel.table, Qt.Key.Key_Down)
    assert selection.ids == ("flatten_1",)
    revealed: list[str] = []
    selection.revealed.connect(revealed.append)
    selection.set(["conv2d_1"])
    assert [index.row() for index in panel.table.selectionModel().selectedRows()] == [1]
    assert not revealed


def test_shares_are_seen_in_the_selected_row_and_meet_no_number(
    panel: AnalysisPanel, selection: Selection, themes: ThemeManager
) -> None:
    table, numbers = panel.table, TITLES.index("Parameters")
    row = max(range(table.model().rowCount()), key=lambda row: len(column(panel, "Parameters")[row]))
    place = table.visualRect(table.model().index(row, numbers))
    table.setFocus()
    table.selectRow(row)
    picture = table.viewport().grab().toImage()
    middle = picture.pixelColor(place.left() + 1, place.center().y())
    bar = picture.pixelColor(place.right() - GRID - 1, place.bottom() - 1)
    assert contrast(bar, middle) >= SEEN


def test_a_header_sorts_and_the_third_click_restores(panel: AnalysisPanel) -> None:
    header = panel.table.horizontalHeader()
    place = QPoint(header.sectionViewportPosition(TITLES.index("Parameters")) + 20, header.height() // 2)

    def click_header() -> list[str]:
        QTest.mouseClick(header.viewport(), Qt.MouseButton.LeftButton, pos=place)
        return column(panel, "Parameters")

    first = column(panel, "Parameters")
    assert click_header()[:3] == ["111", "40", "0"]
    assert click_header()[-3:] == ["0", "40", "111"]
    assert click_header() == first


def test_sorting_keeps_the_selected_block(panel: AnalysisPanel, selection: Selection) -> None:
    selection.set(["conv2d_1"])
    panel.table.sortByColumn(TITLES.index("Multiply-adds"), Qt.SortOrder.DescendingOrder)
    assert [index.data() for index in panel.table.selectionModel().selectedRows()] == ["Conv 2D 1"]
    assert selection.ids == ("conv2d_1",)


def test_the_time_of_an_epoch_is_measured(
    qtbot: QtBot, panel: AnalysisPanel, models: Models, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("core.training.estimate.ENOUGH_SECONDS", 0.0)
    assert panel.figures["epoch"].value == "–"
    QTest.mouseClick(panel.measure, Qt.MouseButton.LeftButton)
    assert not panel.measure.isEnabled()
    qtbot.waitUntil(lambda: panel.figures["epoch"].value.endswith(" s"), timeout=60_000)
    assert not panel.measure.isVisible()


def test_nothing_is_measured_while_a_run_is_on(qtbot: QtBot, panel: AnalysisPanel, models: Models) -> None:
    models.run.start(GRAPH)
    assert not panel.measure.isEnabled()
    qtbot.waitUntil(lambda: not models.run.active)
    assert panel.measure.isEnabled()


def test_csv_has_all_rows_and_the_totals(panel: AnalysisPanel, tmp_path: Path) -> None:
    panel.export_to(tmp_path / "analysis.csv", CostCsv())
    with (tmp_path / "analysis.csv").open(encoding="utf-8", newline="") as file:
        rows = list(csv.DictReader(file))
    assert [row["parameters"] for row in rows] == ["0", "40", "0", "0", "0", "111", "0", "151"]
    assert rows[1]["output_shape"] == "4x6x6"
    assert rows[1]["receptive_field_rows"] == "3"
    assert rows[-1]["block"] == "total"


def test_a_file_that_cannot_be_written_is_reported(
    qtbot: QtBot, panel: AnalysisPanel, tmp_path: Path
) -> None:
    with qtbot.waitSignal(panel.message) as said:
        panel.export_to(tmp_path / "missing" / "analysis.csv", CostCsv())
    assert said.args is not None
    assert "analysis.csv can't be written" in said.args[0]


def test_an_empty_design_says_so(qtbot: QtBot, panel: AnalysisPanel, document: Document) -> None:
    document.open(Graph())
    qtbot.waitUntil(lambda: not panel.table.isVisible())


@pytest.mark.parametrize("width", [320, 480, 640, 800])
def test_names_are_whole_in_any_width(panel: AnalysisPanel, width: int) -> None:
    panel.resize(width, 300)
    table = panel.table
    assert table.columnWidth(0) >= table.sizeHintForColumn(0)
    assert not table.isColumnHidden(TITLES.index("Parameters"))
    assert table.isColumnHidden(TITLES.index("Layer")) == (width < 640)
    for height in (280, 260, 300):  # columns come and go with the room for them, not with each look at it
        panel.resize(width, height)
        assert table.columnWidth(0) >= table.sizeHintForColumn(0)


def test_a_file_is_proposed_where_one_was_saved_last(
    panel: AnalysisPanel, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    asked: list[Path] = []

    def answer(*arguments: object) -> tuple[str, str]:
        asked.append(Path(str(arguments[2])))
        return str(tmp_path / "costs.csv"), ""

    monkeypatch.setattr("cnngui.widgets.save_dialog.QFileDialog.getSaveFileName", answer)
    for _ in range(2):
        panel.export.click()
    assert [path.parent for path in asked] == [Path.home(), tmp_path]


def test_columns_come_and_go_with_the_width_alone(panel: AnalysisPanel) -> None:
    """One that is wider when it is shown than when it is hidden would never settle."""
    table = panel.table
    for width in range(230, 800, 10):
        panel.resize(width, 300)
        QApplication.processEvents()
        seen = [table.isColumnHidden(number) for number in range(len(COLUMNS))]
        for _ in range(3):
            table._fit_columns()
            assert [table.isColumnHidden(number) for number in range(len(COLUMNS))] == seen
