"""The guided first design: what to do, step by step, and how to see that it was done."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass

from core.design.graph import Block, Graph
from core.design.infer import infer
from core.layers.base import Output
from core.layers.convolution import Conv2D
from core.layers.dense import Dense
from core.layers.reshape import Flatten

CLASSES = 10
"""Of the digits, which the lesson is about."""


@dataclass(frozen=True)
class Task:
    """`text` says what to do and what it is good for; `done` looks for it in the design.

    It is a layer of the `kind` to add, a `setting` of a layer of the kind `of`, or `mends` what is wrong.
    """

    text: str
    done: Callable[[Graph], bool]
    kind: str = ""
    setting: str = ""
    of: str = ""
    mends: bool = False


@dataclass(frozen=True)
class LessonStep:
    """Tasks that lead to one thing: it is done when the last one is, however that came about."""

    title: str
    tasks: tuple[Task, ...]

    def done(self, graph: Graph) -> bool:
        return self.tasks[-1].done(graph)

    def next_task(self, graph: Graph) -> Task:
        """The first that is not done; the last one where all are."""
        return next((task for task in self.tasks if not task.done(graph)), self.tasks[-1])


def _has(fits: Callable[[Block], bool]) -> Callable[[Graph], bool]:
    """Whether a block fits that is reached from where the images enter."""

    def done(graph: Graph) -> bool:
        entries = [block.id for block in graph.blocks if block.layer.inputs == 0]
        return any(fits(graph[block_id]) for block_id in graph.downstream(entries))

    return done


def _scores(block: Block) -> bool:
    return isinstance(block.layer, Dense) and block.layer.units == CLASSES


def _ends(graph: Graph) -> bool:
    return any(isinstance(block.layer, Output) for block in graph.blocks)


def _sound(graph: Graph) -> bool:
    return _ends(graph) and not infer(graph).errors


def _add(title: str, kind: str, text: str, done: Callable[[Graph], bool]) -> LessonStep:
    return LessonStep(title, (Task(text, done, kind),))


STEPS = (
    _add(
        "Image",
        "input",
        "Double-click Input in the list of blocks: this is where the images of digits enter.",
        _has(lambda block: block.layer.inputs == 0),
    ),
    _add(
        "Convolution",
        "conv2d",
        "Double-click Conv 2D: its filters slide over the image and look for strokes and corners.",
        _has(lambda block: isinstance(block.layer, Conv2D)),
    ),
    _add(
        "Activation",
        "relu",
        "Double-click ReLU: it keeps what a filter found and drops the rest.",
        _has(lambda block: block.layer.activates),
    ),
    _add(
        "Pooling",
        "max_pool",
        "Double-click Max Pool: it makes the maps smaller, so that small shifts don't matter.",
        _has(lambda block: block.layer.pools),
    ),
    LessonStep(
        "Scores",
        (
            Task(
                "Double-click Flatten: it lays all maps one behind the other, as one row of numbers.",
                _has(lambda block: isinstance(block.layer, Flatten)),
                "flatten",
            ),
            Task(
                "Double-click Dense: it weighs all of these numbers for each of its outputs.",
                _has(lambda block: isinstance(block.layer, Dense)),
                "dense",
            ),
            Task(
                f"Select Dense and set its Units, in Properties, to {CLASSES}: a score for each digit.",
                _has(_scores),
                setting="units",
                of="dense",
            ),
        ),
    ),
    LessonStep(
        "Output",
        (
            Task(
                "Double-click Classification: it compares the scores with the digit.",
                _ends,
                "classification",
            ),
            Task(
                "Something is missing, or doesn't fit: Problems says what, and mends it with a click.",
                _sound,
                mends=True,
            ),
        ),
    ),
)
