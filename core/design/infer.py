"""What every block of a design gives out, and what is wrong with it. Never raises: a problem is a value."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, replace
from functools import cached_property

from core.design.advice import advice
from core.design.expand import Expansion, expand
from core.design.graph import Block, Graph
from core.design.spec import DataSpec
from core.errors import CoreError, DesignError, Problem, ShapeError
from core.layers.base import Layer, Output
from core.maths.arrays import Parameter, Shape
from core.schema.param import param_of


@dataclass(frozen=True)
class Cost:
    """What a block costs: learned numbers, and multiply-adds of one forward pass of one sample."""

    parameters: int
    multiply_adds: int


@dataclass(frozen=True)
class Inference:
    """The shapes of all blocks that can be computed, and all problems, in the order of the graph.

    Copies of repeated groups (`expand`) have shapes, too; their problems are at the design's blocks.
    """

    shapes: dict[str, Shape]
    problems: tuple[Problem, ...]

    def problem(self, block_id: str) -> Problem | None:
        """The first problem of a block, errors before warnings."""
        return self._worst.get(block_id)

    @cached_property
    def _worst(self) -> dict[str | None, Problem]:
        found: dict[str | None, Problem] = {}
        for problem in self.problems:
            known = found.setdefault(problem.block, problem)
            if problem.severity < known.severity:
                found[problem.block] = problem
        return found

    @property
    def errors(self) -> tuple[Problem, ...]:
        """What keeps the design from being trained."""
        return tuple(p for p in self.problems if p.severity == "error")


def infer(graph: Graph, data: DataSpec | None = None, *, single: bool = False) -> Inference:
    """Shapes and problems of a design, also against the data it is to be trained on, where that is known.

    `single`: it is to be trained with one sample a step.
    """
    expansion = expand(graph)
    found = _infer(expansion.network, data, single=single)
    if expansion.network is graph:
        return found
    problems = [*expansion.problems, *(_at_origin(graph, problem) for problem in found.problems)]
    return Inference(found.shapes, tuple(_once(problems, expansion)))


def finds_the_same(one: Graph, other: Graph) -> bool:
    """Whether `infer` gives the same for both: they differ in places, notes and what is folded at most."""

    def settings(graph: Graph) -> list[tuple[object, ...]]:
        return [(group.id, group.name, group.members, group.repeat) for group in graph.groups]

    return (
        len(one.blocks) == len(other.blocks)
        and one.wires == other.wires
        and settings(one) == settings(other)
        and all(
            a is b or (a.id == b.id and a.layer == b.layer and a.name == b.name)
            for a, b in zip(one.blocks, other.blocks, strict=True)
        )
    )


def _once(problems: Iterable[Problem], expansion: Expansion) -> Iterator[Problem]:
    """Leaves out what a copy has in common with the one before it: they have the same settings."""
    seen = set()
    for problem in problems:
        key = problem.block, problem.parameter, problem.severity
        if key not in seen or problem.block not in expansion.copies:
            yield problem
        seen.add(key)


def _at_origin(graph: Graph, problem: Problem) -> Problem:
    """A problem of a copy, as one of the block in the design.

    Where only a later copy has it, the output of the group doesn't fit its own input.
    """
    expansion = expand(graph)
    if problem.block not in expansion.origins:
        return problem
    block = graph[expansion.origin(problem.block)]
    if problem.block == expansion.copies[block.id][0]:
        name = expansion.network[problem.block].name
        return replace(problem, message=problem.message.replace(name, block.name), block=block.id)
    group = next(graph.group(i) for i in graph.ancestors(block.id) if graph.group(i).repeat > 1)
    hint = f"{problem.hint} The output of {group.name} has to fit its own input, or it can't be repeated."
    return replace(problem, hint=hint.lstrip(), block=block.id)


def _infer(graph: Graph, data: DataSpec | None, *, single: bool) -> Inference:
    shapes: dict[str, Shape] = {}
    problems: list[Problem] = []
    try:
        order = graph.order
    except DesignError as error:
        return Inference({}, (error.problem,))
    for block in map(graph.__getitem__, order):
        found = infer_block(graph, block, shapes)
        if isinstance(found, Problem):
            problems.append(found)
        elif found is not None:
            shapes[block.id] = found
            problems.extend(advice(graph, block, shapes, data, single=single))
    problems.extend(_whole(graph))
    return Inference(shapes, tuple(problems))


def input_shapes(graph: Graph, block_id: str, shapes: dict[str, Shape]) -> list[Shape] | None:
    """The shapes that enter a block, or None where one isn't known."""
    try:
        return [shapes[wire.source] for wire in graph.incoming(block_id)]
    except KeyError:
        return None


def parameters(graph: Graph, shapes: dict[str, Shape]) -> dict[str, dict[str, Parameter]]:
    """The learned arrays of every block of a network, without repeats, whose shape is known."""
    return {
        block.id: block.layer.parameters(*(input_shapes(graph, block.id, shapes) or ()))
        for block in graph.blocks
        if block.id in shapes
    }


def cost(graph: Graph, block_id: str, shapes: dict[str, Shape]) -> Cost | None:
    """The cost of a block with all its copies, or None where a shape isn't known."""
    found = []
    for copy in expand(graph).copies_of(block_id):
        entering = input_shapes(expand(graph).network, copy, shapes)
        if copy not in shapes or entering is None:
            return None
        found.append(layer_cost(graph[block_id].layer, entering))
    return Cost(sum(one.parameters for one in found), sum(one.multiply_adds for one in found))


def layer_cost(layer: Layer, entering: Sequence[Shape]) -> Cost:
    """The cost of a layer for input shapes that it can work on."""
    learned = sum(spec.size for spec in layer.parameters(*entering).values() if spec.trainable)
    return Cost(learned, layer.multiply_adds(*entering))


def infer_block(graph: Graph, block: Block, shapes: dict[str, Shape]) -> Shape | Problem | None:
    """One block, from the shapes of those before it: its output's shape, or what is wrong with it.

    None where it only waits for a block before it.
    """
    for name, reason in block.layer.problems().items():
        label = param_of(type(block.layer), name).label
        return Problem(f"{block.name}, {label}: {reason}.", "Change the setting.", block.id, name)
    wires = graph.incoming(block.id)
    wanted = block.layer.inputs
    if wanted is None and len(wires) < 2:
        return Problem(
            f"{block.name} needs at least two inputs, got {len(wires)}.", "Draw another wire to it.", block.id
        )
    if wanted is not None and len(wires) < wanted:
        return Problem(f"{block.name} has no input.", "Draw a wire to its left side.", block.id)
    entering = input_shapes(graph, block.id, shapes)
    if entering is None:
        return None
    try:
        return block.layer.infer(*entering)
    except ShapeError as error:
        found = error.problem
        return replace(found, message=f"{block.name}: {found.message}", block=block.id)


def entry_shape(graph: Graph) -> Shape | None:
    """The shape of the samples that a design takes in; None where no block takes any."""
    entries = (infer_block(graph, block, {}) for block in graph.blocks if block.layer.inputs == 0)
    found = next(entries, None)
    return found if isinstance(found, tuple) else None


def _whole(graph: Graph) -> Iterator[Problem]:
    """What the design as a whole lacks."""
    if not graph.blocks:
        return
    entries = [block for block in graph.blocks if block.layer.inputs == 0]
    exits = [block for block in graph.blocks if isinstance(block.layer, Output)]
    if not entries:
        yield Problem("The network has no Input block.", "Add one from the palette and wire it up.")
    if not exits:
        yield Problem(
            "The network has no output block.",
            "End it with Classification or Regression from the palette.",
            unfinished=True,
        )
    for what, found in (("Input", entries), ("output", exits)):
        for extra in found[1:]:
            yield Problem(f"{extra.name} is a second {what} block.", "Keep one of them.", extra.id)


def require_sound(graph: Graph, data: DataSpec | None = None) -> Inference:
    """The inference of a design that can be trained. Raises DesignError with its first error otherwise."""
    if not graph.blocks:
        raise DesignError("The design is empty.", "Add an Input block and go on from there.")
    found = infer(graph, data)
    if found.errors:
        error: CoreError = DesignError(found.errors[0].message, found.errors[0].hint)
        error.problem = found.errors[0]
        raise error
    return found
