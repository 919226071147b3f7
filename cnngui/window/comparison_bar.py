"""What the design is compared with, above the canvas: how much is new, gone and changed, and the way out."""

from __future__ import annotations

from collections.abc import Callable
from typing import Final

from PySide6.QtGui import QColor
from PySide6.QtWidgets import QHBoxLayout, QPushButton, QWidget

from cnngui.models.comparing import Comparing
from cnngui.theme.theme import GRID, SPACING, Theme, ThemeManager
from cnngui.widgets.small import IconLabel, TextLabel
from core.design.difference import Difference
from core.schema.written import counted_text

_SIGNS: Final[dict[str, tuple[str, Callable[[Theme], QColor]]]] = {
    "new": ("plus", lambda theme: theme.added),
    "gone": ("minus", lambda theme: theme.muted),
    "changed": ("tilde", lambda theme: theme.changed),
}
"""The icons are the signs on the canvas."""
_BY_ORDER: Final = "The two are of different origin: blocks are matched by kind, name and order"


class ComparisonBar(QWidget):
    """Hidden while nothing is compared."""

    def __init__(self, comparing: Comparing, themes: ThemeManager) -> None:
        super().__init__()
        self._comparing = comparing
        self.title = TextLabel(bold=True)
        self.counts = {name: TextLabel() for name in _SIGNS}
        self._icons = {
            name: IconLabel(themes, icon, color, size=16) for name, (icon, color) in _SIGNS.items()
        }
        self.remark = TextLabel()
        self.stop = QPushButton("Stop comparing")
        self.stop.setToolTip("Esc, on the canvas")
        self.stop.clicked.connect(comparing.stop)
        row = QHBoxLayout(self)
        row.setContentsMargins(SPACING, GRID, SPACING, GRID)
        row.setSpacing(SPACING)
        row.addWidget(self.title)
        for name, label in self.counts.items():
            row.addWidget(self._icons[name])
            row.addWidget(label)
        row.addWidget(self.remark, 1)
        row.addWidget(self.stop)
        comparing.changed.connect(self._follow)
        self._follow()

    def _follow(self) -> None:
        found = self._comparing.difference
        self.setVisible(found is not None)
        if found is None:
            return
        self.title.setText(f"Compared with {self._comparing.name}")
        for name, count in _counts(found).items():
            self.counts[name].setText(f"{counted_text(count, 'block')} {name}")
            for widget in (self.counts[name], self._icons[name]):
                widget.setVisible(count > 0)
        self.remark.setText(_remark(found))
        self.remark.setToolTip(_BY_ORDER if found.matching == "order" else "")
        self.setAccessibleName(self.title.text())


def _counts(found: Difference) -> dict[str, int]:
    return {"new": len(found.added), "gone": len(found.removed), "changed": len(found.changed)}


def _remark(found: Difference) -> str:
    """What the signs don't say."""
    if not found:
        return "There is no difference."
    if found.computes_the_same and not found.changed:
        return "Only places, groups or notes differ."
    new, gone = len(found.added_wires), len(found.removed_wires)
    wires = [counted_text(new, "new wire")] * bool(new) + [f"{counted_text(gone, 'wire')} gone"] * bool(gone)
    return "; ".join((*wires, *(f"{group.name}: {group.sentence}" for group in found.groups)))
