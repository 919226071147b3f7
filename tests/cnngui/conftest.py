"""What the tests of the application share: settings of their own, and no widget or timer left behind."""

from __future__ import annotations

import gc
from collections.abc import Iterator
from pathlib import Path
from typing import TYPE_CHECKING

import pytest

from tests.without_qt import QT_IS_MISSING

# Qt is imported where it is used: what needs no window is tested without it, too.
if TYPE_CHECKING:
    from PySide6.QtCore import QThread, QTimer
    from PySide6.QtWidgets import QApplication
    from pytestqt.qtbot import QtBot

    from cnngui.compute.thread import ComputeThread
    from cnngui.models.document import Document
    from cnngui.models.models import Models
    from cnngui.models.settings import Settings
    from cnngui.theme.theme import ThemeManager


@pytest.fixture(autouse=True)
def own_settings(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """Keeps the developer's settings and drafts out of the tests, and the tests out of them."""
    monkeypatch.setenv("CNNGUI_DATA_DIR", str(tmp_path / "data"))
    if QT_IS_MISSING:
        return
    from PySide6.QtCore import QSettings

    QSettings.setPath(QSettings.Format.IniFormat, QSettings.Scope.UserScope, str(tmp_path / "settings"))


@pytest.fixture
def settings(own_settings: None) -> Settings:
    from cnngui.models.settings import Settings

    return Settings()


@pytest.fixture
def themes(qapp: QApplication, settings: Settings) -> ThemeManager:
    from cnngui.theme.theme import ThemeManager

    return ThemeManager(settings)


@pytest.fixture
def thread(qtbot: QtBot) -> Iterator[ComputeThread]:
    from cnngui.compute.thread import ComputeThread

    made = ComputeThread()
    yield made
    made.shut_down()


@pytest.fixture
def document(qapp: QApplication) -> Document:
    from cnngui.models.document import Document

    return Document()


@pytest.fixture
def models(qtbot: QtBot, document: Document, thread: ComputeThread, tmp_path: Path) -> Iterator[Models]:
    """Ready to train `tiny_graph` on a few images of bars, which the document asks for."""
    from PySide6.QtCore import QObject

    from cnngui.models.models import make_models
    from core.project import DataChoice, Project
    from tests.cnngui.runs import PATIENCE, PLAN, write_bars

    owner = QObject()
    made = make_models(document, thread, owner)
    data = DataChoice(str(write_bars(tmp_path / "bars.npz")))
    with qtbot.waitSignal(made.data.arrived, timeout=PATIENCE):
        document.open_project(Project(document.graph, PLAN, data))
    yield made
    made.run.stop()
    qtbot.waitUntil(lambda: not made.run.active, timeout=PATIENCE)
    owner.deleteLater()


def _left_over() -> list[str]:
    """Top-level widgets that still exist, and timers and threads of Qt that still run."""
    from PySide6.QtCore import QThread, QTimer
    from PySide6.QtWidgets import QApplication
    from shiboken6 import isValid

    widgets = [w for w in QApplication.topLevelWidgets() if w.parent() is None]
    # By the classes' own list of bases: isinstance would wake up lazy modules and dead references.
    known = [thing for thing in gc.get_objects() if not {QTimer, QThread}.isdisjoint(type(thing).__mro__)]
    running = [thing for thing in known if isValid(thing) and _runs(thing)]
    return [f"{type(thing).__name__} {thing.objectName()}".strip() for thing in (*widgets, *running)]


def _runs(thing: QTimer | QThread) -> bool:
    from PySide6.QtCore import QThread, QTimer

    if isinstance(thing, QTimer):
        return thing.isActive()
    return thing.isRunning() and thing != QThread.currentThread()


@pytest.fixture(autouse=True)
def nothing_left(request: pytest.FixtureRequest) -> Iterator[None]:
    """Fails a test that leaves a window, a running timer or a running thread of Qt, or the mouse pressed."""
    if not {"qtbot", "qapp"} & set(request.fixturenames):
        yield
        return
    from PySide6.QtWidgets import QApplication

    pressed_before = QApplication.mouseButtons()  # by a test before, which has failed for it
    # What is there before is no work for the collector, nor to be looked through: there is a lot of it.
    gc.freeze()
    yield
    from PySide6.QtCore import QCoreApplication, QEvent

    QCoreApplication.sendPostedEvents(None, QEvent.Type.DeferredDelete)
    gc.collect()  # now: later, it would have to look at all there is
    QCoreApplication.sendPostedEvents(None, QEvent.Type.DeferredDelete)
    left = _left_over()
    gc.unfreeze()
    assert not left
    assert not QApplication.mouseButtons() & ~pressed_before, "the mouse was left pressed"
