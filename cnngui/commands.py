"""The one undo command: it swaps the document's graph for the one before or after."""

from __future__ import annotations

from typing import TYPE_CHECKING

from PySide6.QtGui import QUndoCommand

from core.design.graph import Graph

if TYPE_CHECKING:
    from cnngui.document import Document


class Edit(QUndoCommand):
    """Undo sets `before`, redo sets `after`. Edits with the same `merge_key` in a row become one."""

    def __init__(self, document: Document, text: str, after: Graph, merge_key: str = "") -> None:
        super().__init__(text)
        self._document = document
        self._before = document.graph
        self._after = after
        self._merge_key = merge_key

    def undo(self) -> None:
        self._document.show(self._before)

    def redo(self) -> None:
        self._document.show(self._after)

    def id(self) -> int:
        return 1 if self._merge_key else -1

    def mergeWith(self, other: QUndoCommand) -> bool:
        if not isinstance(other, Edit) or other._merge_key != self._merge_key:
            return False
        self._after = other._after
        return True
