"""Which blocks are selected: shared by the canvas, the property form, the problems and the feature maps."""

from __future__ import annotations

from collections.abc import Iterable

from PySide6.QtCore import QObject, Signal


class Selection(QObject):
    """Ids of blocks in the order they were selected; the last one is the current block.

    A group is selected by its blocks; `group` is the one that was meant as a whole, if it was one.
    """

    changed = Signal()
    revealed = Signal(str)
    """Some view asks to bring this block into sight."""

    def __init__(self, parent: QObject | None = None) -> None:
        super().__init__(parent)
        self._ids: tuple[str, ...] = ()
        self._group: str | None = None

    @property
    def ids(self) -> tuple[str, ...]:
        return self._ids

    @property
    def current(self) -> str | None:
        return self._ids[-1] if self._ids else None

    @property
    def group(self) -> str | None:
        return self._group

    def set(self, ids: Iterable[str], group: str | None = None) -> None:
        new = tuple(ids)
        if (new, group) != (self._ids, self._group):
            self._ids, self._group = new, group
            self.changed.emit()

    def reveal(self, block_id: str) -> None:
        """Selects one block and brings it into sight."""
        self.set([block_id])
        self.revealed.emit(block_id)
