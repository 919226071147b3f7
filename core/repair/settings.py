"""Remedies for settings that are out of their limits or don't fit together."""

from __future__ import annotations

import math
from collections.abc import Iterator
from typing import Any

from core.design.edits import set_param
from core.design.graph import Graph
from core.design.infer import infer
from core.errors import Problem
from core.repair.fix import DesignEdit
from core.schema.param import Param, params_of


def proposals(graph: Graph, problem: Problem) -> Iterator[DesignEdit]:
    """The nearest allowed value of the setting, its default, and groups that divide the channels."""
    if problem.block is None or problem.parameter is None:
        return
    block = graph[problem.block]
    declared = next((p for p in params_of(type(block.layer)) if p.name == problem.parameter), None)
    if declared is None:
        return
    now = getattr(block.layer, declared.name)
    if declared.name == "groups":
        yield from _dividing_groups(graph, block.id, now)
    for value in (_nearest(declared, now), declared.default):
        if value is not None and value != now:
            yield _set(block.id, declared, value)


def _set(block_id: str, declared: Param, value: Any) -> DesignEdit:
    shown = " × ".join(map(str, value)) if isinstance(value, tuple) else value
    title = f"Set {declared.label.lower()} to {shown}"
    return DesignEdit(title, lambda graph: set_param(graph, block_id, declared.name, value))


def _nearest(declared: Param, value: Any) -> Any:
    """The allowed number, or tuple of numbers, nearest to `value`; None where that has no meaning."""
    if isinstance(value, tuple) and declared.kind in ("pair", "shape", "padding"):
        near = tuple(_clamp(declared, number) for number in value)
        return near if declared.check(near) is None else None
    if declared.kind in ("int", "float"):
        near = _clamp(declared, value)
        return near if declared.check(near) is None else None
    return None


def _clamp(declared: Param, value: Any) -> Any:
    if isinstance(value, bool) or not isinstance(value, (int, float)) or math.isnan(value):
        return declared.default
    kind = float if declared.kind == "float" else int
    if declared.max is not None and value > declared.max:
        return kind(declared.max)
    if declared.min is not None and value < declared.min:
        return kind(declared.min)
    return kind(value)


def _dividing_groups(graph: Graph, block_id: str, groups: int) -> Iterator[DesignEdit]:
    """The largest number of groups, up to the present one, that divides input channels and filters."""
    wires = graph.incoming(block_id)
    entering = infer(graph).shapes.get(wires[0].source) if wires else None
    filters = getattr(graph[block_id].layer, "filters", None)
    if entering is None or not isinstance(filters, int):
        return
    common = math.gcd(entering[0], filters)
    best = max(g for g in range(1, common + 1) if common % g == 0 and g <= max(groups, 1))
    yield DesignEdit(f"Use {best} groups", lambda graph: set_param(graph, block_id, "groups", best))
