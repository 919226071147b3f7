"""Random small networks of all layers, and what has to hold for each.

A few hundred of them are tested with every change. Many more, with other seeds:

    python -m tests.core.engine.random_networks --first 0 --seeds 100

tries 100 networks for each seed; where it was stopped, `--first` goes on.
"""

from __future__ import annotations

import argparse
import os
from copy import deepcopy
from dataclasses import dataclass, replace
from typing import Any
from unittest.mock import patch

import numpy as np
from hypothesis import HealthCheck, Phase, given, seed, settings
from hypothesis import strategies as st
from numpy.typing import NDArray

from core.design.graph import Graph
from core.design.infer import infer
from core.engine.executor import EngineProgram
from core.engine.machine.guard import GUARD_VARIABLE
from core.errors import LayerError
from core.layers import Layer, Output
from core.layers.activation import ELU, GELU, LeakyReLU, ReLU, Sigmoid, SiLU, Softmax, Tanh
from core.layers.convolution import Conv2D, DepthwiseConv2D
from core.layers.dense import Dense
from core.layers.dropout import Dropout
from core.layers.merge import Add, Concatenate, Multiply
from core.layers.normalisation import BatchNorm, GroupNorm, LayerNorm
from core.layers.output import BinaryClassification, Classification, Regression
from core.layers.pooling import AveragePool, GlobalAveragePool, MaxPool
from core.layers.reconstruction import Reconstruction
from core.layers.resampling import AdaptiveAveragePool, Upsample
from core.layers.reshape import Crop, Flatten, Reshape, ZeroPad
from core.layers.transposed import TransposedConv2D
from core.maths.arrays import Array, Shape
from core.maths.optim import OPTIMIZERS, SGD, Clipping, Optimizer, OptimizerState
from core.running.program import Program
from core.running.reference import ReferenceProgram
from tests.core.designs import Builder
from tests.core.engine.precision import FACTOR, deviations, step

LARGEST = 16
"""Rows and columns of an image, at most."""
MOST = 600
"""Numbers in a vector, at most."""
ROUNDING = 2.0**-24
"""What one operation in float32 may err by, relative to its result."""

pairs = st.tuples(st.integers(1, 3), st.integers(1, 3))
paddings = st.one_of(st.sampled_from(("same", "valid")), st.tuples(*[st.integers(0, 2)] * 4))
borders = st.tuples(*[st.integers(0, 1)] * 4)
filters = st.integers(1, 20)
slopes = st.sampled_from((0.0, 0.1, 1.0))
LAYERS: dict[type[Layer], st.SearchStrategy[Layer]] = {
    Conv2D: st.one_of(
        st.builds(Conv2D, filters=filters, kernel=pairs, stride=pairs, padding=paddings, dilation=pairs),
        st.builds(Conv2D, filters=filters, kernel=st.just((3, 3)), padding=paddings, bias=st.booleans()),
        st.builds(Conv2D, filters=filters, kernel=st.just((1, 1)), bias=st.booleans()),
        st.builds(
            Conv2D,
            filters=st.sampled_from((4, 12)),
            kernel=pairs,
            padding=paddings,
            groups=st.sampled_from((2, 4)),
        ),
    ),
    DepthwiseConv2D: st.builds(
        DepthwiseConv2D, kernel=pairs, stride=pairs, padding=paddings, multiplier=st.integers(1, 2)
    ),
    TransposedConv2D: st.builds(
        TransposedConv2D, filters=filters, kernel=pairs, stride=pairs, padding=paddings
    ),
    Dense: st.builds(Dense, units=filters, bias=st.booleans()),
    MaxPool: st.builds(MaxPool, kernel=pairs, stride=pairs, padding=st.sampled_from(("same", "valid"))),
    AveragePool: st.builds(
        AveragePool, kernel=pairs, stride=pairs, padding=st.sampled_from(("same", "valid"))
    ),
    AdaptiveAveragePool: st.builds(AdaptiveAveragePool, size=pairs),
    Upsample: st.builds(Upsample, factor=pairs, mode=st.sampled_from(("nearest", "bilinear"))),
    ZeroPad: st.builds(ZeroPad, border=borders),
    Crop: st.builds(Crop, border=borders),
    Dropout: st.builds(Dropout, share=st.sampled_from((0.0, 0.3))),
    GroupNorm: st.builds(GroupNorm, groups=st.sampled_from((1, 2))),
    LeakyReLU: st.builds(LeakyReLU, slope=slopes),
    ELU: st.builds(ELU, alpha=slopes),
    Reshape: st.just(Reshape(shape=(1,))),  # `network` gives it a shape that fits
    **{
        kind: st.builds(kind)
        for kind in (
            *(BatchNorm, LayerNorm, Flatten, GlobalAveragePool),
            *(ReLU, Sigmoid, Tanh, GELU, SiLU, Softmax),
        )
    },
}
JOINS: tuple[Layer, ...] = (Add(), Multiply(), Concatenate())
losses = {
    "loss_function": st.sampled_from(("mean squared error", "mean absolute error", "huber")),
    "delta": st.sampled_from((0.3, 1.0)),
}
LOSSES: dict[type[Layer], st.SearchStrategy[Output]] = {
    Classification: st.builds(
        Classification,
        label_smoothing=st.sampled_from((0.0, 0.2)),
        class_weights=st.sampled_from(((), (0.5, 2.0, 1.0, 3.0))),  # `network` takes as many as there are
    ),
    BinaryClassification: st.builds(BinaryClassification),
    Regression: st.builds(Regression, **losses),
    Reconstruction: st.one_of(
        st.builds(Reconstruction, **losses), st.just(Reconstruction(loss_function="binary cross-entropy"))
    ),
}
OPTIMISERS: tuple[st.SearchStrategy[Optimizer], ...] = (
    st.builds(SGD, momentum=st.sampled_from((0.0, 0.9)), nesterov=st.booleans()),
    *(st.builds(kind, weight_decay=st.sampled_from((0.0, 0.1))) for kind in OPTIMIZERS),
)


@dataclass(frozen=True)
class Part:
    """A layer; with a `join`, what it makes of a value is joined with what `beside` makes of it, if
    anything."""

    layer: Layer
    join: Layer | None
    beside: Layer | None


parts = st.builds(
    Part,
    st.one_of(*LAYERS.values()),
    st.sampled_from((None, None, None, *JOINS)),
    st.one_of(st.none(), st.one_of(*LAYERS.values())),
)


def network(image: Shape, wanted: list[Part], units: int, end: Layer) -> Graph:
    """A network of those parts that fit, one behind the other."""
    build, shape = Builder(image), image
    last = build.input
    for part in wanted:
        before = build.graph
        branches = [part.layer, part.beside] if part.join else [part.layer]
        ends = [build(_fitting(layer, shape), last) if layer else last for layer in branches]
        after = build(part.join, *ends) if part.join else ends[0]
        found = infer(build.graph).shapes.get(after)
        if found is None or max(found[1:], default=0) > LARGEST or (len(found) == 1 and found[0] > MOST):
            build.graph = before
        else:
            last, shape = after, found
    if len(shape) > 1:
        last = build(GlobalAveragePool() if np.prod(shape) > MOST else Flatten(), last)
    if isinstance(end, Reconstruction):
        last = build(Reshape(shape=image), build(Dense(units=int(np.prod(image))), last))
    else:
        last = build(Dense(units=units), last)
    if isinstance(end, Classification):
        end = replace(end, class_weights=end.class_weights[:units])
    build(end, last)
    return build.graph


def _fitting(layer: Layer, shape: Shape) -> Layer:
    if not isinstance(layer, Reshape):
        return layer
    return Reshape(shape=(int(np.prod(shape)),) if len(shape) > 1 else (shape[0], 1, 1))


@dataclass(frozen=True)
class Trial:
    """A network, and batches to train it on; the second may be smaller."""

    graph: Graph
    batches: tuple[int, ...]
    optimizer: Optimizer
    clipping: Clipping


trials = st.builds(
    Trial,
    st.builds(
        network,
        st.tuples(st.integers(1, 14), st.integers(1, 11), st.integers(1, 11)),
        st.lists(parts, min_size=1, max_size=5),
        st.integers(1, 4),
        st.one_of(*LOSSES.values()),
    ),
    st.tuples(st.integers(1, 19), st.integers(1, 19)).map(lambda sizes: tuple(sorted(sizes, reverse=True))),
    st.one_of(*OPTIMISERS),
    st.builds(Clipping, st.sampled_from((np.inf, 0.01)), st.sampled_from((np.inf, 0.1))),
)


def check(trial: Trial) -> None:
    """Trains on the engine, and asks for the reference's numbers, and for the same bits with and without
    guards."""
    found = []
    for guard in ("1", "0"):
        with patch.dict(os.environ, {GUARD_VARIABLE: guard}):
            found.append(_train(trial, compare=guard == "0"))
    assert found[0] == found[1], "memory that is shared makes a difference"


def _train(trial: Trial, *, compare: bool) -> list[bytes]:
    program = EngineProgram(trial.graph)
    state = OptimizerState(trial.optimizer, program.parameters.values, trial.clipping)
    rng = np.random.default_rng(0)
    bits = []
    for number, size in enumerate(trial.batches):
        x, target = _batch(program, rng, size)
        before, expected = program.parameters.save(), program.parameters.values.copy()
        state_before = deepcopy(state)
        try:
            numbers = step(program, x, target, state)
        except LayerError:  # products of products overflow
            assert _overflows(trial.graph, before, x, target), "only the engine's numbers aren't finite"
            break
        values = program.parameters.values
        bits += [array.tobytes() for array in (*numbers.values(), values)]
        if compare:
            wrong = deviations(numbers, trial.graph, before, (x, target), number)
            assert not wrong, "\n".join(wrong)
            _assert_updated(values, state_before, expected, program.parameters.gradients)
    return bits


def _batch(program: Program, rng: np.random.Generator, size: int) -> tuple[Array, NDArray[Any]]:
    x = rng.standard_normal((size, *program.shapes[program.input.id])).astype(np.float32)
    outputs = program.shapes[program.output.id]
    if program.output_layer.target == "class":
        return x, rng.integers(0, outputs[0], size)
    if program.output_layer.applies == "sigmoid":
        return x, rng.random((size, *outputs), np.float32)
    return x, rng.standard_normal((size, *outputs)).astype(np.float32)


def _assert_updated(
    found: NDArray[Any], state: OptimizerState, values: NDArray[Any], gradients: NDArray[Any]
) -> None:
    """Makes the optimiser's own step from `values`, and again with each number disturbed by some roundings:
    where a gradient and the weight decay nearly cancel, the sign is all that is left of them, or isn't."""
    rng = np.random.default_rng(0)
    ends = []
    for size in (*[5 * ROUNDING] * 8, 0.0):
        at_work = deepcopy(state)
        for slot in at_work.slots.values():
            slot[...] *= (1 + size * rng.uniform(-1, 1, slot.shape)).astype(slot.dtype)
        end, slopes = (
            a * (1 + size * rng.uniform(-1, 1, a.shape)).astype(a.dtype) for a in (values, gradients)
        )
        with np.errstate(under="ignore"):
            at_work.update(end, slopes)
        ends.append(end)
    allowed = FACTOR * np.abs(np.stack(ends[:-1]) - ends[-1]).max(axis=0)
    allowed += 16 * ROUNDING * (np.abs(values) + np.abs(values - ends[-1]))
    wrong = ~(np.abs(found - ends[-1]) <= allowed)
    assert not wrong.any(), f"{at_work.optimizer} came to {found[wrong]} instead of {ends[-1][wrong]}"


def _overflows(graph: Graph, weights: dict[str, Array], x: Array, target: NDArray[Any]) -> bool:
    program = ReferenceProgram(graph)
    program.parameters.load(weights)
    try:
        step(program, x, target, OptimizerState(SGD(), program.parameters.values))
    except LayerError:
        return True
    return False


QUIET: dict[str, Any] = {"deadline": None, "database": None, "suppress_health_check": list(HealthCheck)}


def main() -> None:
    parser = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    parser.add_argument("--first", type=int, default=0, help="seed to begin with")
    parser.add_argument("--seeds", type=int, default=100, help="number of seeds")
    parser.add_argument("--networks", type=int, default=100, help="networks for each seed")
    arguments = parser.parse_args()
    for number in range(arguments.first, arguments.first + arguments.seeds):
        chosen = settings(max_examples=arguments.networks, phases=[Phase.generate, Phase.shrink], **QUIET)
        try:
            seed(number)(chosen(given(trials)(check)))()
            print(f"{number}: {arguments.networks} networks agree", flush=True)
        except Exception as error:
            print(f"{number}: {error}\n{''.join(getattr(error, '__notes__', ()))}", flush=True)


if __name__ == "__main__":
    main()
