"""The open design: the current graph, its undo history, and where it is saved."""

from __future__ import annotations

from collections import deque
from collections.abc import Callable
from contextlib import suppress
from dataclasses import dataclass, field, replace
from pathlib import Path
from typing import TYPE_CHECKING

from PySide6.QtCore import QObject, Signal
from PySide6.QtGui import QUndoCommand, QUndoStack
from shiboken6 import isValid

from core.design.expand import expand
from core.design.graph import Graph
from core.design.infer import Inference, finds_the_same, infer
from core.design.spec import DataSpec
from core.errors import DesignError, Problem

if TYPE_CHECKING:
    from core.repair import Fix

_REMEMBERED = 50
"""Undo steps back that need no new inference."""


@dataclass(frozen=True)
class MendableProblem(Problem):
    """A problem with the remedies that one click applies, as far as they have been looked for."""

    fixes: tuple[Fix, ...] = field(default=(), compare=False, repr=False)


def without_fixes(problem: Problem) -> MendableProblem:
    """The problem before anybody has looked for remedies, which takes time."""
    return MendableProblem(**vars(problem))


class Document(QObject):
    """Views read `graph` and `inference` and listen to `changed`; they change it through `edit` alone."""

    changed = Signal()
    """The graph, the inference or the data's shape is another one."""
    saved_state_changed = Signal()
    """The path or the "unsaved" mark is another one."""

    def __init__(self, parent: QObject | None = None) -> None:
        super().__init__(parent)
        self.undo_stack = QUndoStack(self)
        self.undo_stack.cleanChanged.connect(self.saved_state_changed)
        self._graph = Graph()
        self._data: DataSpec | None = None
        self._inferred: deque[tuple[Graph, DataSpec | None, Inference]] = deque(maxlen=_REMEMBERED)
        self._inference = self._infer(self._graph)
        self._run_problem: Problem | None = None
        self._path: Path | None = None

    def __del__(self) -> None:
        """The commands refer to the document: as garbage, they would be freed here and again by the stack."""
        if isValid(self.undo_stack):
            self.undo_stack.blockSignals(True)
            self.undo_stack.clear()

    @property
    def graph(self) -> Graph:
        return self._graph

    @property
    def inference(self) -> Inference:
        """Shapes and problems, the problem of the last run among them."""
        if self._run_problem is None:
            return self._inference
        return replace(self._inference, problems=(self._run_problem, *self._inference.problems))

    @property
    def obstacles(self) -> tuple[Problem, ...]:
        """What keeps the design from being trained now."""
        if not self._graph.blocks:
            return (Problem("The design is empty.", "Drag an Input block onto the canvas."),)
        return self._inference.errors

    @property
    def data(self) -> DataSpec | None:
        """What the chosen data source gives; the inference checks the design against it."""
        return self._data

    @data.setter
    def data(self, data: DataSpec | None) -> None:
        if data != self._data:
            self._data = data
            self.show(self._graph)

    @property
    def path(self) -> Path | None:
        return self._path

    @property
    def modified(self) -> bool:
        return not self.undo_stack.isClean()

    def edit(self, text: str, change: Callable[[Graph], Graph], merge_key: str = "") -> None:
        """Makes an edit that can be undone under the name `text`; one that changes nothing leaves no trace.

        Edits in a row with the same non-empty `merge_key` become one step. Raises DesignError from `change`.
        """
        after = change(self._graph)
        if after != self._graph:
            self.undo_stack.push(Edit(self, text, after, merge_key))

    def mend(self, fix: Fix) -> None:
        """Applies a remedy; one that is for an earlier design does nothing."""
        with suppress(DesignError):
            self.edit(fix.title, fix.apply)

    def show(self, graph: Graph) -> None:
        """Makes `graph` the current one, without a trace in the history: for the undo command and loading."""
        before, self._graph = self._graph, graph
        self._run_problem = None
        if graph is before or not finds_the_same(before, graph):
            self._inference = self._infer(graph)
        self.changed.emit()

    def _infer(self, graph: Graph) -> Inference:
        """`core.design.infer`, remembered for the graphs that undo and redo lead back to."""
        for known, data, found in self._inferred:
            if known is graph and data == self._data:
                return found
        found = infer(graph, self._data)
        self._inferred.append((graph, self._data, found))
        return found

    def with_fixes(self, problem: Problem) -> MendableProblem:
        """The problem with the remedies that cure it in this design, on this data."""
        from core.repair import fixes  # noqa: PLC0415  # a sound design is drawn without it

        return replace(without_fixes(problem), fixes=fixes(self._graph, problem, self._data))

    def show_run_problem(self, problem: Problem | None) -> None:
        """Shows what went wrong in a run, at its block; the next edit or run takes it away."""
        if problem is not None and problem.block is not None:
            problem = replace(problem, block=expand(self._graph).origin(problem.block))
        if problem != self._run_problem:
            self._run_problem = problem
            self.changed.emit()

    def open(self, graph: Graph, path: Path | None = None) -> None:
        """Starts over with another design and an empty history."""
        self.undo_stack.clear()
        self.show(graph)
        self.mark_saved(path)

    def mark_saved(self, path: Path | None) -> None:
        """Notes where the design is saved as it is now."""
        self._path = path
        self.undo_stack.setClean()
        self.saved_state_changed.emit()


class Edit(QUndoCommand):
    """The one undo command of edits: undo sets the graph before, redo the one after.

    Edits with the same `merge_key` in a row become one.
    """

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
