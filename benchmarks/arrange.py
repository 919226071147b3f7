"""How long automatic layout takes, and what its drawings are like.

Arranges designs of 1,000 blocks and 1,200 wires, in both directions, and routes their wires. Times are those
of the processor, so other programs don't count; the best of some runs is printed.

    python -m benchmarks.arrange [--blocks 1000] [--wires 1200] [--runs 3]
"""

from __future__ import annotations

import argparse
import random
import time
from collections import Counter
from collections.abc import Callable
from typing import TypeVar

from core.design.direction import Direction
from core.design.edits import set_direction
from core.design.graph import Block, Graph, Wire
from core.drawing.arrange import arrange
from core.drawing.route import Obstacles, Rect, route
from core.layers.activation import ReLU
from core.layers.merge import Add

SIZE = (168.0, 108.0)
Result = TypeVar("Result")


def main() -> None:
    parser = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    parser.add_argument("--blocks", type=int, default=1000, help="number of blocks")
    parser.add_argument("--wires", type=int, default=1200, help="number of wires")
    parser.add_argument("--runs", type=int, default=3, help="how often each time is taken")
    arguments = parser.parse_args()

    shortcuts = arguments.wires - arguments.blocks + 1
    designs = {
        "residual": residual(arguments.blocks, shortcuts),
        "random, near": scattered(arguments.blocks, arguments.wires, reach=20),
        "random": scattered(arguments.blocks, arguments.wires, reach=arguments.blocks),
    }
    for name, graph in designs.items():
        sizes = {block.id: SIZE for block in graph.blocks}
        for direction in Direction:
            turned = set_direction(graph, direction)
            seconds, places = best(arguments.runs, lambda: arrange(turned, sizes))  # noqa: B023
            routing, _ = best(arguments.runs, lambda: route_all(turned, places))  # noqa: B023
            print(
                f"{name:12}  {len(graph.blocks)} blocks, {len(graph.wires)} wires, {direction.value:5}  "
                f"layout {seconds:.2f} s, routes {routing:.2f} s"
            )


def best(runs: int, work: Callable[[], Result]) -> tuple[float, Result]:
    """The shortest processor time of some runs, in seconds, and what they gave."""
    shortest = float("inf")
    for _ in range(runs):
        start = time.process_time()
        result = work()
        shortest = min(shortest, time.process_time() - start)
    return shortest, result


def residual(blocks: int, shortcuts: int) -> Graph:
    """A chain in which evenly spread stretches have a shortcut beside them."""
    stretch = max(3, blocks // max(1, shortcuts))
    ends = set(range(stretch, blocks, stretch))
    wires = [Wire(str(i), str(i + 1)) for i in range(blocks - 1)]
    wires += [Wire(str(end - stretch + 1), str(end), 1) for end in sorted(ends)]
    layers = [Add() if i in ends else ReLU() for i in range(blocks)]
    return Graph(tuple(Block(str(i), layer, str(i)) for i, layer in enumerate(layers)), tuple(wires))


def scattered(blocks: int, wires: int, reach: int) -> Graph:
    """Any blocks joined by wires that skip fewer than `reach` of them."""
    rng = random.Random(0)
    inputs: Counter[int] = Counter()
    found = []
    for _ in range(wires):
        source = rng.randrange(blocks - 1)
        target = rng.randrange(source + 1, min(blocks, source + 1 + reach))
        found.append(Wire(str(source), str(target), inputs[target]))
        inputs[target] += 1
    return Graph(tuple(Block(str(i), Add(), str(i)) for i in range(blocks)), tuple(found))


def route_all(graph: Graph, places: dict[str, tuple[float, float]]) -> None:
    """The course of every wire."""
    direction = graph.direction
    areas = {block: Rect(x, y, x + SIZE[0], y + SIZE[1]) for block, (x, y) in places.items()}
    bodies = {block: area.turned(direction) for block, area in areas.items()}
    obstacles = Obstacles(bodies.values())
    breadth = direction.turn(SIZE)[1]
    output = direction.port(0, 1, breadth)
    for wire in graph.wires:
        source, target = bodies[wire.source], bodies[wire.target]
        end = target.left, target.top + direction.port(wire.input, len(graph.incoming(wire.target)), breadth)
        route((source.right, source.top + output), end, source, target, obstacles)


if __name__ == "__main__":
    main()
