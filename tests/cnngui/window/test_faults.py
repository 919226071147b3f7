"""A fault in a handler becomes one notice, whatever handler it is and however often it fails."""

from __future__ import annotations

import sys
import threading
from collections.abc import Callable, Iterator
from pathlib import Path
from threading import Thread

import pytest
from PySide6.QtCore import QEvent, Qt, QTimer, QTimerEvent
from PySide6.QtGui import QGuiApplication, QPaintEvent, QResizeEvent, QShowEvent
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QApplication, QDialog, QFileDialog, QPushButton, QWidget
from pytestqt.qtbot import QtBot

from cnngui.models.settings import Settings
from cnngui.theme.theme import ThemeManager
from cnngui.window.fault_notice import FaultNotice
from cnngui.window.main_window import MainWindow
from cnngui.window.workbench import Workbench
from core.formats.project import load_project
from tests.cnngui.runs import GRAPH, wait_until_saved


class Broken(QPushButton):
    """Fails in all that it is told of."""

    def __init__(self, parent: QWidget, event: QEvent.Type) -> None:
        super().__init__("broken", parent)
        self.failed = 0
        self._event = event

    def event(self, event: QEvent) -> bool:
        if event.type() == self._event:
            self.failed += 1
            if isinstance(event, QTimerEvent):
                self.killTimer(event.timerId())
            raise ValueError(f"{event.type().name} is too much")
        return super().event(event)


@pytest.fixture
def notice() -> type[FaultNotice]:
    """What the window tells of faults with."""
    return FaultNotice


@pytest.fixture
def window(
    qtbot: QtBot,
    settings: Settings,
    themes: ThemeManager,
    monkeypatch: pytest.MonkeyPatch,
    notice: type[FaultNotice],
) -> Iterator[MainWindow]:
    monkeypatch.setattr("cnngui.window.frame.FaultNotice", notice)
    made = MainWindow(settings, themes)
    monkeypatch.setattr(sys, "excepthook", sys.excepthook)  # restores it, and the other one
    monkeypatch.setattr(threading, "excepthook", threading.excepthook)
    made.faults.catch()
    made.show()
    qtbot.waitUntil(lambda: made.workbench.data.source is not None, timeout=20_000)
    made.activateWindow()
    qtbot.waitUntil(made.isActiveWindow)
    yield made
    made.close_without_asking()
    made.deleteLater()


def raise_in(qtbot: QtBot, window: MainWindow, event: QEvent.Type) -> Broken:
    """Makes a widget meet this event by what leads to it otherwise, too, out of the event loop."""
    broken = Broken(window, event)
    handle = window.windowHandle()
    steps: list[Callable[[], object]] = [
        broken.show,
        broken.raise_,
        lambda: QTest.mouseMove(handle, broken.mapTo(window, broken.rect().center())),
        lambda: QTest.mouseMove(handle, window.rect().bottomRight()),
        broken.setFocus,
        window.workbench.canvas.setFocus,
        broken.repaint,
        lambda: broken.startTimer(0),
        broken.hide,
    ]
    for step in 3 * steps:
        QTimer.singleShot(0, window, step)
        with qtbot.waitCallback() as done:
            QTimer.singleShot(0, window, done)
    return broken


def button(notice: FaultNotice, text: str) -> QPushButton:
    return next(b for b in notice.findChildren(QPushButton) if b.text() == text)


def click(widget: QWidget) -> None:
    QTest.mouseClick(widget, Qt.MouseButton.LeftButton)


Type = QEvent.Type


@pytest.mark.parametrize(
    "event",
    [Type.Enter, Type.Leave, Type.FocusIn, Type.FocusOut, Type.Hide, Type.Show, Type.Paint, Type.Timer],
    ids=lambda event: event.name,
)
def test_a_handler_that_fails_again_and_again_ends_in_one_notice(
    qtbot: QtBot, window: MainWindow, event: QEvent.Type
) -> None:
    broken = raise_in(qtbot, window, event)
    assert broken.failed > 1
    qtbot.waitUntil(lambda: f"{broken.failed} times" in window.fault_notice.text)
    assert window.fault_notice.isVisible()
    assert not [w for w in QApplication.topLevelWidgets() if isinstance(w, QDialog)]
    broken.deleteLater()


def test_nothing_is_shown_before_the_handler_has_ended(qtbot: QtBot, window: MainWindow) -> None:
    for _ in range(1000):
        fail()
    assert not window.fault_notice.isVisible()
    qtbot.waitUntil(window.fault_notice.isVisible)
    assert window.fault_notice.text.startswith("Something went wrong inside cnngui 1,000 times. Your design")


def fail(message: str = "no such thing") -> None:
    """What Qt's bindings do with an exception in a handler."""
    try:
        raise LookupError(message)
    except LookupError as error:
        sys.excepthook(LookupError, error, error.__traceback__)


def test_of_many_different_faults_all_are_counted_and_few_told_in_full(
    qtbot: QtBot, window: MainWindow
) -> None:
    for number in range(100):
        fail(f"number {number}")
    qtbot.waitUntil(lambda: "100 times" in window.fault_notice.text)
    click(button(window.fault_notice, "Copy Details"))
    copied = QGuiApplication.clipboard().text()
    assert "number 0" in copied
    assert copied.count("Traceback") < 10


def test_faults_in_a_row_are_not_told_of_one_by_one(qtbot: QtBot, window: MainWindow) -> None:
    told: list[str] = []
    window.faults.changed.connect(lambda: told.append(window.fault_notice.text))
    for _ in range(100):
        fail()
        QApplication.processEvents()
    qtbot.waitUntil(lambda: "100 times" in window.fault_notice.text)
    assert len(told) < 50


@pytest.mark.parametrize("wish", [SystemExit, KeyboardInterrupt])
def test_a_wish_to_end_the_program_is_no_fault(
    window: MainWindow, monkeypatch: pytest.MonkeyPatch, wish: type[BaseException]
) -> None:
    passed_on: list[type[BaseException]] = []
    monkeypatch.setattr(sys, "__excepthook__", lambda kind, *_: passed_on.append(kind))
    sys.excepthook(wish, wish(), None)
    QApplication.processEvents()
    assert passed_on == [wish]
    assert not window.fault_notice.isVisible()


class BrokenNotice(FaultNotice):
    """Fails in one of its own handlers, while it is `on`."""

    on = False
    nested = 0

    def fail(self) -> None:
        if not self.on:
            return
        self.nested += 1
        assert self.nested == 1
        try:
            fail("inside the notice")
            raise RuntimeError("the notice itself")
        finally:
            self.nested -= 1


class BrokenPaint(BrokenNotice):
    def paintEvent(self, event: QPaintEvent) -> None:
        self.fail()
        super().paintEvent(event)


class BrokenShow(BrokenNotice):
    def showEvent(self, event: QShowEvent) -> None:
        self.fail()
        super().showEvent(event)


class BrokenResize(BrokenNotice):
    def resizeEvent(self, event: QResizeEvent) -> None:
        self.fail()
        super().resizeEvent(event)


@pytest.mark.parametrize("notice", [BrokenPaint, BrokenShow, BrokenResize])
def test_a_notice_that_fails_itself_fails_without_end_nor_depth(qtbot: QtBot, window: MainWindow) -> None:
    broken = window.fault_notice
    assert isinstance(broken, BrokenNotice)
    broken.on = True
    fail()
    qtbot.waitUntil(lambda: "times" in window.fault_notice.text)
    window.workbench.document.edit("Build", lambda _: GRAPH)
    broken.on = False
    assert window.workbench.document.graph is GRAPH
    window.asks = False


def test_a_fault_of_another_thread_is_told_of_in_the_window(qtbot: QtBot, window: MainWindow) -> None:
    def end_itself() -> None:
        raise SystemExit

    def break_down() -> None:
        raise LookupError("in a thread")

    for work in (end_itself, break_down):
        thread = Thread(target=work)
        thread.start()
        thread.join()
    assert window.faults.count == 1
    qtbot.waitUntil(window.fault_notice.isVisible)
    assert window.fault_notice.text.startswith(
        "Something went wrong inside cnngui. Your design is still here"
    )


def test_each_fault_is_printed_once(window: MainWindow, capsys: pytest.CaptureFixture[str]) -> None:
    """Who closes the notice, or starts from a terminal, finds it there."""
    for _ in range(3):
        fail("the first")
    fail("the second")
    printed = capsys.readouterr().err
    assert printed.count("LookupError: the first") == printed.count("LookupError: the second") == 1
    window.asks = False


def test_the_design_can_be_saved_as_a_copy_and_the_details_copied(
    qtbot: QtBot, window: MainWindow, monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    document, notice = window.workbench.document, window.fault_notice
    document.edit("Build", lambda _: GRAPH)
    fail("the first")
    fail("the second")
    qtbot.waitUntil(notice.isVisible)
    monkeypatch.setattr(QFileDialog, "getSaveFileName", lambda *_: (str(tmp_path / "mine"), ""))
    click(button(notice, "Save a Copy…"))
    wait_until_saved(qtbot, window.workbench.files.saving)
    assert load_project(tmp_path / "mine.cnn").project.design == GRAPH
    assert document.path is None
    assert document.modified
    click(button(notice, "Copy Details"))
    copied = QGuiApplication.clipboard().text()
    assert "LookupError: the first" in copied
    assert "LookupError: the second" in copied
    click(button(notice, "Close"))
    assert not notice.isVisible()
    fail("the third")
    qtbot.waitUntil(notice.isVisible)
    assert "times" not in notice.text
    window.asks = False


def test_a_fault_while_closing_does_not_close_over_unsaved_work(
    qtbot: QtBot, window: MainWindow, monkeypatch: pytest.MonkeyPatch
) -> None:
    with monkeypatch.context() as patched:
        patched.setattr(Workbench, "may_close", lambda _: 1 / 0)
        QTimer.singleShot(0, window, window.close)
        qtbot.waitUntil(window.fault_notice.isVisible)
    assert window.isVisible()
