"""Answers to dialogs that wait for one, by their own fields and buttons."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from contextlib import contextmanager

from PySide6.QtCore import Qt, QTimer
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QApplication, QFileDialog, QLineEdit, QMessageBox, QWidget

Answer = Callable[[QWidget], str]
"""Answers a dialog, and returns what it asked."""


@contextmanager
def answering(*answers: Answer) -> Iterator[list[str]]:
    """Answers the dialogs that open within, each with the next answer; yields what they asked.

    One that opens beyond that is closed, so that nothing waits forever, and fails the test.
    """
    asked: list[str] = []
    waiting = list(answers)
    answered: list[QWidget] = []

    def look() -> None:
        if not over:
            QTimer.singleShot(0, look)  # an answer may open the next dialog, and waits for it
        dialog = QApplication.activeModalWidget()
        if dialog is None or dialog in answered or over:
            return
        answered.append(dialog)
        asked.append(waiting.pop(0)(dialog) if waiting else close(dialog))

    over = False
    QTimer.singleShot(0, look)
    try:
        yield asked
    finally:
        over = True
    assert len(asked) == len(answers)


def close(dialog: QWidget) -> str:
    """Esc."""
    QTest.keyClick(dialog, Qt.Key.Key_Escape)
    return dialog.windowTitle()


def typed(text: str, kind: str = "") -> Answer:
    """Types a file's name into a file dialog, after choosing a kind of files, and presses Return."""

    def answer(dialog: QWidget) -> str:
        assert isinstance(dialog, QFileDialog)
        if kind:
            dialog.selectNameFilter(next(name for name in dialog.nameFilters() if name.startswith(kind)))
        field = dialog.findChild(QLineEdit)
        assert field is not None
        proposed = field.text()
        field.selectAll()
        QTest.keyClicks(field, text)
        QTest.keyClick(field, Qt.Key.Key_Return)
        return proposed

    return answer


def pressed(button: QMessageBox.StandardButton) -> Answer:
    """Clicks a button of a message box."""

    def answer(dialog: QWidget) -> str:
        assert isinstance(dialog, QMessageBox)
        text = dialog.text()
        QTest.mouseClick(dialog.button(button), Qt.MouseButton.LeftButton)
        return text

    return answer


def clicked(text: str) -> Answer:
    """Clicks the button of a message box that has this text."""

    def answer(dialog: QWidget) -> str:
        assert isinstance(dialog, QMessageBox)
        asked = dialog.text()
        button = next(b for b in dialog.buttons() if b.text().replace("&", "") == text)
        QTest.mouseClick(button, Qt.MouseButton.LeftButton)
        return asked

    return answer
