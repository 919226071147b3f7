"""The open project: design, plan and data as one value, its undo history, and where it is saved."""

from __future__ import annotations

from collections import deque
from collections.abc import Callable
from dataclasses import dataclass, field, replace
from pathlib import Path
from typing import TYPE_CHECKING

from PySide6.QtCore import QObject, Signal
from PySide6.QtGui import QUndoCommand, QUndoStack
from shiboken6 import isValid

from core.design.bounds import check_bounds
from core.design.expand import expand
from core.design.graph import Graph
from core.design.infer import Inference, finds_the_same
from core.design.spec import DataSpec
from core.errors import Problem
from core.project import DataChoice, Project, inspect, trains_singly
from core.training.plan import Plan

if TYPE_CHECKING:
    from core.repair import Fix

_OfPlan = tuple[bool, tuple[Problem, ...]]
"""Whether a step of the training sees one sample, and what is wrong with the plan itself."""
_Asked = tuple[Graph, DataSpec | None, _OfPlan]
"""What an inference depends on: design, data, and a part of the plan."""
UNTITLED = "untitled"
"""By this name the runs of a project are known that is in no file."""
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
    """Views read `project` and what comes of it; they change it through `change` and its like alone."""

    changed = Signal()
    """The design, the inference or what is known of the data is another one."""
    plan_changed = Signal()
    source_changed = Signal()
    """`project.data` is another one; the data themselves come later, if at all."""
    opened = Signal()
    """Another project is open; what was meant for the one before is to be forgotten."""
    saved_state_changed = Signal()
    """The path or the "unsaved" mark is another one."""

    def __init__(self, parent: QObject | None = None, project: Project | None = None) -> None:
        super().__init__(parent)
        self.undo_stack = QUndoStack(self)
        self._project = self._saved = project or Project()
        self._modified = False
        self._data: DataSpec | None = None
        self._made_for: Callable[[DataSpec | None], Graph] | None = None
        self._inferred: deque[tuple[_Asked, Inference]] = deque(maxlen=_REMEMBERED)
        self._inference = self._infer()
        self._run_problem: Problem | None = None
        self._path: Path | None = None
        self._is_guided = False

    def __del__(self) -> None:
        """The commands refer to the document: as garbage, they would be freed here and again by the stack."""
        if isValid(self.undo_stack):
            self.undo_stack.blockSignals(True)
            self.undo_stack.clear()

    # -- what it is ------------------------------------------------------------------------------------------

    @property
    def project(self) -> Project:
        return self._project

    @property
    def graph(self) -> Graph:
        """The project's design."""
        return self._project.design

    @property
    def plan(self) -> Plan:
        """How the design is to be trained."""
        return self._project.plan

    @property
    def inference(self) -> Inference:
        """Shapes and problems, the problem of the last run among them."""
        found = self._inference
        problems = found.problems
        if self._is_guided:
            problems = tuple(problem for problem in problems if not problem.unfinished)
        if self._run_problem is not None:
            problems = (self._run_problem, *problems)
        return found if problems is found.problems else replace(found, problems=problems)

    @property
    def obstacles(self) -> tuple[Problem, ...]:
        """What keeps the design from being trained now."""
        if not self.graph.blocks:
            return (Problem("The design is empty.", "Begin with an Input block, or open an example."),)
        return self._inference.errors

    @property
    def data(self) -> DataSpec | None:
        """What the data give, as far as they are there; the inference checks the design against it."""
        return self._data

    @data.setter
    def data(self, data: DataSpec | None) -> None:
        if data != self._data:
            self._show(self._project, data)

    @property
    def path(self) -> Path | None:
        return self._path

    @property
    def name(self) -> str:
        """By which its runs are known: that of its file."""
        return self._path.stem if self._path is not None else UNTITLED

    @property
    def saved(self) -> Project:
        """What was opened or saved last."""
        return self._saved

    @property
    def modified(self) -> bool:
        """Whether the project is another one than what was opened or saved last."""
        return self._modified

    @property
    def is_blank(self) -> bool:
        """Whether there is nothing but a choice of data, which stays when something is opened."""
        empty = self._path is None and not self.graph.blocks
        return empty and replace(self._saved, data=self._project.data) == self._project

    # -- edits -----------------------------------------------------------------------------------------------

    def change(self, text: str, change: Callable[[Project], Project], merge_key: str = "") -> None:
        """Makes an edit that can be undone under the name `text`; one that changes nothing leaves no trace.

        Edits in a row with the same non-empty `merge_key` become one step. Raises DesignError from `change`,
        and where the design would become larger than the canvas can draw.
        """
        before, after = self._project, change(self._project)
        check_bounds(after.design, before.design)
        if after != before:
            self.undo_stack.push(Edit(self, text, before, after, merge_key))

    def edit(self, text: str, change: Callable[[Graph], Graph], merge_key: str = "") -> None:
        """Changes the design alone, as `change` does."""
        self.change(text, lambda project: replace(project, design=change(project.design)), merge_key)

    def set_plan(self, plan: Plan, text: str = "Change plan", merge_key: str = "") -> None:
        """Changes the plan alone, as `change` does. A run that is on follows it."""
        self.change(text, lambda project: replace(project, plan=plan), merge_key)

    def take_data(self, choice: DataChoice, data: DataSpec) -> None:
        """The data of a choice are there. Another choice than the project's becomes an edit.

        A design that follows the data (`open_project`) is made anew for these.
        """
        before, design = self._project, self.graph
        if self._made_for is not None and design == self._made_for(self._data):
            design = self._made_for(data)
        after = replace(before, design=design, data=choice)
        if choice != before.data:
            self._show(after, data)
            self.undo_stack.push(Edit(self, "Choose data", before, after))
        else:
            untouched = self._path is None and self.undo_stack.count() == 0
            self._show(after if untouched else before, data)

    def show(self, project: Project) -> None:
        """Makes `project` the current one, without a trace in the history: for the undo commands."""
        self._show(project, self._data)

    def _show(self, project: Project, data: DataSpec | None) -> None:
        before, self._project = self._project, project
        known, self._data = self._data, data
        other_question = data != known or _matters(before.plan) != _matters(project.plan)
        other_design = project.design is not before.design or other_question
        if other_question or (other_design and not finds_the_same(before.design, project.design)):
            self._inference = self._infer()
        had_problem = self._run_problem is not None
        if other_design or project is not before:
            self._run_problem = None
            if other_design or had_problem:
                self.changed.emit()
        if project.plan != before.plan:
            self.plan_changed.emit()
        if project.data != before.data:
            self.source_changed.emit()
        self._mark(self._path)

    # -- problems --------------------------------------------------------------------------------------------

    def _infer(self) -> Inference:
        """`inspect`, remembered for the graphs that undo and redo lead back to."""
        asked = self.graph, self._data, _matters(self.plan)
        for (graph, *others), found in self._inferred:
            if graph is self.graph and tuple(others) == asked[1:]:
                return found
        found = inspect(self._project, self._data)
        self._inferred.append((asked, found))
        return found

    def with_fixes(self, problem: Problem) -> MendableProblem:
        """The problem with the remedies that cure it in this design, on this data."""
        from core.repair import fixes  # noqa: PLC0415  # a sound design is drawn without it

        return replace(without_fixes(problem), fixes=fixes(self._project, problem, self._data))

    def guide(self, guided: bool) -> None:
        """While a lesson says what comes next, `inference` doesn't warn that the design isn't complete."""
        if guided != self._is_guided:
            self._is_guided = guided
            if any(problem.unfinished for problem in self._inference.problems):
                self.changed.emit()

    def show_run_problem(self, problem: Problem | None) -> None:
        """Shows what went wrong in a run, at its block; the next run or edit takes it away."""
        if problem is not None and problem.block is not None:
            problem = replace(problem, block=expand(self.graph).origin(problem.block))
        if problem != self._run_problem:
            self._run_problem = problem
            self.changed.emit()

    # -- opening and saving ----------------------------------------------------------------------------------

    def open(self, graph: Graph, path: Path | None = None) -> None:
        """Starts over with another design and an empty history; plan and data stay."""
        self.open_project(replace(self._project, design=graph), path)

    def open_project(
        self,
        project: Project,
        path: Path | None = None,
        made_for: Callable[[DataSpec | None], Graph] | None = None,
    ) -> None:
        """Starts over with another project and an empty history. One without data gets those there are.

        `made_for` gives the design made for some data, or for unknown ones: as long as the project's design
        is what it gives, it follows the data, until `keep_design`.
        """
        self.undo_stack.clear()
        if project.data == DataChoice():
            project = replace(project, data=self._project.data)
        same = project.design is self.graph
        self._made_for, self._run_problem, self._saved = made_for, None, project
        self._show(project, self._data)
        if same:
            self.changed.emit()
        self._mark(path)
        self.opened.emit()

    def keep_design(self) -> None:
        """From now on, the design doesn't follow the data any more: a file or a run hangs on it."""
        self._made_for = None

    def mark_saved(self, path: Path, project: Project) -> None:
        """Notes where a project is saved: this one, or what it was a while ago."""
        self.keep_design()
        self._saved = project
        if project == self._project:
            self.undo_stack.setClean()  # what comes is another step, also where it could be merged
        self._mark(path)

    def _mark(self, path: Path | None) -> None:
        before = self._path, self._modified
        self._path, self._modified = path, self._project is not self._saved and self._project != self._saved
        if (self._path, self._modified) != before:
            self.saved_state_changed.emit()


class Edit(QUndoCommand):
    """The one undo command of edits: undo shows the project before, redo the one after.

    Edits in a row with the same `merge_key` become one.
    """

    def __init__(
        self, document: Document, text: str, before: Project, after: Project, merge_key: str = ""
    ) -> None:
        super().__init__(text)
        self._document = document
        self._before = before
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
        self.setObsolete(self._after == self._before)  # there and back again is no step
        return True


def _matters(plan: Plan) -> _OfPlan:
    """All of a plan that an inference depends on."""
    return trains_singly(plan), plan.problems()
