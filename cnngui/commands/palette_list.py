"""The list of the command palette: each command with its place in the menus, its keys, or why it is pale."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Final

from PySide6.QtCore import QAbstractListModel, QModelIndex, QPersistentModelIndex, QPoint, QRect, QSize, Qt
from PySide6.QtGui import QColor, QFont, QFontMetrics, QIcon, QPainter, QPalette, QPixmap
from PySide6.QtWidgets import QFrame, QListView, QStyle, QStyledItemDelegate, QStyleOptionViewItem, QWidget

from cnngui.commands.command import Command
from cnngui.theme.theme import GRID, ICON_SIZE, SMALL_SIZE, SPACING, TEXT_SIZE, text_font

Index = QModelIndex | QPersistentModelIndex
Role = Qt.ItemDataRole
ROW_HEIGHT: Final = 11 * GRID
_RIGHT: Final = Qt.AlignmentFlag.AlignRight | Qt.AlignmentFlag.AlignVCenter


@dataclass(frozen=True)
class PaletteRow:
    """A command as it is at the moment; `reason` says why it can't be used, where it can't."""

    command: Command
    name: str
    icon: QIcon
    reason: str | None
    is_on: bool = False

    @property
    def path(self) -> str:
        """The way to it through the menus."""
        return " › ".join(self.command.menu_path)

    @property
    def detail(self) -> str:
        """What stands below the name."""
        return " – ".join(filter(None, (self.path, self.reason or self.command.hint)))

    @property
    def description(self) -> str:
        """All of it in words, for screen readers."""
        state = "on" if self.is_on else ""
        return ". ".join(filter(None, (self.name, state, self.command.keys_text, self.detail)))


class PaletteModel(QAbstractListModel):
    """What was found, one a row."""

    def __init__(self) -> None:
        super().__init__()
        self.rows: Sequence[PaletteRow] = ()

    def show(self, rows: Sequence[PaletteRow]) -> None:
        """Shows these rows instead of those there were."""
        self.beginResetModel()
        self.rows = rows
        self.endResetModel()

    def rowCount(self, parent: Index = QModelIndex()) -> int:  # noqa: B008  # as Qt declares it
        return 0 if parent.isValid() else len(self.rows)

    def data(self, index: Index, role: int = Role.DisplayRole) -> object:
        row = self.rows[index.row()]
        match role:
            case Role.DisplayRole:
                return row.name
            case Role.AccessibleTextRole:
                return row.description
            case Role.ToolTipRole:
                return row.reason or row.command.hint
        return None


class PaletteList(QListView):
    """Shows what was found; the keyboard stays in the line above."""

    def __init__(self) -> None:
        super().__init__()
        self.found = PaletteModel()
        self.setModel(self.found)
        self.setItemDelegate(_Delegate(self))
        self.setFrameShape(QFrame.Shape.NoFrame)
        self.setFocusPolicy(Qt.FocusPolicy.NoFocus)
        self.setUniformItemSizes(True)
        self.setMouseTracking(True)
        self.setHorizontalScrollBarPolicy(Qt.ScrollBarPolicy.ScrollBarAlwaysOff)
        self.setAccessibleName("Commands found")

    def current(self) -> PaletteRow | None:
        """The marked row."""
        index = self.currentIndex()
        return self.found.rows[index.row()] if index.isValid() else None

    def step(self, rows: int) -> None:
        """Marks another row, so many further down."""
        count = len(self.found.rows)
        if count:
            self.setCurrentIndex(self.found.index(min(max(self.currentIndex().row() + rows, 0), count - 1)))


class _Delegate(QStyledItemDelegate):
    """Paints a row in two lines, the keys at its right."""

    def __init__(self, parent: QWidget) -> None:
        super().__init__(parent)
        self._name = text_font(TEXT_SIZE, bold=True)
        self._keys = text_font(TEXT_SIZE)
        self._detail = text_font(SMALL_SIZE)

    def sizeHint(self, option: QStyleOptionViewItem, index: Index) -> QSize:
        return QSize(1, ROW_HEIGHT)

    def paint(self, painter: QPainter, option: QStyleOptionViewItem, index: Index) -> None:
        model = index.model()
        assert isinstance(model, PaletteModel)
        row, area = model.rows[index.row()], QRect(option.rect)
        colors, roles = option.palette, QPalette.ColorRole
        marked = bool(option.state & QStyle.StateFlag.State_Selected)
        strong = soft = colors.color(roles.HighlightedText)
        if marked:
            painter.fillRect(area, colors.color(roles.Highlight))
        else:
            soft = colors.color(roles.PlaceholderText)
            strong = soft if row.reason else colors.color(roles.Text)
        tint = strong if marked or row.reason else None
        corner = QPoint(area.left() + SPACING, area.top() + (area.height() - ICON_SIZE) // 2)
        painter.drawPixmap(corner, _picture(row.icon, tint, painter.device().devicePixelRatioF()))
        text = area.adjusted(2 * SPACING + ICON_SIZE, GRID, -SPACING, -GRID)
        upper, lower = text.adjusted(0, 0, 0, -text.height() // 2), text.adjusted(0, text.height() // 2, 0, 0)
        keys = row.command.keys_text
        painter.setPen(soft)
        painter.setFont(self._keys)
        painter.drawText(upper, _RIGHT, keys)
        upper.setRight(upper.right() - QFontMetrics(self._keys).horizontalAdvance(keys) - SPACING)
        _write(painter, lower, row.detail, self._detail)
        painter.setPen(strong)
        _write(painter, upper, f"✓ {row.name}" if row.is_on else row.name, self._name)


def _picture(icon: QIcon, tint: QColor | None, scale: float) -> QPixmap:
    """An icon in its own colours, or all of it in one."""
    made = icon.pixmap(QSize(ICON_SIZE, ICON_SIZE), scale)
    if tint is not None and not made.isNull():
        painter = QPainter(made)
        painter.setCompositionMode(QPainter.CompositionMode.CompositionMode_SourceIn)
        painter.fillRect(made.rect(), tint)
        painter.end()
    return made


def _write(painter: QPainter, area: QRect, text: str, font: QFont) -> None:
    painter.setFont(font)
    elided = QFontMetrics(font).elidedText(text, Qt.TextElideMode.ElideRight, area.width())
    painter.drawText(area, Qt.AlignmentFlag.AlignVCenter, elided)
