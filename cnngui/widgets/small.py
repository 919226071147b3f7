"""Small widgets that several panels share."""

from __future__ import annotations

from collections.abc import Callable
from typing import cast

from PySide6.QtCore import QEvent, QSize, Qt
from PySide6.QtGui import QColor, QHelpEvent, QPainter, QPaintEvent, QPalette, QResizeEvent
from PySide6.QtWidgets import (
    QAbstractButton,
    QFrame,
    QLabel,
    QPushButton,
    QScrollArea,
    QSizePolicy,
    QStyle,
    QStyleOptionButton,
    QStylePainter,
    QToolTip,
    QVBoxLayout,
    QWidget,
)

from cnngui.theme import icons
from cnngui.theme.theme import (
    GRID,
    ICON_SIZE,
    MARGIN,
    SMALL_SIZE,
    SPACING,
    TEXT_SIZE,
    Theme,
    ThemeManager,
    text_font,
)
from cnngui.widgets.focus import paint_focus

MUTED = QPalette.ColorRole.PlaceholderText
ERROR = QPalette.ColorRole.BrightText


class IconLabel(QWidget):
    """An icon that takes its colour from the current theme."""

    def __init__(
        self, themes: ThemeManager, name: str, color: Callable[[Theme], QColor], size: int = ICON_SIZE
    ) -> None:
        super().__init__()
        self._themes = themes
        self._name = name
        self._color = color
        self.setFixedSize(QSize(size, size))

    def set_icon(self, name: str, color: Callable[[Theme], QColor]) -> None:
        self._name, self._color = name, color
        self.update()

    def paintEvent(self, event: QPaintEvent) -> None:
        painter = QPainter(self)
        color = self._color(self._themes.current)
        painter.drawPixmap(0, 0, icons.pixmap(self._name, color, self.width(), self.devicePixelRatioF()))


class IconToggle(QAbstractButton):
    """A small button with one picture for on and one for off."""

    def __init__(self, themes: ThemeManager, on: str, off: str) -> None:
        super().__init__()
        self._themes = themes
        self._names = {True: on, False: off}
        self.setCheckable(True)
        self.setFocusPolicy(Qt.FocusPolicy.StrongFocus)
        self.setFixedSize(QSize(ICON_SIZE, ICON_SIZE))
        self.setAttribute(Qt.WidgetAttribute.WA_Hover)

    def paintEvent(self, event: QPaintEvent) -> None:
        theme = self._themes.current
        painter = QPainter(self)
        color = theme.text if self.underMouse() else theme.muted
        pixmap = icons.pixmap(self._names[self.isChecked()], color, 16, self.devicePixelRatioF())
        painter.drawPixmap((self.width() - 16) // 2, (self.height() - 16) // 2, pixmap)
        paint_focus(self, painter)


class ElidedButton(QPushButton):
    """A button that may become narrower than its text; then a tooltip has all of it."""

    def __init__(self, text: str) -> None:
        super().__init__(text)
        self.setSizePolicy(QSizePolicy.Policy.Maximum, QSizePolicy.Policy.Fixed)

    def minimumSizeHint(self) -> QSize:
        return QSize(4 * ICON_SIZE, super().minimumSizeHint().height())

    def paintEvent(self, event: QPaintEvent) -> None:
        option = QStyleOptionButton()
        self.initStyleOption(option)
        if self._missing > 0:
            room = self.fontMetrics().horizontalAdvance(self.text()) - self._missing
            option.text = self.fontMetrics().elidedText(self.text(), Qt.TextElideMode.ElideRight, room)
        QStylePainter(self).drawControl(QStyle.ControlElement.CE_PushButton, option)

    def event(self, event: QEvent) -> bool:
        """Without a tooltip of its own it shows the text, where not all of that is seen."""
        if event.type() == QEvent.Type.ToolTip and not self.toolTip() and self._missing > 0:
            QToolTip.showText(cast(QHelpEvent, event).globalPos(), self.text(), self)
            return True
        return super().event(event)

    @property
    def _missing(self) -> int:
        """Pixels that the text would need and doesn't have."""
        return self.sizeHint().width() - self.width()


class TextLabel(QLabel):
    """Text that wraps, can be selected, and takes its colour from the palette."""

    def __init__(
        self,
        text: str = "",
        *,
        size: int = TEXT_SIZE,
        bold: bool = False,
        role: QPalette.ColorRole = QPalette.ColorRole.WindowText,
    ) -> None:
        super().__init__(text)
        self.setTextFormat(Qt.TextFormat.PlainText)
        self.setWordWrap(True)
        self.setFont(text_font(size, bold=bold))
        self.setForegroundRole(role)
        policy = QSizePolicy(QSizePolicy.Policy.Expanding, QSizePolicy.Policy.Preferred)
        policy.setHeightForWidth(True)
        self.setSizePolicy(policy)

    def minimumSizeHint(self) -> QSize:
        # Qt's own hint assumes a narrow column; the height that counts is the one for the width there is.
        return QSize(0, self.fontMetrics().height())


def small_label(text: str = "", role: QPalette.ColorRole = MUTED) -> TextLabel:
    """Secondary text."""
    return TextLabel(text, size=SMALL_SIZE, role=role)


class EmptyState(QWidget):
    """Stands in a view that has nothing to show, and says what to do next; in a low one without a picture."""

    def __init__(self, themes: ThemeManager, icon: str, title: str, hint: str = "") -> None:
        super().__init__()
        self._icon = IconLabel(themes, icon, lambda theme: theme.muted, size=2 * ICON_SIZE)
        self._title = TextLabel(title, bold=True)
        self._hint = TextLabel(hint, role=MUTED)
        self._icon.hide()
        column = QVBoxLayout(self)
        column.setContentsMargins(MARGIN, GRID, MARGIN, GRID)
        column.setSpacing(SPACING)
        column.addStretch(1)
        column.addWidget(self._icon, alignment=Qt.AlignmentFlag.AlignHCenter)
        for label in (self._title, self._hint):
            label.setAlignment(Qt.AlignmentFlag.AlignHCenter)
            column.addWidget(label)
        column.addStretch(2)

    def set_text(self, title: str, hint: str = "") -> None:
        self._title.setText(title)
        self._hint.setText(hint)
        self._suit_height()

    def resizeEvent(self, event: QResizeEvent) -> None:
        super().resizeEvent(event)
        self._suit_height()

    def _suit_height(self) -> None:
        """The picture goes where the sentences would have to share their room with it."""
        layout = self.layout()
        if layout is None:
            return
        shown = not self._icon.isHidden()
        needed = layout.totalMinimumHeightForWidth(self.width())
        if not shown:
            needed += self._icon.height() + layout.spacing()
        self._icon.setVisible(needed + 2 * SPACING <= self.height())

    def set_icon(self, name: str, color: Callable[[Theme], QColor]) -> None:
        self._icon.set_icon(name, color)


class Separator(QWidget):
    """A thin line between two parts of a panel."""

    def __init__(self) -> None:
        super().__init__()
        self.setFixedHeight(1)
        self.setAutoFillBackground(True)
        self.setBackgroundRole(QPalette.ColorRole.Mid)


class Scroll(QScrollArea):
    """Scrolls its content up and down; from side to side, the content fits itself to the width."""

    def __init__(self, content: QWidget) -> None:
        super().__init__()
        self.setWidgetResizable(True)
        self.setFrameShape(QFrame.Shape.NoFrame)
        self.setHorizontalScrollBarPolicy(Qt.ScrollBarPolicy.ScrollBarAlwaysOff)
        self.setFocusPolicy(Qt.FocusPolicy.NoFocus)
        self.setWidget(content)
