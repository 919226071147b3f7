"""Winograd's algorithm against the layer's own NumPy passes, also where another one would be chosen."""

from __future__ import annotations

from typing import Any

import numpy as np
import pytest

from core.engine.machine.vectors import WIDTH
from core.engine.operations import convolution_node
from core.layers import Mode
from core.layers.convolution import Conv2D
from core.maths.arrays import Shape
from tests.core.engine.harness import LayerRun

FILTERS: dict[Shape, int] = {
    (3, 9, 14): 17,  # tiles that stick out, rests of channels and filters
    (13, 8, 8): 12,
    (2, 5, 5): 3,
    (1, 6, 40): 2,  # a row of many tiles
}
FAR = (0, 0, 7, 8)
"""A padding with windows that don't reach the image, which Winograd's algorithm can't have."""


@pytest.mark.parametrize("kernel", [3, 5])
@pytest.mark.parametrize("padding", ["same", "valid", (1, 0, 2, 1), (2, 2, 2, 2), FAR], ids=str)
@pytest.mark.parametrize("shape", FILTERS, ids=str)
def test_all_passes(monkeypatch: pytest.MonkeyPatch, shape: Shape, kernel: int, padding: Any) -> None:
    monkeypatch.setattr(convolution_node, "winograd_pays", lambda *_: True)
    layer = Conv2D(filters=FILTERS[shape], kernel=(kernel, kernel), padding=padding)
    rng = np.random.default_rng(0)
    arrays = {name: rng.standard_normal(spec.shape) for name, spec in layer.parameters(shape).items()}
    x = rng.standard_normal((2 * WIDTH - 1, *shape))
    y, saved = layer.forward(arrays, Mode(training=True), x)
    grad = rng.standard_normal(y.shape)
    (dx,), gradients = layer.backward(arrays, saved, grad)
    for threads in (1, 2, 3):
        single = {name: array.astype(np.float32) for name, array in arrays.items()}
        run = LayerRun(layer, (shape,), single, training=True, threads=threads)
        found, (back,) = run([x], grad)
        assert sum("winograd" in name for name in run.operations) == (0 if padding == FAR else 3)
        for one, other in ((found, y), (back, dx), (run.gradients["weight"], gradients["weight"])):
            assert np.abs(one - other).max() <= 2e-5 * np.abs(other).max()
