"""Saving never replaces a file that nobody was asked about, whatever is saved."""

from __future__ import annotations

from collections.abc import Callable
from functools import partial
from pathlib import Path
from typing import Final

import pytest
from PySide6.QtCore import QPoint, Qt
from PySide6.QtGui import QContextMenuEvent
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QApplication, QMenu, QMessageBox, QWidget
from pytestqt.qtbot import QtBot

from cnngui.models.models import Models
from cnngui.models.selection import Selection
from cnngui.models.settings import Settings
from cnngui.panels.costs.analysis import AnalysisPanel
from cnngui.panels.studio.curves import CurvesPanel
from cnngui.theme.theme import ThemeManager
from cnngui.window.files import Files
from core.formats.project import load_project
from tests.cnngui.dialogs import answering, close, pressed, typed
from tests.cnngui.runs import GRAPH, run, wait_until_saved

YES: Final = QMessageBox.StandardButton.Yes
NO: Final = QMessageBox.StandardButton.No


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    made = tmp_path / "saved"
    made.mkdir()
    return made


@pytest.fixture
def files(qtbot: QtBot, models: Models, settings: Settings, folder: Path) -> Files:
    window = QWidget()
    qtbot.addWidget(window)
    settings.set_folder("designs", folder)
    models.document.open(GRAPH)
    return Files(models.document, models.run, settings, window)


def test_a_name_that_becomes_an_existing_file_is_asked_about(
    qtbot: QtBot, files: Files, folder: Path
) -> None:
    precious = folder / "foo.cnn"
    precious.write_text("precious")
    with answering(typed("foo"), pressed(NO), close) as asked:
        assert not files.save_as()
    assert precious.read_text() == "precious"
    assert asked[1] == f"foo.cnn already exists in {folder}.\nDo you want to replace it?"
    with answering(typed("foo"), pressed(NO), typed("bar")) as asked:
        assert files.save_as()
        wait_until_saved(qtbot, files.saving)
    assert asked[2] == "foo.cnn"
    assert precious.read_text() == "precious"
    assert load_project(folder / "bar.cnn").project.design == GRAPH
    with answering(typed("foo"), pressed(YES)):
        assert files.save_as()
        wait_until_saved(qtbot, files.saving)
    assert load_project(precious).project.design == GRAPH


def test_the_dialog_s_own_question_is_enough(qtbot: QtBot, files: Files, folder: Path) -> None:
    (folder / "foo.cnn").write_text("old")
    with answering(typed("foo.cnn"), pressed(YES)):
        assert files.save_as()
        wait_until_saved(qtbot, files.saving)
    assert load_project(folder / "foo.cnn").project.design == GRAPH


def test_the_chosen_kind_of_files_decides_the_suffix(qtbot: QtBot, files: Files, folder: Path) -> None:
    with answering(typed("net.v2", "Designs without weights")):
        assert files.save_as()
        wait_until_saved(qtbot, files.saving)
    assert [path.name for path in folder.iterdir()] == ["net.v2.json"]


def test_the_exported_table_asks_too(
    qtbot: QtBot, models: Models, themes: ThemeManager, folder: Path, settings: Settings
) -> None:
    settings.set_folder("exports", folder)
    models.document.open(GRAPH)
    panel = AnalysisPanel(models, Selection(models.run), themes)
    qtbot.addWidget(panel)
    panel.show()
    check_that_it_asks(panel.export.click, folder / "net.v1.csv")


def test_the_picture_of_the_curves_asks_too(
    qtbot: QtBot, models: Models, themes: ThemeManager, folder: Path, settings: Settings
) -> None:
    settings.set_folder("exports", folder)
    run(qtbot, models)
    panel = CurvesPanel(models.run, themes)
    qtbot.addWidget(panel)
    panel.resize(400, 300)
    panel.show()
    check_that_it_asks(partial(choose, panel, "Save Image…"), folder / "net.v1.png")


def check_that_it_asks(export: Callable[[], object], precious: Path) -> None:
    """Types the name without its suffix."""
    precious.write_text("precious")
    with answering(typed("net.v1"), pressed(NO), close):
        export()
    assert precious.read_text() == "precious"
    with answering(typed("net.v1"), pressed(YES)):
        export()
    assert precious.read_bytes() != b"precious"
    assert list(precious.parent.iterdir()) == [precious]


def choose(curves: CurvesPanel, text: str) -> None:
    """An entry of the context menu, by the keyboard."""
    place = QPoint(50, 50)
    event = QContextMenuEvent(QContextMenuEvent.Reason.Keyboard, place, curves.mapToGlobal(place))
    QApplication.sendEvent(curves, event)
    menu = QApplication.activePopupWidget()
    assert isinstance(menu, QMenu)
    entry = next(a for a in menu.actions() if a.text().replace("&", "") == text)
    menu.setActiveAction(entry)
    QTest.keyClick(menu, Qt.Key.Key_Return)
