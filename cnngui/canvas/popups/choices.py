"""A list of things to choose from: a picture, a title with a note, and below it what it leads to."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any, Final

from PySide6.QtCore import QAbstractListModel, QModelIndex, QPersistentModelIndex, QRect, QSize, Qt
from PySide6.QtGui import QFont, QFontMetrics, QPainter
from PySide6.QtWidgets import QFrame, QListView, QStyle, QStyledItemDelegate, QStyleOptionViewItem, QWidget

from cnngui.theme.icons import pixmap
from cnngui.theme.theme import GRID, ICON_SIZE, SMALL_SIZE, SPACING, TEXT_SIZE, ThemeManager, text_font

Index = QModelIndex | QPersistentModelIndex
Role = Qt.ItemDataRole
ROW_HEIGHT: Final = 11 * GRID


@dataclass(frozen=True)
class Choice:
    """`detail` says what the choice leads to, or why it isn't `possible`; `value` is what is chosen.

    `icon` is the picture's name, and `group` the category that it has its colour from.
    """

    icon: str
    group: str
    title: str
    note: str
    detail: str
    value: Any
    possible: bool = True

    @property
    def description(self) -> str:
        """All of it in words, for screen readers."""
        return ". ".join(filter(None, (self.title, self.note, self.detail)))


class ChoiceModel(QAbstractListModel):
    """Choices, one a row."""

    def __init__(self) -> None:
        super().__init__()
        self.choices: Sequence[Choice] = ()

    def set_choices(self, choices: Sequence[Choice]) -> None:
        self.beginResetModel()
        self.choices = choices
        self.endResetModel()

    def rowCount(self, parent: Index = QModelIndex()) -> int:  # noqa: B008  # as Qt declares it
        return 0 if parent.isValid() else len(self.choices)

    def data(self, index: Index, role: int = Role.DisplayRole) -> object:
        choice = self.choices[index.row()]
        match role:
            case Role.DisplayRole:
                return choice.title
            case Role.AccessibleTextRole:
                return choice.description
            case Role.ToolTipRole:
                return choice.detail
        return None


class ChoiceList(QListView):
    """Shows choices; the keyboard stays with whoever owns the list."""

    def __init__(self, themes: ThemeManager) -> None:
        super().__init__()
        self.choices = ChoiceModel()
        self.setModel(self.choices)
        self.setItemDelegate(_Delegate(themes, self))
        self.setFrameShape(QFrame.Shape.NoFrame)
        self.setFocusPolicy(Qt.FocusPolicy.NoFocus)
        self.setUniformItemSizes(True)
        self.setMouseTracking(True)
        self.setHorizontalScrollBarPolicy(Qt.ScrollBarPolicy.ScrollBarAlwaysOff)

    def current(self) -> Choice | None:
        """The choice that is marked."""
        index = self.currentIndex()
        return self.choices.choices[index.row()] if index.isValid() else None

    def step(self, rows: int) -> None:
        """Marks another choice, so many rows further down."""
        count = self.choices.rowCount()
        if count:
            row = min(max(self.currentIndex().row() + rows, 0), count - 1)
            self.setCurrentIndex(self.choices.index(row))


class _Delegate(QStyledItemDelegate):
    """Paints a choice in two lines."""

    def __init__(self, themes: ThemeManager, parent: QWidget) -> None:
        super().__init__(parent)
        self._themes = themes
        self._title = text_font(TEXT_SIZE, bold=True)
        self._note = text_font(TEXT_SIZE)
        self._detail = text_font(SMALL_SIZE)

    def sizeHint(self, option: QStyleOptionViewItem, index: Index) -> QSize:
        return QSize(1, ROW_HEIGHT)

    def paint(self, painter: QPainter, option: QStyleOptionViewItem, index: Index) -> None:
        model = index.model()
        assert isinstance(model, ChoiceModel)
        choice = model.choices[index.row()]
        theme = self._themes.current
        area: QRect = option.rect
        state = option.state
        chosen = bool(state & QStyle.StateFlag.State_Selected)
        strong = theme.on_accent if chosen else theme.text if choice.possible else theme.muted
        soft = theme.on_accent if chosen else theme.muted
        picture = theme.category_line(choice.group) if choice.possible and not chosen else soft
        if chosen:
            painter.fillRect(area, theme.accent)
        icon = pixmap(choice.icon, picture, ICON_SIZE, painter.device().devicePixelRatioF())
        painter.drawPixmap(area.left() + SPACING, area.top() + (area.height() - ICON_SIZE) // 2, icon)
        text = area.adjusted(2 * SPACING + ICON_SIZE, GRID, -SPACING, -GRID)
        upper, lower = text.adjusted(0, 0, 0, -text.height() // 2), text.adjusted(0, text.height() // 2, 0, 0)
        painter.setPen(strong)
        painter.setFont(self._title)
        title = _elided(choice.title, self._title, upper.width())
        painter.drawText(upper, Qt.AlignmentFlag.AlignVCenter, title)
        upper.adjust(QFontMetrics(self._title).horizontalAdvance(title) + SPACING, 0, 0, 0)
        painter.setFont(self._note)
        painter.drawText(
            upper, Qt.AlignmentFlag.AlignVCenter, _elided(choice.note, self._note, upper.width())
        )
        painter.setPen(soft)
        painter.setFont(self._detail)
        painter.drawText(
            lower, Qt.AlignmentFlag.AlignVCenter, _elided(choice.detail, self._detail, lower.width())
        )


def _elided(text: str, font: QFont, width: int) -> str:
    return QFontMetrics(font).elidedText(text, Qt.TextElideMode.ElideRight, width)
