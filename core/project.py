"""The document's value: a design, how it is to be trained, and on which data."""

from __future__ import annotations

from dataclasses import dataclass, field, replace

from core.design.difference import Difference, Matching, difference
from core.design.graph import Graph
from core.design.infer import Inference, infer
from core.design.spec import DataSpec
from core.schema.settings_changed import SettingChange
from core.training.plan import Plan
from core.training.plan_changes import plan_changes


@dataclass(frozen=True)
class DataChoice:
    """What a network learns from. `source` is the spec of a data source (`load_source`); None: none yet."""

    source: str | None = None


@dataclass(frozen=True)
class Project:
    """All that is edited, undone and marked as unsaved together. Weights and runs aren't in it."""

    design: Graph = field(default_factory=Graph)
    plan: Plan = field(default_factory=Plan)
    data: DataChoice = field(default_factory=DataChoice)


def inspect(project: Project, data: DataSpec | None = None) -> Inference:
    """Shapes and problems of the project's design, also against its plan and the data that are known.

    Problems of the plan's own settings come last.
    """
    found = infer(project.design, data, single=trains_singly(project.plan))
    wrong = project.plan.problems()
    return replace(found, problems=(*found.problems, *wrong)) if wrong else found


def trains_singly(plan: Plan) -> bool:
    """Whether a step of the training sees one sample: all of a sound plan that a design depends on."""
    return plan.batch_size == 1


@dataclass(frozen=True)
class ProjectDifference:
    """What leads from one project to another."""

    design: Difference
    plan: tuple[SettingChange, ...]
    data: tuple[SettingChange, ...]

    def __bool__(self) -> bool:
        return bool(self.design or self.plan or self.data)


def project_difference(
    before: Project, after: Project, matching: Matching | None = None
) -> ProjectDifference:
    """How `after` differs from `before`; `matching` is that of `core.design.difference`."""
    sources = before.data.source, after.data.source
    data = (SettingChange("source", "Source", *sources),) if sources[0] != sources[1] else ()
    designs = difference(before.design, after.design, matching)
    return ProjectDifference(designs, plan_changes(before.plan, after.plan), data)
