"""What can be done to the window: single actions of mouse and keyboard, commands and remedies."""

from __future__ import annotations

import random
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from functools import partial
from pathlib import Path

from PySide6.QtCore import QEvent, QPoint, QPointF, Qt
from PySide6.QtGui import QKeyEvent, QMouseEvent, QWheelEvent
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QAbstractItemView, QApplication, QWidget

from cnngui.commands.table import declared
from cnngui.window.main_window import MainWindow
from tests.cnngui.drags import click_twice

BUTTONS = (Qt.MouseButton.LeftButton, Qt.MouseButton.LeftButton, Qt.MouseButton.RightButton)
KEYS = (
    *(Qt.Key.Key_Tab, Qt.Key.Key_Return, Qt.Key.Key_Escape, Qt.Key.Key_Delete, Qt.Key.Key_Space),
    *(Qt.Key.Key_Left, Qt.Key.Key_Right, Qt.Key.Key_Up, Qt.Key.Key_Down, Qt.Key.Key_F, Qt.Key.Key_G),
    *(Qt.Key.Key_C, Qt.Key.Key_5, Qt.Key.Key_X, Qt.Key.Key_Backspace, Qt.Key.Key_Home, Qt.Key.Key_F2),
)
MODIFIERS = (
    *3 * (Qt.KeyboardModifier.NoModifier,),
    Qt.KeyboardModifier.ControlModifier,
    Qt.KeyboardModifier.ShiftModifier,
)
NEVER = ("quit",)
"""Commands that would end the test."""


@dataclass(frozen=True)
class Action:
    """Something to be done, in words and in deed."""

    kind: str
    text: str
    make: Callable[[], object]


class Hands:
    """Chooses actions; what it is chosen from is what the window shows at the moment."""

    def __init__(self, window: MainWindow, choices: random.Random, folder: Path) -> None:
        self._window = window
        self._choices = choices
        self._folder = folder

    def choose(self) -> Action:
        """The next thing to do."""
        kinds = (
            (self._click, 20),
            (self._drag, 12),
            (self._press, 20),
            (self._command, 30),
            (self._remedy, 8),
            (self._wheel, 4),
            (self._type, 6),
        )
        makers, weights = zip(*kinds, strict=True)
        popup = QApplication.activePopupWidget()
        if popup is not None and self._choices.random() < 0.5:
            return Action("Esc", "Esc in a popup", lambda: QTest.keyClick(popup, Qt.Key.Key_Escape))
        maker: Callable[[], Action] = self._choices.choices(makers, weights)[0]
        return maker()

    def _click(self) -> Action:
        widget, place = self._somewhere()
        button = self._choices.choice(BUTTONS)
        twice = self._choices.random() < 0.15
        how = click_twice if twice else QTest.mouseClick
        words = f"{'double click' if twice else 'click'} {button.name} on {_name(widget)} at {_text(place)}"
        return Action("click", words, lambda: how(widget, button, Qt.KeyboardModifier.NoModifier, place))

    def _drag(self) -> Action:
        widget, start = self._somewhere(on_canvas=self._choices.random() < 0.7)
        if _is_list_to_drag_from(widget):
            return self._press()
        end = self._place(widget)
        steps = self._choices.randrange(2, 6)
        cancelled = self._choices.random() < 0.15

        def make() -> None:
            button = Qt.MouseButton.LeftButton
            QTest.mousePress(widget, button, Qt.KeyboardModifier.NoModifier, start)
            for step in range(1, steps + 1):
                if _is_there(widget):
                    _move(widget, start + (end - start) * step / steps)
            if cancelled and _is_there(widget):
                QTest.keyClick(widget, Qt.Key.Key_Escape)
            held = widget if _is_there(widget) else QWidget.mouseGrabber()
            if held is not None:
                QTest.mouseRelease(held, button, Qt.KeyboardModifier.NoModifier, end)

        words = f"drag on {_name(widget)} from {_text(start)} to {_text(end)}"
        return Action("drag", f"{words}, Esc" if cancelled else words, make)

    def _press(self) -> Action:
        widget = QApplication.focusWidget() or self._window
        key, modifier = self._choices.choice(KEYS), self._choices.choice(MODIFIERS)
        words = f"{modifier.name} {key.name} in {_name(widget)}"
        return Action("key", words, lambda: QTest.keyClick(widget, key, modifier))

    def _type(self) -> Action:
        widget = QApplication.focusWidget() or self._window
        text = self._choices.choice(("conv 8 3x3 same", "pool 2", "dense 10", "0", "-1", "1e9", "ä", "3x5"))
        return Action("typing", f"typing {text!r} in {_name(widget)}", lambda: _type(widget, text))

    def _wheel(self) -> Action:
        widget, place = self._somewhere(on_canvas=True)
        turn = self._choices.choice((-240, -120, 120, 240))
        return Action("wheel", f"wheel {turn}", lambda: _wheel(widget, place, turn))

    def _command(self) -> Action:
        bench = self._window.workbench.bench
        able = [c for c in declared().all(bench) if c.id not in NEVER and c.enabled(bench)]
        command = self._choices.choice(able)
        return Action("command", f"command {command.id}", lambda: command.run(bench))

    def _remedy(self) -> Action:
        found = list(self._remedies())
        if not found:
            return self._command()
        title, apply = self._choices.choice(found)
        return Action("remedy", f"remedy {title!r}", apply)

    def _remedies(self) -> Iterator[tuple[str, Callable[[], object]]]:
        document = self._window.workbench.document
        for problem in document.inference.problems[:5]:
            for fix in document.with_fixes(problem).fixes:
                yield fix.title, partial(self._window.workbench.bench.editor.mend, fix)

    def _somewhere(self, *, on_canvas: bool = False) -> tuple[QWidget, QPoint]:
        """A place in something that is in sight."""
        popup = QApplication.activePopupWidget()
        if popup is not None:
            return popup, self._place(popup)
        if on_canvas or self._choices.random() < 0.4:
            canvas = self._window.workbench.canvas
            if canvas.isVisible():
                return canvas.viewport(), self._place(canvas.viewport())
        place = self._place(self._window)
        widget = self._window.childAt(place) or self._window
        return widget, widget.mapFrom(self._window, place)

    def _place(self, widget: QWidget) -> QPoint:
        return QPoint(
            self._choices.randrange(max(widget.width(), 1)), self._choices.randrange(max(widget.height(), 1))
        )


def _move(widget: QWidget, place: QPoint) -> None:
    """QTest moves without a button held."""
    kind, button = QEvent.Type.MouseMove, Qt.MouseButton.LeftButton
    modifier = Qt.KeyboardModifier.NoModifier
    there = QPointF(widget.mapToGlobal(place))
    QApplication.sendEvent(
        widget, QMouseEvent(kind, QPointF(place), there, Qt.MouseButton.NoButton, button, modifier)
    )


def _is_there(widget: QWidget) -> bool:
    """A tab that is dragged out of its bar may take the bar away; of Qt's own widgets, Python isn't told."""
    return any(known is widget for known in QApplication.allWidgets())


def _type(widget: QWidget, text: str) -> None:
    """QTest ends the process at letters beyond ASCII."""
    for letter in text:
        for kind in (QEvent.Type.KeyPress, QEvent.Type.KeyRelease):
            event = QKeyEvent(kind, ord(letter.upper()), Qt.KeyboardModifier.NoModifier, letter)
            QApplication.sendEvent(widget, event)


def _wheel(widget: QWidget, place: QPoint, turn: int) -> None:
    event = QWheelEvent(
        QPointF(place),
        QPointF(widget.mapToGlobal(place)),
        QPoint(),
        QPoint(0, turn),
        Qt.MouseButton.NoButton,
        Qt.KeyboardModifier.NoModifier,
        Qt.ScrollPhase.NoScrollPhase,
        False,
    )
    QApplication.sendEvent(widget, event)


def _is_list_to_drag_from(widget: QWidget) -> bool:
    """Such as the palette: a drag out of it is the window system's, and waits for a real mouse."""
    views = (known for known in (widget, widget.parentWidget()) if isinstance(known, QAbstractItemView))
    return any(view.dragEnabled() for view in views)


def _name(widget: QWidget) -> str:
    return widget.accessibleName() or widget.objectName() or type(widget).__name__


def _text(place: QPoint) -> str:
    return f"{place.x()},{place.y()}"
