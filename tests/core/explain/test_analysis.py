"""Cost and receptive fields against numbers worked out by hand, published ones, and the layers' own maths."""

from __future__ import annotations

from itertools import product

import numpy as np
import pytest

from core.design.graph import Graph
from core.design.infer import infer
from core.explain.analysis import Analysis, Field, analyse, receptive_fields, seen_area
from core.layers import Mode
from core.layers.activation import ReLU, Sigmoid
from core.layers.convolution import Conv2D, DepthwiseConv2D
from core.layers.dense import Dense
from core.layers.merge import Add, Multiply
from core.layers.normalisation import LayerNorm
from core.layers.output import Classification
from core.layers.pooling import GlobalAveragePool, MaxPool
from core.layers.resampling import Upsample
from core.layers.reshape import Flatten
from core.maths.optim import SGD, Adam, Optimizer
from tests.core.designs import Builder, chain
from tests.core.layers.layer_cases import HIDDEN, Case


def conv(kernel: int = 3, stride: int = 1, *, filters: int = 4, dilation: int = 1) -> Conv2D:
    return Conv2D(
        filters=filters,
        kernel=(kernel, kernel),
        stride=(stride, stride),
        dilation=(dilation, dilation),
        padding="same",
    )


def analysed(graph: Graph, optimizer: Optimizer | None = None, batch_size: int = 1) -> Analysis:
    return analyse(graph, infer(graph), optimizer or Adam(), batch_size)


def last_field(graph: Graph) -> Field:
    """Of the rows of the last block."""
    return receptive_fields(graph, infer(graph).shapes)[graph.blocks[-1].id][0]


def area(graph: Graph, block_id: str, row: int, column: int) -> object:
    return seen_area(graph, infer(graph).shapes, block_id, (row, column))


# Cost

LENET = chain(
    (1, 28, 28),
    Conv2D(filters=6, kernel=(5, 5), padding="same"),
    ReLU(),
    MaxPool(),
    Conv2D(filters=16, kernel=(5, 5)),
    MaxPool(),
    Flatten(),
    Dense(units=120),
    Dense(units=84),
    Dense(units=10),
    Classification(),
)


def test_lenet_costs_what_the_paper_says() -> None:
    found = analysed(LENET)
    convolutions = 28 * 28 * 6 * 25 + 10 * 10 * 16 * 6 * 25
    assert found.multiply_adds == convolutions + 400 * 120 + 120 * 84 + 84 * 10
    assert found.parameters == 61_706  # LeCun et al. 1998, with all feature maps joined


@pytest.mark.parametrize(("optimizer", "copies"), [(SGD(), 3), (Adam(), 4)])
def test_memory_holds_outputs_values_gradients_and_slots(optimizer: Optimizer, copies: int) -> None:
    graph = chain((1, 28, 28), Conv2D(filters=6, kernel=(5, 5)), Flatten(), Dense(units=10), Classification())
    rows = analysed(graph, optimizer, batch_size=64).rows
    outputs = [1 * 28 * 28, 6 * 24 * 24, 3456, 10, 0]
    learned = [0, 6 * 26, 0, 34_570, 0]
    assert [row.memory for row in rows] == [
        4 * (64 * out + copies * own) for out, own in zip(outputs, learned, strict=True)
    ]


def test_blocks_without_a_shape_are_left_out() -> None:
    graph = chain((1, 4, 4), conv(), Dense(units=3), ReLU())
    assert [row.block for row in analysed(graph).rows] == ["input_1", "conv2d_1"]
    assert analysed(Graph()) == Analysis()


# Receptive fields


def test_fields_grow_with_kernel_stride_and_dilation() -> None:
    assert last_field(chain((1, 32, 32), conv(5))) == Field(5, 1, -2)
    assert last_field(chain((1, 32, 32), conv(3), conv(3))) == Field(5, 1, -2)
    assert last_field(chain((1, 32, 32), MaxPool(), conv(3))) == Field(6, 2, -2)
    assert last_field(chain((1, 32, 32), conv(3, dilation=4))) == Field(9, 1, -4)
    # padding same puts the odd pixel at the end: none in front of 32 pixels with stride 2
    assert last_field(chain((1, 32, 32), conv(3, stride=2), conv(3))) == Field(7, 2, -2)


def test_lenet_sees_sixteen_pixels() -> None:
    fields = receptive_fields(LENET, infer(LENET).shapes)
    assert fields["conv2d_2"][0] == Field(14, 2, -2)
    assert fields["max_pool_2"][0] == Field(16, 4, -2)
    assert "flatten_1" not in fields


def test_published_sizes() -> None:
    """Araujo et al. 2019, table of receptive fields: VGG-16 and MobileNet-v1 see 212 and 315 pixels."""
    vgg = [layer for count in (2, 2, 3, 3, 3) for layer in (*[conv(filters=1)] * count, MaxPool())]
    found = last_field(chain((1, 224, 224), *vgg))
    assert (found.size, found.stride) == (212, 32)
    strides = (1, 2, 1, 2, 1, 2, 1, 1, 1, 1, 1, 2, 1)
    mobile = [DepthwiseConv2D(stride=(s, s)) for s in strides]
    found = last_field(chain((1, 224, 224), conv(stride=2, filters=1), *mobile))
    assert (found.size, found.stride) == (315, 32)


def residual() -> Builder:
    build = Builder((4, 16, 16))
    first = build(conv(), build.input)
    build(Add(), build(conv(), build(conv(), first)), first)
    return build


def test_branches_are_united() -> None:
    assert last_field(residual().graph) == Field(7, 1, -3)


def test_a_gate_sees_the_whole_image() -> None:
    build = Builder((4, 16, 16))
    gate = build(Sigmoid(), build(Dense(units=4), build(GlobalAveragePool(), build.input)))
    join = build(Multiply(), build.input, gate)
    assert join not in receptive_fields(build.graph, infer(build.graph).shapes)
    assert area(build.graph, join, 3, 3) == ((0, 15), (0, 15))


@pytest.mark.parametrize("layer", [LayerNorm(), Flatten(), GlobalAveragePool()], ids=lambda a: a.kind)
def test_what_looks_at_everything(layer: object) -> None:
    graph = chain((1, 9, 7), conv(), layer)  # type: ignore[arg-type]
    assert graph.blocks[-1].id not in receptive_fields(graph, infer(graph).shapes)
    assert area(graph, graph.blocks[-1].id, 0, 0) == ((0, 8), (0, 6))


def test_a_unit_sees_no_padding() -> None:
    graph = residual().graph
    assert area(graph, "add_1", 0, 8) == ((0, 3), (5, 11))
    assert area(graph, "add_1", 15, 15) == ((12, 15), (12, 15))
    assert area(graph, "input_1", 2, 3) == ((2, 2), (3, 3))


def test_a_unit_behind_an_enlargement() -> None:
    graph = chain((1, 8, 8), MaxPool(), Upsample())
    assert [area(graph, "upsample_1", n, n) for n in (0, 1, 2)] == [
        ((0, 1), (0, 1)),
        ((0, 1), (0, 1)),
        ((2, 3), (2, 3)),
    ]
    assert last_field(graph).size >= 2


def test_vectors_have_no_field() -> None:
    graph = chain((5,), Dense(units=3), ReLU())
    assert receptive_fields(graph, infer(graph).shapes) == {}
    assert area(graph, "relu_1", 0, 0) is None


IMAGES = [case for case in HIDDEN if len(case.layer.infer(*case.shapes)) == 3 and len(case.shapes[0]) == 3]


@pytest.mark.parametrize("case", IMAGES, ids=str)
def test_windows_hold_what_the_gradient_reaches(case: Case) -> None:
    """The gradient of one output is 0 outside its window, and not 0 at the edges of one without holes."""
    inputs, params = case.inputs(), case.arrays()
    y, saved = case.layer.forward(params, Mode(), *inputs)
    # max pooling's gradient reaches one pixel of a window; a dilated window has holes, at its border too
    exact = case.layer.kind != "max_pool" and getattr(case.layer, "dilation", (1, 1)) == (1, 1)
    for row, column in product(range(y.shape[2]), range(y.shape[3])):
        grad = np.zeros_like(y)
        grad[:, :, row, column] = np.random.default_rng(row).uniform(1, 2, y.shape[:2])
        reached, _ = case.layer.backward(params, saved, grad)
        for dx, windows in zip(reached, case.layer.windows(*case.shapes), strict=True):
            if windows is None or dx.ndim != 4:
                continue
            for axis, place in ((0, row), (1, column)):
                first, last = windows[axis].span(place, place)
                allowed = range(max(first, 0), min(last + 1, dx.shape[2 + axis]))
                hit = np.flatnonzero(np.any(dx, axis=(0, 1, 3 - axis)))
                assert set(hit) <= set(allowed)
                if exact and len(hit) and allowed:
                    assert (hit[0], hit[-1]) == (allowed[0], allowed[-1])
