"""Small designs with random faults, and what has to hold of every remedy that is offered for them."""

from __future__ import annotations

import random
from dataclasses import replace
from itertools import combinations
from typing import Any

from core.design import edits
from core.design.direction import Direction
from core.design.expand import computed
from core.design.graph import Block, Graph
from core.design.groups import group, set_repeat
from core.design.infer import Inference
from core.design.spec import DataSpec
from core.errors import DesignError, Problem
from core.layers import LAYERS, Layer
from core.layers.input import Input
from core.project import Project, inspect
from core.repair import MOST, fixes
from core.schema.param import Param, params_of
from core.training.plan import Plan

SHAPES = ((1, 28, 28), (3, 8, 8), (1, 9, 13), (784,), (12,), (2, 1, 1))
MIDDLE = (
    "conv2d",
    "conv2d",
    "depthwise_conv2d",
    "transposed_conv2d",
    "max_pool",
    "average_pool",
    "global_average_pool",
    "adaptive_average_pool",
    "batch_norm",
    "layer_norm",
    "group_norm",
    "dropout",
    "flatten",
    "reshape",
    "zero_pad",
    "crop",
    "upsample",
    "dense",
    "relu",
    "sigmoid",
    "softmax",
)
MERGES = ("add", "multiply", "concatenate")
ENDS = ("classification", "classification", "binary_classification", "regression", "reconstruction")
SIZE = (168, 100)
"""Of a block on the canvas, in pixels."""


def design(rng: random.Random) -> Graph:
    """A chain with branches of random layers, each block on a place of its own; faults come by themselves."""
    graph = Graph(direction=rng.choice(list(Direction)))
    loose = [_add(graph := _placed(graph, rng, "input"))]
    for _ in range(rng.randrange(2, 9)):
        kind = rng.choice(MIDDLE)
        graph = _placed(graph, rng, kind)
        new = _add(graph)
        graph = edits.connect(graph, rng.choice(loose[-2:]), new)
        loose.append(new)
        if len(loose) > 3 and rng.random() < 0.3:
            graph = _placed(graph, rng, rng.choice(MERGES))
            for source in rng.sample(loose[-4:], 2):
                graph = edits.connect(graph, source, _add(graph))
            loose.append(_add(graph))
    graph = _placed(graph, rng, rng.choice(ENDS))
    graph = edits.connect(graph, loose[-1], _add(graph))
    return _spoilt(graph, rng)


def project(rng: random.Random) -> tuple[Project, DataSpec | None]:
    """A project, and data that fit its design or don't."""
    classes = rng.choice((0, 1, 2, 10))
    values = rng.choice((1, 10)) if classes == 0 else 1
    data = DataSpec(rng.choice(SHAPES), classes, values, one_hot=values == 10 and rng.random() < 0.5)
    plan = Plan(batch_size=rng.choice((1, 64)))
    return Project(design(rng), plan), rng.choice((data, None))


def faults(project: Project, data: DataSpec | None) -> list[str]:
    """What is wrong with the remedies of a project: nothing."""
    found = inspect(project, data)
    told = [line for problem in found.problems for line in _of_problem(project, problem, found, data)]
    return list(dict.fromkeys(told))


def _of_problem(project: Project, problem: Problem, before: Inference, data: DataSpec | None) -> list[str]:
    told = []
    offered = fixes(project, problem, data)
    results = {fix.title: fix.apply(project) for fix in offered}
    if len(offered) > MOST or len(results) < len(offered):
        told.append(f"{problem}: titles {[fix.title for fix in offered]}")
    for (one, a), (other, b) in combinations(results.items(), 2):
        if (a.plan, *map(set, computed(a.design))) == (b.plan, *map(set, computed(b.design))):
            told.append(f"{problem}: {one!r} does the same as {other!r}")
    for title, after in results.items():
        told += [f"{problem}: {title!r} {what}" for what in _of_result(project, after, problem, before, data)]
    return told


def _of_result(
    project: Project, after: Project, problem: Problem, before: Inference, data: DataSpec | None
) -> list[str]:
    found = inspect(after, data)
    told = []
    if problem in found.problems:
        told.append("doesn't cure")
    for block in after.design.blocks:
        had, has = _badness(project.design, before, block), _badness(after.design, found, block)
        if block.id not in project.design.by_id and _is_wrong(found, block):
            told.append(f"adds {block.name}, which can't work: {found.problem(block.id)}")
        if has > had and before.shapes:
            told.append(f"makes {block.name} worse: {found.problem(block.id)}")
        if block.id == problem.block and _alike(problem, found) >= _alike(problem, before) and before.shapes:
            told.append(f"leaves {found.problem(block.id)}")
    if before.shapes and {p for p in found.problems if p.block is None} - set(before.problems):
        told.append("takes an end away")
    told += _overlaps(project.design, after.design)
    return told


def _alike(problem: Problem, inference: Inference) -> int:
    """Problems of its block that are no less bad; of a block that waits, there may be some."""
    known = [p for p in inference.problems if p.block == problem.block]
    waits = problem.block not in inference.shapes and not known
    return waits + sum(p.severity in ("error", problem.severity) for p in known)


def _is_wrong(inference: Inference, block: Block) -> bool:
    problem = inference.problem(block.id)
    return problem is not None and problem.severity == "error"


def _badness(graph: Graph, inference: Inference, block: Block) -> int:
    """0 for a sound block, 1 with a warning, 2 for one that can't be computed, or isn't there."""
    if block.id not in inference.shapes or _is_wrong(inference, block):
        return 2
    return int(inference.problem(block.id) is not None)


def _overlaps(before: Graph, after: Graph) -> list[str]:
    """Blocks that lie on one another, and didn't before."""
    told = []
    for one, other in combinations(after.blocks, 2):
        known = one.id in before.by_id and other.id in before.by_id
        if _meet(one, other) and not (known and _meet(before[one.id], before[other.id])):
            told.append(f"puts {one.name} on {other.name}")
    return told


def _meet(one: Block, other: Block) -> bool:
    return all(abs(a - b) < size for a, b, size in zip(one.position, other.position, SIZE, strict=True))


def _add(graph: Graph) -> str:
    return graph.blocks[-1].id


def _placed(graph: Graph, rng: random.Random, kind: str) -> Graph:
    """One block more, on a place of its own: in rows, as arranging leaves them."""
    taken = {block.position for block in graph.blocks}
    column = len(graph.blocks)
    place = graph.direction.turn(
        (232.0 * rng.randrange(max(1, column - 2), column + 2), 160.0 * rng.randrange(3))
    )
    while place in taken:
        place = graph.direction.turn((232.0 * rng.randrange(column + 4), 160.0 * rng.randrange(3)))
    return edits.add(graph, edits.new_block(graph, _layer(rng, kind), place))


def _layer(rng: random.Random, kind: str) -> Layer:
    if kind == "input":
        return Input(shape=rng.choice(SHAPES))
    declared = LAYERS[kind]
    settings = {p.name: _value(p, rng) for p in params_of(declared) if rng.random() < 0.4}
    return declared(**{name: value for name, value in settings.items() if value is not None})


def _value(declared: Param, rng: random.Random) -> Any:
    """An allowed value; None for the default."""
    if declared.kind == "bool":
        return rng.random() < 0.5
    if declared.kind == "choice":
        return rng.choice(declared.choices)
    low = int(declared.min or 0)
    if declared.kind == "int":
        return max(low, rng.choice((1, 2, 3, 4, 6, 10, 16)))
    if declared.kind == "pair":
        return max(low, rng.choice((1, 2, 3, 5, 9))), max(low, rng.choice((1, 2, 3, 5, 9)))
    if declared.kind == "padding":
        return rng.choice(("valid", "same", (1, 0, 2, 1)))
    if declared.name == "border":
        return tuple(rng.randrange(4) for _ in range(4))
    return None


def _spoilt(graph: Graph, rng: random.Random) -> Graph:
    """Perhaps with a block or a wire less, one more, or a group that repeats."""
    choice = rng.random()
    blocks = [block.id for block in graph.blocks]
    if choice < 0.15:
        return edits.remove(graph, [rng.choice(blocks)], reconnect=rng.random() < 0.5)
    if choice < 0.3:
        return edits.disconnect(graph, rng.choice(graph.wires))
    if choice < 0.4:
        return _placed(graph, rng, rng.choice((*MIDDLE, "input", "classification")))
    if choice < 0.5 and len(blocks) > 3:
        try:
            graph = group(graph, blocks[1:3])
            return set_repeat(graph, graph.groups[0].id, 2)
        except DesignError:
            return graph
    if choice < 0.55:
        wire = rng.choice(graph.wires)  # what a damaged file may hold
        return replace(graph, wires=(*graph.wires, replace(wire, source=wire.target, input=1)))
    return graph
