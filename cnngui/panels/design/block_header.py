"""The head of the property panel: picture, name and kind of what is selected."""

from __future__ import annotations

from collections.abc import Sequence

from PySide6.QtCore import Qt, Signal
from PySide6.QtGui import QColor
from PySide6.QtWidgets import QHBoxLayout, QVBoxLayout, QWidget

from cnngui.canvas.drawing.blocks.group_face import GROUP_CATEGORY, GROUP_ICON
from cnngui.forms.editors import LineBox
from cnngui.theme.icons import layer_icon_name
from cnngui.theme.theme import GRID, SPACING, Theme, ThemeManager, text_font
from cnngui.widgets.small import ERROR, IconLabel, TextLabel, small_label
from core.design.graph import Block, Group
from core.schema.written import counted_text


class BlockHeader(QWidget):
    """The name can be edited where one block, or one group, is selected; `what` says which."""

    renamed = Signal(str)

    def __init__(self, themes: ThemeManager, what: str = "block") -> None:
        super().__init__()
        self._group = ""
        self._shown_name = ""
        self._icon = IconLabel(themes, layer_icon_name(""), self._color)
        self._name = LineBox()
        self._name.setFont(text_font(bold=True))
        self._name.setAccessibleName(f"Name of the {what}")
        self._name.setToolTip(f"Name of the {what} (F2)")
        self._title = TextLabel(bold=True)
        self._kind = small_label()
        self._error = small_label(role=ERROR)
        row = QHBoxLayout()
        row.setSpacing(SPACING)
        row.addWidget(self._icon)
        row.addWidget(self._name)
        row.addWidget(self._title)
        column = QVBoxLayout(self)
        column.setContentsMargins(0, 0, 0, 0)
        column.setSpacing(GRID)
        column.addLayout(row)
        column.addWidget(self._error)
        column.addWidget(self._kind)
        self._name.editingFinished.connect(self._read)
        self._name.reverted.connect(self._write)

    def show_block(self, block: Block, *, keep_typing: bool) -> None:
        """Shows one block; `keep_typing` spares a name that is being typed."""
        if not keep_typing or block.name != self._shown_name:
            self._shown_name = block.name
            self._write()
        self._show(block, " · ".join(dict.fromkeys((block.layer.title, block.layer.group))))
        self._name.setVisible(True)
        self._title.setVisible(False)

    def show_group(self, group: Group, holds: str, *, keep_typing: bool) -> None:
        """Shows a group, and what it holds in words."""
        if not keep_typing or group.name != self._shown_name:
            self._shown_name = group.name
            self._write()
        self._picture(GROUP_ICON, GROUP_CATEGORY, f"Group of {holds}")
        self._title.setVisible(False)

    def show_several(self, blocks: Sequence[Block]) -> None:
        """Shows how many blocks are selected, and of what kinds."""
        self._title.setText(f"{counted_text(len(blocks), 'block')} selected")
        self._error.setVisible(False)
        self._show(blocks[-1], ", ".join(dict.fromkeys(block.layer.title for block in blocks)))
        self._name.setVisible(False)
        self._title.setVisible(True)

    def focus_name(self) -> None:
        self._name.setFocus(Qt.FocusReason.ShortcutFocusReason)
        self._name.selectAll()

    def refuse(self, reason: str) -> None:
        """Says why the typed name isn't taken; it stays to be mended."""
        self._error.setText(reason)
        self._error.setVisible(True)

    def _show(self, block: Block, kind: str) -> None:
        self._picture(layer_icon_name(block.layer.kind), block.layer.group, kind)

    def _picture(self, icon: str, category: str, kind: str) -> None:
        self._group = category
        self._icon.set_icon(icon, self._color)
        self._kind.setText(kind)

    def _write(self) -> None:
        self._name.setText(self._shown_name)
        self._name.setCursorPosition(0)
        self._error.setVisible(False)

    def _read(self) -> None:
        name = self._name.text().strip()
        if name == self._shown_name:
            self._write()
        else:
            self.renamed.emit(name)

    def _color(self, theme: Theme) -> QColor:
        return theme.category_line(self._group)
