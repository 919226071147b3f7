"""The worked examples of the first lesson: small enough to check by hand, and exact."""

from __future__ import annotations

import numpy as np
import pytest

from core.layers import Mode
from core.layers.convolution import Conv2D
from core.layers.pooling import MaxPool
from core.maths.arrays import Array

ONE_TO_NINE = np.arange(1, 10).reshape(1, 1, 3, 3)
ONE_TO_SIXTEEN = np.arange(1, 17).reshape(1, 1, 4, 4)
KERNEL = np.array([[[[0, 1], [1, 0]]]])
CONV = Conv2D(filters=1, kernel=(2, 2), bias=False)

both_types = pytest.mark.parametrize("dtype", [np.float32, np.float64])


def _maps(rows: list[list[float]]) -> list[list[list[list[float]]]]:
    return [[rows]]


@both_types
def test_convolution_forward(dtype: type[np.floating]) -> None:
    y, _ = CONV.forward({"weight": KERNEL.astype(dtype)}, Mode(), ONE_TO_NINE.astype(dtype))
    assert y.tolist() == _maps([[6, 8], [12, 14]])


@both_types
def test_max_pooling_forward(dtype: type[np.floating]) -> None:
    layer = MaxPool(kernel=(2, 2), stride=(2, 2))
    y, _ = layer.forward({}, Mode(), ONE_TO_SIXTEEN.astype(dtype))
    assert y.tolist() == _maps([[6, 8], [14, 16]])


@both_types
def test_convolution_backward(dtype: type[np.floating]) -> None:
    params: dict[str, Array] = {"weight": KERNEL.astype(dtype)}
    _, saved = CONV.forward(params, Mode(), ONE_TO_NINE.astype(dtype))
    delta = np.array([[[[1, 2], [3, 4]]]], dtype)
    (dx,), gradients = CONV.backward(params, saved, delta)
    assert gradients["weight"].tolist() == _maps([[37, 47], [67, 77]])
    assert dx.tolist() == _maps([[0, 1, 2], [1, 5, 4], [3, 4, 0]])


@both_types
def test_max_pooling_backward_reaches_the_winners_alone(dtype: type[np.floating]) -> None:
    layer = MaxPool(kernel=(2, 2), stride=(2, 2))
    _, saved = layer.forward({}, Mode(), ONE_TO_SIXTEEN.astype(dtype))
    (dx,), _ = layer.backward({}, saved, np.array([[[[1, 2], [3, 4]]]], dtype))
    assert dx.tolist() == _maps([[0, 0, 0, 0], [0, 1, 0, 2], [0, 0, 0, 0], [0, 3, 0, 4]])


@pytest.mark.parametrize("stride", [(1, 1), (2, 1), (2, 3)])
@pytest.mark.parametrize("kernel", [(1, 1), (2, 3), (4, 4)])
def test_convolution_is_the_sum_it_says(kernel: tuple[int, int], stride: tuple[int, int]) -> None:
    rng = np.random.default_rng(0)
    x, weight = rng.normal(size=(2, 3, 6, 7)), rng.normal(size=(4, 3, *kernel))
    y, _ = Conv2D(filters=4, kernel=kernel, stride=stride, bias=False).forward({"weight": weight}, Mode(), x)
    for n, f, i, j in np.ndindex(*y.shape):
        top, left = i * stride[0], j * stride[1]
        window = x[n, :, top : top + kernel[0], left : left + kernel[1]]
        assert y[n, f, i, j] == pytest.approx((weight[f] * window).sum(), rel=1e-12)
