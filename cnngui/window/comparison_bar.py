"""What the design is compared with, above the canvas: how much is new, gone and changed, and the way out."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from typing import Final, NamedTuple

from PySide6.QtGui import QColor
from PySide6.QtWidgets import QHBoxLayout, QPushButton, QWidget

from cnngui.models.comparing import Comparing
from cnngui.theme.theme import GRID, SPACING, Theme, ThemeManager
from cnngui.widgets.elided import ElidedLabel
from cnngui.widgets.small import IconLabel
from core.design.difference import Difference
from core.schema.written import count_text, counted_text


class _Kind(NamedTuple):
    """A sort of difference, with the sign that it has on the canvas, too."""

    icon: str
    color: Callable[[Theme], QColor]
    count: Callable[[Difference], int]
    said: Callable[[int], str]
    word: str


_KINDS: Final = (
    _Kind(
        "plus",
        lambda theme: theme.added,
        lambda d: len(d.added),
        lambda n: counted_text(n, "new block"),
        "new",
    ),
    _Kind(
        "minus",
        lambda theme: theme.muted,
        lambda d: len(d.removed),
        lambda n: f"{counted_text(n, 'block')} gone",
        "gone",
    ),
    _Kind(
        "tilde",
        lambda theme: theme.changed,
        lambda d: len(d.changed),
        lambda n: counted_text(n, "changed block"),
        "changed",
    ),
)
_BY_ORDER: Final = "The two are of different origin: blocks are matched by kind, name and order."


class ComparisonBar(QWidget):
    """Hidden while nothing is compared."""

    def __init__(self, comparing: Comparing, themes: ThemeManager) -> None:
        super().__init__()
        self._comparing = comparing
        self.title = ElidedLabel(hugs=True)
        self.counts = {kind.word: ElidedLabel(hugs=True) for kind in _KINDS}
        self._icons = {kind.word: IconLabel(themes, kind.icon, kind.color, size=16) for kind in _KINDS}
        self.remark = ElidedLabel()
        self.stop = QPushButton("Stop comparing")
        self.stop.setToolTip("Esc, on the canvas")
        self.stop.clicked.connect(comparing.stop)
        row = QHBoxLayout(self)
        row.setContentsMargins(SPACING, GRID, SPACING, GRID)
        row.setSpacing(SPACING)
        row.addWidget(self.title)
        for word, label in self.counts.items():
            row.addWidget(self._icons[word])
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
        name = self._comparing.name
        title, remark = f"Compared with {name}", ". ".join(_remarks(found))
        self.title.set_texts(title, name)
        for kind in _KINDS:
            count = kind.count(found)
            self.counts[kind.word].set_texts(kind.said(count), f"{count_text(count)} {kind.word}")
            for widget in (self.counts[kind.word], self._icons[kind.word]):
                widget.setVisible(count > 0)
        wires = len(found.added_wires) + len(found.removed_wires)
        self.remark.set_texts(remark, *[counted_text(wires, "wire")] * bool(wires))
        said = [kind.said(kind.count(found)) for kind in _KINDS if kind.count(found)]
        matching = _BY_ORDER if found.matching == "order" else ""
        self.setToolTip("\n".join(filter(None, (title, *said, remark, matching))))
        self.setAccessibleName(title)
        self.setAccessibleDescription(self.toolTip())


def _remarks(found: Difference) -> Iterator[str]:
    """What the signs of blocks don't say."""
    if not found:
        yield "There is no difference"
    elif found.computes_the_same and not found.changed:
        yield "Only places, groups or notes differ"
    new, gone = len(found.added_wires), len(found.removed_wires)
    if new:
        yield counted_text(new, "new wire")
    if gone:
        yield f"{counted_text(gone, 'wire')} gone"
    for group in found.groups:
        yield f"{group.name}: {group.sentence}"
