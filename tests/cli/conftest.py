"""Small designs and data for the command line."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pytest

from core.formats.project import ProjectFile, save_project
from core.layers.activation import ReLU
from core.layers.convolution import Conv2D
from core.layers.dense import Dense
from core.layers.output import Classification, Regression
from core.layers.pooling import MaxPool
from core.layers.reshape import Flatten
from core.native.environment import EXECUTOR_VARIABLE
from core.project import Project
from tests.core.designs import chain, shapes_to_tell_apart


@pytest.fixture(autouse=True)
def in_a_folder_of_its_own(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """Commands run where they can leave nothing behind, and without the engine's seconds of compilation."""
    monkeypatch.chdir(tmp_path)
    monkeypatch.setenv(EXECUTOR_VARIABLE, "reference")


@pytest.fixture
def data() -> str:
    """An `.npz` file with a train and a test part."""
    train, test = shapes_to_tell_apart(80), shapes_to_tell_apart(30, seed=1)
    np.savez("data.npz", x_train=train.images, y_train=train.targets, x_test=test.images, y_test=test.targets)
    return "data.npz"


@pytest.fixture
def values() -> str:
    """An `.npz` file with values to predict, and no test part."""
    x = np.random.default_rng(0).normal(size=(60, 4)).astype(np.float32)
    np.savez("values.npz", x=x, y=x @ np.array([1.0, -2.0, 0.5, 3.0]))
    return "values.npz"


@pytest.fixture
def design() -> str:
    """A design for `data`."""
    layers = (Conv2D(filters=3), ReLU(), MaxPool(), Flatten(), Dense(units=3), Classification())
    save_project(Path("design.json"), ProjectFile(Project(chain((1, 8, 8), *layers))))
    return "design.json"


@pytest.fixture
def regression() -> str:
    """A design for `values`."""
    save_project(Path("regression.json"), ProjectFile(Project(chain((4,), Dense(units=1), Regression()))))
    return "regression.json"
