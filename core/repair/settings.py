"""Remedies for settings that are out of their limits or don't fit together."""

from __future__ import annotations

import math
from collections.abc import Iterator, Mapping, Sequence
from functools import partial, reduce
from typing import Any

from core.design.before import before
from core.design.edits import set_param
from core.design.graph import Block, Graph
from core.errors import Problem, UsageError
from core.layers.normalisation import BatchNorm, LayerNorm
from core.layers.reshape import Reshape
from core.maths.arrays import Shape
from core.repair.fix import DesignEdit
from core.repair.tools import give, set_value, with_layer
from core.repair.ways import image_shapes
from core.schema.param import Param, params_of, wrong_of


def proposals(graph: Graph, problem: Problem, shapes: Mapping[str, Shape]) -> Iterator[DesignEdit]:
    """What fits what enters the block, the nearest allowed value of the setting, and its default."""
    if problem.block is None or problem.parameter is None:
        return
    block = graph[problem.block]
    if (
        isinstance(block.layer, BatchNorm) and problem.parameter == "batch_size"
    ):  # the plan's: too few to norm
        layer = LayerNorm(epsilon=block.layer.epsilon)
        yield DesignEdit(
            f"Make {block.name} a Layer Norm", partial(with_layer, block_id=block.id, layer=layer)
        )
    declared = next((p for p in params_of(type(block.layer)) if p.name == problem.parameter), None)
    if declared is None:
        return
    now = getattr(block.layer, declared.name)
    if len(block.layer.wrong) > 1:
        yield _all_wrong(block)
    wrong = wrong_of(block.layer)
    written = declared.parse(wrong[declared.name]) if declared.name in wrong else now
    entering = [shapes[w.source] for w in graph.incoming(block.id) if w.source in shapes]
    if declared.name == "groups" and entering:
        yield from _dividing_groups(block, entering[0], now)
    fitting = list(_shapes(graph, block, entering, now)) if declared.name == "shape" else []
    if isinstance(block.layer, Reshape):
        source = next(before(graph, block), block)
        yield from filter(None, [give(source, math.prod(now))])
    for value in (*fitting, _nearest(declared, written), declared.default):
        if value is not None and (value != now or declared.name in wrong):
            yield set_value((block,), declared.name, value, own=True)


def _all_wrong(block: Block) -> DesignEdit:
    """Replaces all that is written wrongly: with some of it, the block would stay as broken as it is."""
    wrong = wrong_of(block.layer)
    params = {p.name: p for p in params_of(type(block.layer)) if p.name in wrong}
    near = {name: _nearest(p, p.parse(wrong[name])) for name, p in params.items()}
    values = {name: params[name].default if value is None else value for name, value in near.items()}
    return DesignEdit(
        f"Replace the {len(wrong)} wrong settings by the nearest allowed ones",
        lambda graph: reduce(lambda g, name: set_param(g, block.id, name, values[name]), values, graph),
    )


def _nearest(declared: Param, value: Any) -> Any:
    """What a text says, or the allowed number, or tuple of numbers, nearest to `value`; None without one."""
    if isinstance(value, str):
        return _said(declared, value)
    if isinstance(value, tuple) and declared.kind in ("pair", "shape", "padding"):
        near = tuple(_clamp(declared, number) for number in value)
        return near if declared.check(near) is None else None
    if declared.kind in ("int", "float"):
        near = _clamp(declared, value)
        return near if declared.check(near) is None else None
    return None


def _said(declared: Param, text: str) -> Any:
    """The allowed value that a text in place of one is, such as "3x3"; None where it is none."""
    try:
        return declared.parse_text(text)
    except UsageError:
        return None


def _clamp(declared: Param, value: Any) -> Any:
    is_number = isinstance(value, (int, float)) and not isinstance(value, bool)
    if not is_number or (isinstance(value, float) and math.isnan(value)):
        return declared.default
    kind = float if declared.kind == "float" else int
    if declared.max is not None and value > declared.max:
        return kind(declared.max)
    if declared.min is not None and value < declared.min:
        return kind(declared.min)
    return kind(value)


def _dividing_groups(block: Block, entering: Shape, groups: int) -> Iterator[DesignEdit]:
    """The largest numbers of groups, up to the present one, that divide the channels, and the filters."""
    filters = getattr(block.layer, "filters", entering[0])
    common = math.gcd(entering[0], filters)
    fitting = [g for g in range(min(common, max(groups, 1)), 0, -1) if common % g == 0]
    for number in [g for g in fitting if g != groups][:2]:
        yield set_value((block,), "groups", number, own=True)


def _shapes(graph: Graph, block: Block, entering: Sequence[Shape], now: Any) -> Iterator[Shape]:
    """Shapes near to the present one: of an image, if it has two numbers; of as many values as enter."""
    if block.layer.inputs == 0 and len(now) == 2:
        yield 1, *now
    if isinstance(block.layer, Reshape) and entering:
        values = math.prod(entering[0])
        pixels = math.prod(now[1:])
        if len(now) == 3 and values % pixels == 0:
            yield values // pixels, *now[1:]
        if len(now) == 3:
            yield from image_shapes(values)
        yield (values,)
