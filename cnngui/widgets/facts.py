"""What follows from settings, in two columns."""

from __future__ import annotations

from collections.abc import Mapping

from PySide6.QtCore import Qt
from PySide6.QtWidgets import QFormLayout, QLabel, QWidget

from cnngui.theme.theme import GRID
from cnngui.widgets.small import MUTED, TextLabel


class Facts(QWidget):
    """What follows from the settings: names on the left, values on the right."""

    NAMES = ("Blocks", "Input", "Output", "Parameters", "Multiply-adds")

    def __init__(self) -> None:
        super().__init__()
        self._form = QFormLayout(self)
        self._form.setContentsMargins(0, 0, 0, 0)
        self._form.setVerticalSpacing(GRID)
        self._values: dict[str, TextLabel] = {}
        for name in self.NAMES:
            value = TextLabel()
            value.setAlignment(Qt.AlignmentFlag.AlignRight)
            value.setTextInteractionFlags(Qt.TextInteractionFlag.TextSelectableByMouse)
            label = QLabel(name)
            label.setForegroundRole(MUTED)
            self._form.addRow(label, value)
            self._values[name] = value

    def set_rows(self, rows: Mapping[str, str]) -> None:
        """Shows the facts given, and hides the others."""
        for name, value in self._values.items():
            value.setText(rows.get(name, ""))
            self._form.setRowVisible(value, name in rows)
