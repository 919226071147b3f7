"""The guided first design: what to do, step by step, and how to see that it was done."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass

from core.design.graph import Block, Graph
from core.design.infer import infer
from core.layers.base import Output
from core.layers.convolution import Conv2D
from core.layers.dense import Dense

CLASSES = 10
"""Of the digits, which the lesson is about."""


@dataclass(frozen=True)
class LessonStep:
    """`text` says what to do and what it is good for; `done` looks for it in the design."""

    title: str
    text: str
    done: Callable[[Graph], bool]


def _has(fits: Callable[[Block], bool]) -> Callable[[Graph], bool]:
    """Whether a block fits that is reached from where the images enter."""

    def done(graph: Graph) -> bool:
        entries = [block.id for block in graph.blocks if block.layer.inputs == 0]
        return any(fits(graph[block_id]) for block_id in graph.downstream(entries))

    return done


def _scores(block: Block) -> bool:
    return isinstance(block.layer, Dense) and block.layer.units == CLASSES


def _sound(graph: Graph) -> bool:
    ends = any(isinstance(block.layer, Output) for block in graph.blocks)
    return ends and not infer(graph).errors


STEPS = (
    LessonStep(
        "Image",
        "Double-click Input in the list of blocks: this is where the images of digits enter.",
        _has(lambda block: block.layer.inputs == 0),
    ),
    LessonStep(
        "Convolution",
        "Double-click Conv 2D: its filters slide over the image and look for strokes and corners.",
        _has(lambda block: isinstance(block.layer, Conv2D)),
    ),
    LessonStep(
        "Activation",
        "Double-click ReLU: it keeps what a filter found and drops the rest.",
        _has(lambda block: block.layer.activates),
    ),
    LessonStep(
        "Pooling",
        "Double-click Max Pool: it makes the maps smaller, so that small shifts don't matter.",
        _has(lambda block: block.layer.pools),
    ),
    LessonStep(
        "Scores",
        f"Add Flatten, then Dense, and set the Units of Dense to {CLASSES}: a score for each digit.",
        _has(_scores),
    ),
    LessonStep(
        "Output",
        "Double-click Classification: it compares the scores with the digit. Problems says what is missing.",
        _sound,
    ),
)
