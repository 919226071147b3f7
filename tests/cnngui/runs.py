"""A network and data small enough to train in a moment, for the tests of what shows a run."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import replace
from pathlib import Path
from threading import Event
from typing import Any
from unittest.mock import patch

import numpy as np
from numpy.typing import NDArray
from PySide6.QtWidgets import QLabel, QWidget
from pytestqt.qtbot import QtBot

from cnngui.compute.jobs.base import Desk
from cnngui.compute.jobs.steer import Stop
from cnngui.models.models import Models
from cnngui.models.run import State
from cnngui.models.saving import Saving
from core.design.edits import append, new_block
from core.design.graph import Graph
from core.layers import LAYERS
from core.training.plan import Plan

PATIENCE = 60_000
"""Milliseconds that a test waits before it fails: a busy machine may have to compile the engine first."""

PLAN = Plan(epochs=2, batch_size=10)
ENDLESS = replace(PLAN, epochs=100_000)
BATCHES = 6
"""Steps of one epoch on the data of `write_bars`, after the default validation share."""


def tiny_graph(*, classes: int = 3) -> Graph:
    """Input 1 × 8 × 8, convolution, ReLU, pooling, dense, classification."""
    return _chain(
        ("input", {"shape": (1, 8, 8)}),
        ("conv2d", {"filters": 4}),
        ("relu", {}),
        ("max_pool", {}),
        ("flatten", {}),
        ("dense", {"units": classes}),
        ("classification", {}),
    )


def regression_graph() -> Graph:
    """One dense layer from vectors of 5 numbers to 2 values."""
    return _chain(("input", {"shape": (5,)}), ("dense", {"units": 2}), ("regression", {}))


def reconstruction_graph() -> Graph:
    """A convolution from images of 8 × 8 to themselves."""
    return _chain(
        ("input", {"shape": (1, 8, 8)}), ("conv2d", {"filters": 1, "padding": "same"}), ("reconstruction", {})
    )


def _chain(*layers: tuple[str, dict[str, Any]]) -> Graph:
    graph, last = Graph(), None
    for kind, settings in layers:
        block = new_block(graph, LAYERS[kind](**settings))
        graph, last = append(graph, block, last), block.id
    return graph


GRAPH = tiny_graph()


def run(qtbot: QtBot, models: Models, *, resume: bool = False) -> None:
    """Trains GRAPH to the end."""
    with qtbot.waitSignal(models.run.ended, timeout=PATIENCE):
        models.run.start(GRAPH, resume=resume)


def hold(qtbot: QtBot, models: Models, *, step: int = 1) -> None:
    """Begins a run without end that is held after exactly so many steps."""
    models.document.set_plan(ENDLESS)
    models.run.start(GRAPH, held=True)
    wait_for(qtbot, models, State.PAUSED)
    for _ in range(step - 1):
        models.run.step()
    wait_for_step(qtbot, models, step)
    assert steps(models) == step


@contextmanager
def stopping(models: Models) -> Iterator[None]:
    """Within, a run that is stopped is still about to: its last step takes as long as all this."""
    over, usual = Event(), Stop.do

    def stop(job: Stop, desk: Desk) -> None:
        over.wait(PATIENCE / 1000)
        usual(job, desk)

    with patch.object(Stop, "do", stop):
        try:
            yield
            assert models.run.state is State.STOPPING
        finally:
            over.set()


def wait_for(qtbot: QtBot, models: Models, state: State) -> None:
    qtbot.waitUntil(lambda: models.run.state is state, timeout=PATIENCE)


def wait_for_step(qtbot: QtBot, models: Models, step: int) -> None:
    qtbot.waitUntil(lambda: steps(models) >= step, timeout=PATIENCE)


def wait_for_rate(qtbot: QtBot, models: Models, rate: float) -> None:
    """Returns after a step with this learning rate. A run may make a step before it can be held."""

    def made() -> bool:
        return models.run.last_step is not None and models.run.last_step.learning_rate == rate

    qtbot.waitUntil(made, timeout=PATIENCE)


def wait_for_maps(qtbot: QtBot, models: Models, block: str) -> None:
    def there() -> bool:
        return models.looking.snapshot is not None and block in models.looking.snapshot.maps

    qtbot.waitUntil(there, timeout=PATIENCE)


def wait_until_saved(qtbot: QtBot, saving: Saving) -> None:
    qtbot.waitUntil(lambda: saving.busy is None, timeout=PATIENCE)


def steps(models: Models) -> int:
    return models.run.curves.count


def write_bars(path: Path, *, train: int = 66, test: int = 12) -> Path:
    """An `.npz` file of images 8 × 8 with a bright bar at one of three heights, which is the class."""
    rng = np.random.default_rng(0)

    def part(count: int) -> tuple[NDArray[np.uint8], NDArray[np.int64]]:
        labels = np.arange(count) % 3
        images = rng.integers(0, 60, (count, 8, 8), np.uint8)
        for image, label in zip(images, labels, strict=True):
            image[2 * label + 1 : 2 * label + 3] = 250
        return images, labels

    x_train, y_train = part(train)
    x_test, y_test = part(test)
    names = np.array(["low", "middle", "high"])
    np.savez(path, x_train=x_train, y_train=y_train, x_test=x_test, y_test=y_test, classes=names)
    return path


def write_sums(path: Path) -> Path:
    """An `.npz` file of vectors with two values each, to predict."""
    x = np.random.default_rng(0).standard_normal((60, 5)).astype(np.float32)
    np.savez(path, x=x, y=np.stack([x.sum(axis=1), x[:, 0]], axis=1))
    return path


def texts(widget: QWidget) -> str:
    """What the labels of a widget that are on show say, one a line."""
    labels = [label for label in widget.findChildren(QLabel) if label.isVisibleTo(widget)]
    return "\n".join(label.text() for label in labels)
