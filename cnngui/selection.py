"""Which blocks are selected: shared by the canvas, the property form, the problems and the feature maps."""

from __future__ import annotations

from collections.abc import Iterable

from PySide6.QtCore import QObject, Signal


class Selection(QObject):
    """Ids in the order they were selected; the last one is the current block."""

    changed = Signal()
    revealed = Signal(str)
    """Some view asks to bring this block into sight."""

    def __init__(self, parent: QObject | None = None) -> None:
        super().__init__(parent)
        self._ids: tuple[str, ...] = ()

    @property
    def ids(self) -> tuple[str, ...]:
        return self._ids

    @property
    def current(self) -> str | None:
        return self._ids[-1] if self._ids else None

    def set(self, ids: Iterable[str]) -> None:
        new = tuple(ids)
        if new != self._ids:
            self._ids = new
            self.changed.emit()

    def reveal(self, block_id: str) -> None:
        """Selects one block and brings it into sight."""
        self.set([block_id])
        self.revealed.emit(block_id)
