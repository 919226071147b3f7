"""What a remedy is, and what the proposals for one are."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, replace
from typing import Protocol

from core.design.graph import Graph
from core.project import Project
from core.training.plan import Plan


@dataclass(frozen=True)
class Fix:
    """A remedy: `title` says what it does; `apply` does it, and raises DesignError if it can't."""

    title: str
    apply: Callable[[Project], Project]


class Proposal(Protocol):
    """What may be a remedy: it is tried before it is offered."""

    @property
    def title(self) -> str: ...

    @property
    def is_last_resort(self) -> bool:
        """Whether it is one only where nothing else cures, but to delete a block."""

    def apply(self, project: Project, /) -> Project:
        """Raises CoreError if it can't."""


@dataclass(frozen=True)
class DesignEdit:
    """A proposal that changes the design alone; `edit` raises DesignError if it can't."""

    title: str
    edit: Callable[[Graph], Graph]
    is_last_resort: bool = False

    def apply(self, project: Project) -> Project:
        return replace(project, design=self.edit(project.design))


@dataclass(frozen=True)
class PlanEdit:
    """A proposal that changes the plan alone."""

    title: str
    edit: Callable[[Plan], Plan]
    is_last_resort: bool = False

    def apply(self, project: Project) -> Project:
        return replace(project, plan=self.edit(project.plan))
