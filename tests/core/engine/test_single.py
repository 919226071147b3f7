"""One image at a time: every layer that has an operation for it, and whole networks, against NumPy."""

from __future__ import annotations

import numpy as np
import pytest

from core.design.graph import Graph
from core.engine.executor import FEW, EngineProgram
from core.engine.lowering import Setting
from core.engine.machine.arena import Arena, Fixed
from core.engine.machine.guard import run_guarded
from core.engine.network import size_of
from core.engine.single.lowering import SingleLowering
from core.engine.single.moving import from_planes, planes_row, to_planes
from core.engine.single.pixels import Pixels, emit_border, pixels
from core.engine.tape import Learned, Tape
from core.layers import Layer, Mode
from core.layers.activation import ReLU
from core.layers.convolution import Conv2D, DepthwiseConv2D
from core.layers.dense import Dense
from core.layers.merge import Add, Multiply
from core.layers.normalisation import BatchNorm, GroupNorm, LayerNorm
from core.layers.output import Classification
from core.layers.resampling import AdaptiveAveragePool, Upsample
from core.layers.reshape import Flatten
from core.layers.transposed import TransposedConv2D
from core.maths.arrays import Array
from core.maths.optim import SGD, OptimizerState
from core.running.reference import ReferenceProgram
from tests.core.designs import Builder, chain
from tests.core.engine.networks import NETWORKS, lenet, residual, vgg
from tests.core.engine.test_mixed import Unsupported
from tests.core.layers.layer_cases import HIDDEN, Case

TOLERANCE = 2e-5


def run_layer(case: Case, arrays: dict[str, Array], inputs: list[Array], threads: int) -> Array:
    """The layer's output for the first image of `inputs`, in memory that starts as NaN and is guarded."""
    tape = Tape(threads, 1, training=False)
    lowering = SingleLowering(tape, lambda _: False, lambda _step, _block: 0)
    out = case.layer.infer(*case.shapes)
    parameters = {name: Learned(Fixed(a), Fixed(a)) for name, a in arrays.items()}
    lowering.block = Setting("layer", size_of(out), parameters)
    entering = [Pixels(size_of(shape)) for shape in case.shapes]
    output = case.layer.lower(lowering, *entering)
    assert output is not None
    for value, x in zip(entering, inputs, strict=True):
        emit_border(tape, value)
        tape.emit(from_planes, planes_row(Fixed(np.ascontiguousarray(x[0], np.float32)), value))
    for node in lowering.nodes:
        node.forward(tape)
    y = np.zeros(out, np.float32)
    tape.emit(to_planes, planes_row(Fixed(y), pixels(output)))
    arena = Arena(tape.rows, threads, 1, guarded=True)
    run_guarded([arena], threads, 1, 1)
    return y


WIDE = (24, 9, 7)
MANY_CHANNELS = [
    Case(layer, (WIDE,))
    for layer in (
        *(Conv2D(filters=60, groups=groups, padding="same", stride=(2, 1)) for groups in (2, 4, 6, 12)),
        *(DepthwiseConv2D(multiplier=multiplier) for multiplier in (2, 3)),
        *(
            TransposedConv2D(filters=36, kernel=kernel, stride=(2, 3), dilation=dilation, groups=groups)
            for kernel in ((3, 4), (2, 2))  # the latter leaves columns that no tap reaches
            for dilation in ((1, 1), (2, 1))
            for groups in (1, 2, 12)
        ),
        *(GroupNorm(groups=groups) for groups in (1, 3, 8)),
        LayerNorm(),
    )
]
"""Several vectors of channels, and groups that don't fill them."""


@pytest.mark.parametrize("case", [*HIDDEN, *MANY_CHANNELS], ids=str)
def test_a_layer_is_its_reference(case: Case) -> None:
    arrays, inputs = case.arrays(np.float32), case.inputs(np.float64)
    found = run_layer(case, arrays, inputs, threads=1 + len(str(case)) % 3)
    expected, _ = case.layer.forward(case.arrays(np.float64), Mode(), *inputs)
    np.testing.assert_allclose(found, expected[0], atol=TOLERANCE, rtol=TOLERANCE)


def pair(graph: Graph) -> tuple[EngineProgram, ReferenceProgram]:
    """The network on both executors, with parameters unlike any initialiser's."""
    engine, reference = EngineProgram(graph, seed=2), ReferenceProgram(graph, seed=2)
    rng = np.random.default_rng(0)
    for array in engine.parameters.save():
        block, name = array.rsplit(".", 1)
        engine.parameters.blocks[block][name] += rng.uniform(
            0, 0.3, engine.parameters.blocks[block][name].shape
        )
    reference.parameters.load(engine.parameters.save())
    return engine, reference


def images(program: EngineProgram, count: int) -> Array:
    shape = program.shapes[program.input.id]
    return np.random.default_rng(1).standard_normal((count, *shape)).astype(np.float32)


def assert_outputs_agree(graph: Graph, blocks: list[str], count: int = 2) -> None:
    engine, reference = pair(graph)
    x = images(engine, count)
    found, expected = (program.outputs(x, blocks) for program in (engine, reference))
    for block in blocks:
        largest = float(np.abs(expected[block]).max())
        np.testing.assert_allclose(found[block], expected[block], atol=TOLERANCE * largest, err_msg=block)


@pytest.mark.parametrize("name", NETWORKS)
@pytest.mark.parametrize("count", [1, FEW, FEW + 1])
def test_scores(name: str, count: int) -> None:
    graph = NETWORKS[name]()
    assert_outputs_agree(graph, [EngineProgram(graph).output.id], count)


@pytest.mark.parametrize("name", NETWORKS)
def test_the_outputs_of_all_blocks_exist(name: str) -> None:
    graph = NETWORKS[name]()
    assert_outputs_agree(graph, list(graph.order))


def gated() -> Graph:
    """A gate with a value for each channel, joined with what it gates, and both behind a sum and ReLU."""
    build = Builder((3, 12, 13))
    x = build(Conv2D(filters=20, padding="same"), build.input)
    gate = build(Conv2D(filters=20, kernel=(1, 1)), build(AdaptiveAveragePool(size=(1, 1)), x))
    y = build(ReLU(), build(Add(), build(Multiply(), x, gate), x, gate))
    z = build(Conv2D(filters=9, kernel=(3, 3), stride=(2, 2), dilation=(2, 1), padding="same"), y)
    build(Classification(), build(Dense(units=3), build(Flatten(), build(BatchNorm(), build(ReLU(), z)))))
    return build.graph


def decoder() -> Graph:
    """A transposed convolution that takes over what follows it, groups that share vectors, normalisation."""
    build = Builder((6, 7, 5))
    x = build(Conv2D(filters=18, padding="same", groups=3), build.input)
    larger = build(BatchNorm(), build(TransposedConv2D(filters=18, padding="same", groups=3), x))
    y = build(GroupNorm(groups=3), build(ReLU(), build(Add(), larger, build(Upsample(), x))))
    build(Classification(), build(Dense(units=3), build(Flatten(), build(LayerNorm(), y))))
    return build.graph


@pytest.mark.parametrize("layer", [None, Unsupported()], ids=["lowered", "not lowered"])
def test_a_network_without_and_with_a_layer_that_has_no_operation(layer: Layer | None) -> None:
    graph = gated() if layer is None else chain((2, 5, 5), layer, Flatten(), Dense(units=3), Classification())
    assert_outputs_agree(graph, list(graph.order))


@pytest.mark.parametrize("every_block", [True, False], ids=["every block", "fused"])
def test_a_decoder(every_block: bool) -> None:
    graph = decoder()
    assert_outputs_agree(graph, list(graph.order) if every_block else [EngineProgram(graph).output.id])


@pytest.mark.parametrize("make", [lenet, vgg, residual], ids=lambda make: make.__name__)
def test_scores_follow_each_change_of_the_weights(make: object) -> None:
    assert callable(make)
    engine, reference = pair(make())
    x = images(engine, 9)
    classes = np.arange(9) % engine.shapes[engine.output.id][0]
    states = [OptimizerState(SGD(), program.parameters.values) for program in (engine, reference)]
    for _ in range(3):
        found, expected = (program.scores(x[:1]) for program in (engine, reference))
        np.testing.assert_allclose(found, expected, atol=1e-4 * float(np.abs(expected).max()))
        for program, state in zip((engine, reference), states, strict=True):
            program.train_step(x, classes, state)


@pytest.mark.parametrize("graph", [lenet(), residual(), decoder()], ids=["lenet", "residual", "decoder"])
def test_a_single_changed_weight_is_seen(graph: Graph) -> None:
    engine, reference = pair(graph)
    x = images(engine, 1)
    before = engine.scores(x)
    for block in engine.graph.order:
        weight = engine.parameters.blocks[block].get("weight")
        if weight is not None:
            weight.flat[weight.size // 2] += 0.5
            reference.parameters.load(engine.parameters.save())
            found = engine.scores(x)
            assert not np.array_equal(found, before)
            np.testing.assert_allclose(found, reference.scores(x), rtol=1e-3, atol=1e-4)
            before = found


def test_a_prediction_while_training_changes_nothing() -> None:
    programs = [EngineProgram(residual(), seed=1) for _ in range(2)]
    x = images(programs[0], 12)
    for predicts, program in zip((True, False), programs, strict=True):
        state = OptimizerState(SGD(), program.parameters.values)
        for _ in range(3):
            program.train_step(x, np.arange(12) % 4, state)
            if predicts:
                program.outputs(x[:1], program.graph.order)
    assert programs[0].parameters.values.tobytes() == programs[1].parameters.values.tobytes()


def test_a_number_that_is_not_finite_stays_visible() -> None:
    engine, _ = pair(lenet())
    x = images(engine, 1)
    x[0, 0, 7, 7] = np.nan
    assert np.isnan(engine.scores(x)).any()
