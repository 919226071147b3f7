"""Problems as the user sees them: icon, what is wrong, what to do, and the remedies as buttons."""

from __future__ import annotations

from collections.abc import Sequence

from PySide6.QtCore import QEvent, Qt, Signal
from PySide6.QtGui import (
    QAccessible,
    QColor,
    QEnterEvent,
    QFocusEvent,
    QHideEvent,
    QKeyEvent,
    QMouseEvent,
    QPainter,
    QPaintEvent,
    QResizeEvent,
)
from PySide6.QtWidgets import QBoxLayout, QHBoxLayout, QVBoxLayout, QWidget

from cnngui.models.document import MendableProblem
from cnngui.theme.accessibility import hear_as
from cnngui.theme.theme import GRID, SPACING, Theme, ThemeManager
from cnngui.widgets.focus import paint_focus
from cnngui.widgets.small import MUTED, IconLabel, TextLabel
from cnngui.widgets.wrapping_button import WrappingButton
from core.errors import Problem
from core.repair.fix import Fix

_BAR = 3
"""Width of the coloured edge, in pixels."""
_ICON = 16
_TEXT = 220
"""Where the text keeps this width, the buttons stand beside it, not below it; in pixels."""
_FRAME = _BAR + 3 * SPACING + _ICON
"""Pixels of the width that are neither text nor buttons."""
_LEFT_TOP = Qt.AlignmentFlag.AlignLeft | Qt.AlignmentFlag.AlignTop


class _FixButton(WrappingButton):
    """Says when the user looks at it: it is in sight, and the mouse is over it, or it has the focus."""

    looked_at = Signal(bool)

    def enterEvent(self, event: QEnterEvent) -> None:
        super().enterEvent(event)
        self._tell()

    def leaveEvent(self, event: QEvent) -> None:
        super().leaveEvent(event)
        self._tell()

    def focusInEvent(self, event: QFocusEvent) -> None:
        super().focusInEvent(event)
        self._tell()

    def focusOutEvent(self, event: QFocusEvent) -> None:
        super().focusOutEvent(event)
        self._tell()

    def hideEvent(self, event: QHideEvent) -> None:
        super().hideEvent(event)
        self._tell()

    def _tell(self) -> None:
        """A button that is being taken away still gets these events, and its remedy is out of date."""
        self.looked_at.emit(self.isVisible() and (self.underMouse() or self.hasFocus()))


class ProblemView(QWidget):
    """With `clickable` it can have the focus, and a click or Enter asks to see the block."""

    activated = Signal()
    fix_chosen = Signal(object)
    """The user wants this Fix."""
    previewed = Signal(object)
    """The user looks at this Fix, or no longer at one (None)."""

    def __init__(self, problem: MendableProblem, themes: ThemeManager, *, clickable: bool) -> None:
        super().__init__()
        self.problem = problem
        """May be replaced by one that looks the same: its remedies are made for the newest design."""
        self._themes = themes
        self._clickable = clickable
        hear_as(ProblemView, QAccessible.Role.ListItem)
        self.setAccessibleName(f"{problem.severity}: {problem}")
        row = QHBoxLayout(self)
        row.setContentsMargins(SPACING + _BAR, SPACING, SPACING, SPACING)
        row.setSpacing(SPACING)
        icon = IconLabel(themes, severity_icon(problem), self._color, size=_ICON)
        row.addWidget(icon, alignment=Qt.AlignmentFlag.AlignTop)
        column = QVBoxLayout()
        column.setSpacing(GRID)
        column.addWidget(TextLabel(problem.message))
        if problem.hint:
            column.addWidget(TextLabel(problem.hint, role=MUTED))
        self._body = QBoxLayout(QBoxLayout.Direction.TopToBottom)
        self._body.setSpacing(SPACING)
        self._body.addLayout(column, 1)
        self._buttons = QBoxLayout(QBoxLayout.Direction.TopToBottom)
        self._buttons.setSpacing(SPACING)
        self._fixes = [self._button(number) for number in range(len(problem.fixes))]
        for button in self._fixes:
            self._buttons.addWidget(button, alignment=_LEFT_TOP)
        self._body.addLayout(self._buttons)
        row.addLayout(self._body, 1)
        if clickable:
            self.setFocusPolicy(Qt.FocusPolicy.StrongFocus)
            self.setCursor(Qt.CursorShape.PointingHandCursor)

    def _button(self, number: int) -> _FixButton:
        button = _FixButton(self.problem.fixes[number].title)
        button.setCursor(Qt.CursorShape.ArrowCursor)
        button.clicked.connect(lambda: self.fix_chosen.emit(self.problem.fixes[number]))
        button.looked_at.connect(lambda on: self.previewed.emit(self.problem.fixes[number] if on else None))
        return button

    def _color(self, theme: Theme) -> QColor:
        return theme.error if self.problem.severity == "error" else theme.warn

    def resizeEvent(self, event: QResizeEvent) -> None:
        direction = QBoxLayout.Direction
        below = self.width() - _FRAME
        beside = below - self._buttons_width - SPACING >= _TEXT
        in_a_row = beside or self._buttons_width <= below
        self._body.setDirection(direction.LeftToRight if beside else direction.TopToBottom)
        self._buttons.setDirection(direction.LeftToRight if in_a_row else direction.TopToBottom)
        super().resizeEvent(event)

    @property
    def _buttons_width(self) -> int:
        """Of all buttons in a row, each on one line; in pixels."""
        widths = [button.sizeHint().width() for button in self._fixes]
        return sum(widths) + SPACING * (len(widths) - 1)

    def paintEvent(self, event: QPaintEvent) -> None:
        theme = self._themes.current
        painter = QPainter(self)
        painter.fillRect(self.rect(), theme.canvas)
        painter.fillRect(0, 0, _BAR, self.height(), self._color(theme))
        paint_focus(self, painter, self.rect().adjusted(_BAR, 0, 0, 0))

    def mouseReleaseEvent(self, event: QMouseEvent) -> None:
        if self._clickable and event.button() == Qt.MouseButton.LeftButton:
            self.activated.emit()

    def keyPressEvent(self, event: QKeyEvent) -> None:
        if self._clickable and event.key() in (Qt.Key.Key_Return, Qt.Key.Key_Enter, Qt.Key.Key_Space):
            self.activated.emit()
        else:
            super().keyPressEvent(event)


class ProblemList(QWidget):
    """Problems one below the other; the arrow keys move between those that can be clicked."""

    activated = Signal(object)
    """The user wants to see the place of this Problem."""
    fix_chosen = Signal(object)
    previewed = Signal(object)
    """Other problems end a preview; another one begins when the user looks at a remedy anew."""
    focus_moved = Signal(QWidget)

    def __init__(self, themes: ThemeManager, *, clickable: bool) -> None:
        super().__init__()
        self._themes = themes
        self._clickable = clickable
        self._column = QVBoxLayout(self)
        self._column.setContentsMargins(0, 0, 0, 0)
        self._column.setSpacing(GRID)
        self._column.addStretch(1)
        self.views: list[ProblemView] = []
        self._previews = False
        self._changes = False

    def set_problems(self, problems: Sequence[MendableProblem]) -> None:
        """Shows these problems; what looks as before keeps its widget, and the focus."""
        if self._previews:
            self._preview(None)
        self._changes = True  # buttons that go hand the focus on to others, which nobody looks at for that
        try:
            self._replace(problems)
        finally:
            self._changes = False

    def _replace(self, problems: Sequence[MendableProblem]) -> None:
        focused = self._focused()
        spare = {_looks(view.problem): view for view in self.views}
        wanted = []
        for problem in problems:
            looks = _looks(problem)
            wanted.append(spare.pop(looks) if looks in spare else self._view(problem))
        for view in set(self.views).difference(wanted):
            self._column.removeWidget(view)
            view.hide()
            view.deleteLater()  # not deleted at once: the click on one of its buttons may have led here
        self.views = wanted
        for number, (view, problem) in enumerate(zip(wanted, problems, strict=True)):
            view.problem = problem
            if self._column.indexOf(view) != number:
                self._column.insertWidget(number, view)
                view.show()
        if focused is not None and self._focused() is None and self.views:
            self._focus(focused)

    def _view(self, problem: MendableProblem) -> ProblemView:
        view = ProblemView(problem, self._themes, clickable=self._clickable and problem.block is not None)
        view.activated.connect(lambda: self.activated.emit(view.problem))
        view.fix_chosen.connect(self.fix_chosen)
        view.previewed.connect(self._preview)
        return view

    def _preview(self, fix: Fix | None) -> None:
        if not self._changes:
            self._previews = fix is not None
            self.previewed.emit(fix)

    def _focused(self) -> int | None:
        return next((number for number, view in enumerate(self.views) if view.hasFocus()), None)

    def _focus(self, number: int) -> None:
        view = self.views[min(max(number, 0), len(self.views) - 1)]
        view.setFocus()
        self.focus_moved.emit(view)

    def keyPressEvent(self, event: QKeyEvent) -> None:
        step = {Qt.Key.Key_Up: -1, Qt.Key.Key_Down: 1}.get(Qt.Key(event.key()))
        focused = self._focused()
        if step is None or focused is None:
            super().keyPressEvent(event)
        else:
            self._focus(focused + step)


def _looks(problem: MendableProblem) -> tuple[Problem, tuple[str, ...]]:
    """Equal for two problems that are shown the same way."""
    return problem, tuple(fix.title for fix in problem.fixes)


def severity_icon(problem: Problem) -> str:
    """Shapes differ as well as colours: a circle for an error, a triangle for a warning."""
    return "error" if problem.severity == "error" else "warning"
