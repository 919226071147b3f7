"""What is selected: shared by the canvas, the property form, the problems and the feature maps."""

from __future__ import annotations

from collections.abc import Iterable

from PySide6.QtCore import QObject, Signal


class Selection(QObject):
    """Ids of blocks in the order they were selected; the last one is the current block.

    A group is selected by its blocks; `group` is the one that was meant as a whole, if it was one. Frames and
    comments can be selected as well, alone or with blocks.
    """

    changed = Signal()
    revealed = Signal(str)
    """Some view asks to bring this block into sight."""
    settings_wanted = Signal()
    """Some view asks for a form with the settings of the current block, ready to be typed into."""

    def __init__(self, parent: QObject | None = None) -> None:
        super().__init__(parent)
        self._ids: tuple[str, ...] = ()
        self._group: str | None = None
        self._notes: tuple[str, ...] = ()

    @property
    def ids(self) -> tuple[str, ...]:
        return self._ids

    @property
    def current(self) -> str | None:
        return self._ids[-1] if self._ids else None

    @property
    def group(self) -> str | None:
        return self._group

    @property
    def notes(self) -> tuple[str, ...]:
        """The ids of the selected frames and comments."""
        return self._notes

    @property
    def parts(self) -> tuple[str, ...]:
        """All that is selected: blocks, frames and comments."""
        return self._ids + self._notes

    def set(self, ids: Iterable[str], group: str | None = None, notes: Iterable[str] = ()) -> None:
        """Selects these blocks, frames and comments, and nothing else."""
        new = tuple(ids), group, tuple(notes)
        if new != (self._ids, self._group, self._notes):
            self._ids, self._group, self._notes = new
            self.changed.emit()

    def reveal(self, block_id: str) -> None:
        """Selects one block and brings it into sight."""
        self.set([block_id])
        self.revealed.emit(block_id)
