"""Every layer with every setting of the grid on the engine, against its own NumPy passes."""

from __future__ import annotations

import numpy as np
import pytest

from core.layers import Mode, Output
from core.layers.input import Input
from tests.core.engine.harness import KEY, LayerRun
from tests.core.layers.layer_cases import Case, cases

CASES = [
    case for case in cases() if not isinstance(case.layer, Output | Input) and case.layer.kind != "unknown"
]


@pytest.mark.parametrize("case", CASES, ids=str)
@pytest.mark.parametrize("training", [True, False], ids=["training", "evaluation"])
def test_a_layer_is_its_reference(case: Case, training: bool) -> None:
    expected_arrays, arrays = case.arrays(np.float64), case.arrays(np.float32)
    inputs = case.inputs(np.float64)
    mode = Mode(training=training, key=KEY)
    y, saved = case.layer.forward(expected_arrays, mode, *inputs)
    grad = np.random.default_rng(3).standard_normal(y.shape)
    run = LayerRun(case.layer, case.shapes, arrays, training=training, threads=1 + len(str(case)) % 3)
    found, back = run(inputs, grad)
    np.testing.assert_allclose(found, y, atol=2e-5, rtol=2e-5)
    for name, array in arrays.items():  # running statistics among them
        np.testing.assert_allclose(array, expected_arrays[name], rtol=1e-5, err_msg=name)
    if not training:
        return
    expected_back, gradients = case.layer.backward(expected_arrays, saved, grad)
    for number, (one, other) in enumerate(zip(back, expected_back, strict=True)):
        np.testing.assert_allclose(one, other, atol=5e-5, rtol=5e-5, err_msg=f"input {number}")
    for name, expected in gradients.items():
        np.testing.assert_allclose(run.gradients[name], expected, atol=1e-4, rtol=1e-4, err_msg=name)
