"""Files that come from outside: the window is there in any case, and says why one can't be opened."""

from __future__ import annotations

import os
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path
from typing import Final

import pytest
from PySide6.QtCore import QMimeData, QPointF, Qt, QUrl
from PySide6.QtGui import QDragEnterEvent, QDragMoveEvent, QDropEvent
from PySide6.QtWidgets import QApplication, QMessageBox, QWidget
from pytestqt.qtbot import QtBot

from cnngui.canvas.editor.mime import layer_mime
from cnngui.models.settings import Settings
from cnngui.panels.start.start_page import StartPage
from cnngui.theme.theme import ThemeManager
from cnngui.window.main_window import MainWindow
from core.design import bounds
from core.formats.project import ProjectFile, save_project
from core.project import Project
from tests.cnngui.dialogs import answering, pressed
from tests.cnngui.drags import spot
from tests.cnngui.runs import GRAPH, PATIENCE
from tests.core.formats import hostile

ROOT: Final = Path(__file__).parents[3]
BUTTONS: Final = QMessageBox.StandardButton
ACTIONS: Final = Qt.DropAction

START: Final = """
import sys
from PySide6.QtCore import QSettings, QTimer, QUrl
from PySide6.QtGui import QFileOpenEvent
from PySide6.QtWidgets import QApplication, QMessageBox
QSettings.setPath(QSettings.Format.IniFormat, QSettings.Scope.UserScope, sys.argv[1])
from cnngui.cli import main
from cnngui.window import app, main_window

main_window.restart = lambda arguments: print("another window:", *arguments)
run, late = app._run, sys.argv[2]

def watched(application, window):
    def look():
        box = QApplication.activeModalWidget()
        path = window.workbench.document.path
        if isinstance(box, QMessageBox):
            print("told:", box.text(), "| visible:", window.isVisible())
            box.button(QMessageBox.StandardButton.Ok).click()
            QTimer.singleShot(0, done)
        elif path is not None:
            print("opened:", path.name)
            QTimer.singleShot(0, done)
        else:
            QTimer.singleShot(0, look)
    def done():
        print("usable:", window.isEnabled(), "| menus:", bool(window.menuBar().actions()))
        window.close_without_asking()
    if late:
        event = QFileOpenEvent(QUrl.fromLocalFile(late))
        QTimer.singleShot(0, lambda: QApplication.sendEvent(application, event))
    QTimer.singleShot(0, look)
    return run(application, window)

app._run = watched
sys.exit(main(sys.argv[3:]))
"""


def start(folder: Path, *names: str, late: str = "") -> list[str]:
    """What a whole start of the application with these names prints."""
    told = subprocess.run(
        [sys.executable, "-c", START, str(folder / "settings"), late, *names],
        env={**os.environ, "PYTHONPATH": str(ROOT)},
        cwd=folder,
        capture_output=True,
        text=True,
        check=False,
        timeout=PATIENCE / 1000,
    )
    assert told.returncode == 0, told.stderr
    return told.stdout.splitlines()


def project(path: Path) -> Path:
    save_project(path, ProjectFile(Project(GRAPH)))
    return path


NEWER: Final = hostile.packed(hostile.parts() | {"training.json": b'{"version": 99}'})
BAD: Final = {
    "missing.cnn": (None, "missing.cnn can't be read: No such file or directory."),
    "damaged.cnn": (hostile.PROJECT[:500], "damaged.cnn is damaged"),
    "newer.cnn": (NEWER, "newer version of cnngui"),
}


@pytest.mark.exhaustive
@pytest.mark.parametrize("name", BAD)
def test_a_file_that_cannot_be_opened_is_told_of_in_a_window(name: str, tmp_path: Path) -> None:
    content, words = BAD[name]
    if content is not None:
        (tmp_path / name).write_bytes(content)
    told, usable = start(tmp_path, name)
    assert words in told
    assert told.endswith("visible: True")
    assert usable == "usable: True | menus: True"


def test_a_url_is_opened_and_further_files_in_windows_of_their_own(tmp_path: Path) -> None:
    path = project(tmp_path / "mine own.cnn")
    second, opened, _ = start(tmp_path, path.as_uri(), str(tmp_path / "other.cnn"))
    assert second == f"another window: {tmp_path / 'other.cnn'}"
    assert opened == "opened: mine own.cnn"


def test_what_the_system_wants_to_be_opened_is_opened(tmp_path: Path) -> None:
    assert start(tmp_path, late=str(project(tmp_path / "mine.cnn")))[0] == "opened: mine.cnn"


# Drag and drop


@pytest.fixture
def window(qtbot: QtBot, themes: ThemeManager, settings: Settings) -> Iterator[MainWindow]:
    made = MainWindow(settings, themes)
    made.show()
    qtbot.waitUntil(lambda: made.workbench.center.shows_page, timeout=PATIENCE)
    yield made
    made.close_without_asking()
    made.deleteLater()


def files(*paths: Path) -> QMimeData:
    data = QMimeData()
    data.setUrls([QUrl.fromLocalFile(str(path)) for path in paths])
    return data


def drag(over: QWidget, data: QMimeData, *, drop: bool = True) -> Qt.DropAction | None:
    """How something is taken that is dropped on a widget, by who would rather move it; None: it isn't."""
    both = ACTIONS.CopyAction | ACTIONS.MoveAction
    keys = Qt.MouseButton.LeftButton, Qt.KeyboardModifier.NoModifier
    middle = over.rect().center()
    enter = QDragEnterEvent(spot(middle), both, data, *keys)
    QApplication.sendEvent(over, enter)
    if not enter.isAccepted() or not drop:
        return enter.dropAction() if enter.isAccepted() else None
    QApplication.sendEvent(over, QDragMoveEvent(spot(middle), both, data, *keys))
    event = QDropEvent(QPointF(middle), both, data, *keys)
    QApplication.sendEvent(over, event)
    return event.dropAction() if event.isAccepted() else None


@pytest.mark.parametrize("name", ["mine.cnn", "mine.json"])
@pytest.mark.parametrize("place", ["page", "canvas", "menus"])
def test_a_file_is_opened_where_it_is_dropped(
    qtbot: QtBot, window: MainWindow, tmp_path: Path, name: str, place: str
) -> None:
    bench = window.workbench
    path = project(tmp_path / name)
    if place == "canvas":
        bench.views.show_canvas()
    page = window.findChild(StartPage)
    assert page is not None
    over = {"page": page, "canvas": bench.canvas.viewport(), "menus": window.menuBar()}[place]
    assert drag(over, files(path)) is ACTIONS.CopyAction
    qtbot.waitUntil(lambda: bench.document.path == path, timeout=PATIENCE)
    assert bench.document.graph == GRAPH
    assert not bench.center.shows_page


def test_a_drag_that_leads_to_nothing_leaves_the_start_page(window: MainWindow, tmp_path: Path) -> None:
    page = window.findChild(StartPage)
    assert page is not None
    text = QMimeData()
    text.setText("nothing for a network")
    for data in (text, files(tmp_path / "notes.txt")):
        assert drag(page, data) is None
        assert window.workbench.center.shows_page
    drag(page, layer_mime("relu"), drop=False)
    assert not window.workbench.center.shows_page


def test_a_block_that_is_dragged_over_the_start_page_takes_no_design_away(
    qtbot: QtBot, window: MainWindow
) -> None:
    bench = window.workbench
    bench.document.edit("Build", lambda _: GRAPH)
    bench.actions["start"].trigger()
    page = window.findChild(StartPage)
    assert page is not None
    with answering():
        drag(page, layer_mime("relu"), drop=False)
    assert bench.document.graph == GRAPH
    assert not bench.center.shows_page


def test_a_dropped_file_asks_about_unsaved_work_after_the_drop(
    qtbot: QtBot, window: MainWindow, tmp_path: Path
) -> None:
    bench = window.workbench
    bench.document.edit("Build", lambda _: GRAPH)
    path = project(tmp_path / "mine.cnn")
    with answering(pressed(BUTTONS.Discard)) as asked:
        drag(bench.canvas.viewport(), files(path))
        assert not asked
        qtbot.waitUntil(lambda: bench.document.path == path, timeout=PATIENCE)
    assert asked == ["Save the changes to the new design first?"]


def test_a_damaged_file_that_is_dropped_leaves_what_is_open(
    qtbot: QtBot, window: MainWindow, tmp_path: Path
) -> None:
    (tmp_path / "bad.cnn").write_bytes(hostile.PROJECT[:500])
    with answering(pressed(BUTTONS.Ok)) as asked:
        drag(window.workbench.canvas.viewport(), files(tmp_path / "bad.cnn"))
        qtbot.waitUntil(lambda: bool(asked), timeout=PATIENCE)
    assert "bad.cnn is damaged" in asked[0]
    assert window.workbench.document.path is None


def test_a_design_that_is_too_large_to_be_drawn_is_refused(
    qtbot: QtBot, settings: Settings, themes: ThemeManager, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(bounds, "MOST_BLOCKS", len(GRAPH.blocks) - 1)
    path = tmp_path / "giant.json"
    save_project(path, ProjectFile(Project(GRAPH)))
    window = MainWindow(settings, themes)
    qtbot.addWidget(window, before_close_func=MainWindow.close_without_asking)
    with answering(pressed(BUTTONS.Ok)) as said:
        window.workbench.files.open_path(path)
    assert any("blocks; the window draws at most" in text for text in said)
    assert not window.workbench.document.graph.blocks
