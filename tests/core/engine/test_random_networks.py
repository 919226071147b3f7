"""Random small networks: the engine has to agree with the reference on all of them."""

from __future__ import annotations

import numpy as np
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from core.engine.executor import EngineProgram
from core.errors import ShapeError
from core.graph import Graph
from core.layers import Layer, Shape
from core.layers.activation import ELU, GELU, SiLU, Tanh
from core.layers.convolution import Conv2D
from core.layers.dense import Dense
from core.layers.depthwise import DepthwiseConv2D
from core.layers.dropout import Dropout
from core.layers.merge import Add, Concatenate, Multiply
from core.layers.normalisation import BatchNorm, GroupNorm, LayerNorm
from core.layers.output import Classification
from core.layers.pooling import AveragePool, GlobalAveragePool, MaxPool
from core.layers.resampling import Upsample
from core.layers.reshape import Crop, Flatten, ZeroPad
from core.layers.transposed import TransposedConv2D
from core.optim import SGD, OptimizerState
from core.reference import ReferenceProgram
from tests.core.designs import Builder

CLASSES = 3
pairs = st.tuples(st.integers(1, 3), st.integers(1, 3))
paddings = st.one_of(st.sampled_from(("same", "valid")), st.tuples(*[st.integers(0, 2)] * 4))
filters = st.integers(1, 20)
layers = st.one_of(
    st.builds(Conv2D, filters=filters, kernel=pairs, stride=pairs, padding=paddings, dilation=pairs),
    st.builds(Conv2D, filters=filters, kernel=st.just((3, 3)), padding=paddings, bias=st.booleans()),
    st.builds(Conv2D, filters=st.sampled_from((4, 8)), kernel=pairs, padding=paddings, groups=st.just(2)),
    st.builds(DepthwiseConv2D, kernel=pairs, stride=pairs, padding=paddings, multiplier=st.integers(1, 2)),
    st.builds(TransposedConv2D, filters=filters, kernel=pairs, stride=pairs, padding=paddings),
    st.builds(MaxPool, kernel=pairs, stride=pairs),
    st.builds(AveragePool, kernel=pairs, stride=pairs, padding=st.sampled_from(("same", "valid"))),
    st.builds(Upsample, factor=st.just((2, 1)), mode=st.sampled_from(("nearest", "bilinear"))),
    st.builds(ZeroPad),
    st.builds(Crop, border=st.just((0, 1, 1, 0))),
    st.builds(Dropout, share=st.just(0.3)),
    *(st.builds(kind) for kind in (BatchNorm, LayerNorm, Tanh, GELU, SiLU, ELU)),
    st.builds(GroupNorm, groups=st.sampled_from((1, 2))),
)
joins = st.sampled_from((None, None, Add(), Multiply(), Concatenate()))


def network(shape: Shape, wanted: list[tuple[Layer, Layer | None]]) -> Graph:
    """A chain of those layers that fit, some joined with what went into them."""
    build = Builder(shape)
    last = build.input
    for layer, join in wanted:
        try:
            after = layer.infer(shape)
            if max(after[1:]) > 24:
                continue
            joined = join.infer(shape, after) if join else after
        except ShapeError:
            continue
        end = build(layer, last)
        last, shape = (build(join, last, end), joined) if join else (end, after)
    pooled = build(GlobalAveragePool(), last) if np.prod(shape) > 400 else build(Flatten(), last)
    build(Classification(), build(Dense(units=CLASSES), pooled))
    return build.graph


@settings(max_examples=60, deadline=None, derandomize=True, suppress_health_check=list(HealthCheck))
@given(
    shape=st.tuples(st.integers(1, 14), st.integers(1, 11), st.integers(1, 11)),
    wanted=st.lists(st.tuples(layers, joins), min_size=1, max_size=5),
    batch=st.integers(1, 19),
)
def test_engine_and_reference_agree(
    shape: Shape, wanted: list[tuple[Layer, Layer | None]], batch: int
) -> None:
    graph = network(shape, wanted)
    rng = np.random.default_rng(0)
    x, target = rng.standard_normal((batch, *shape)), rng.integers(0, CLASSES, batch)
    engine, reference = EngineProgram(graph), ReferenceProgram(graph, dtype=np.float64)
    reference.parameters.load(engine.parameters.save())
    losses, gradients = [], []
    for program in (engine, reference):
        state = OptimizerState(SGD(learning_rate=0.0), program.parameters.values)
        losses.append(program.train_step(x.astype(program.dtype), target, state).loss)
        gradients.append(program.parameters.gradients)
    np.testing.assert_allclose(losses[0], losses[1], rtol=1e-3)
    scale = max(float(np.abs(gradients[1]).max()), 1e-3)
    np.testing.assert_allclose(gradients[0], gradients[1], atol=3e-3 * scale)
    scores = [program.scores(x.astype(program.dtype)) for program in (engine, reference)]
    np.testing.assert_allclose(scores[0], scores[1], rtol=1e-3, atol=1e-3 * float(np.abs(scores[1]).max()))
