"""The document's value: a design, how it is to be trained, and on which data."""

from __future__ import annotations

from dataclasses import dataclass, field

from core.design.graph import Graph
from core.training.plan import Plan


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
