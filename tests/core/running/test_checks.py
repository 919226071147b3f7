"""What isn't a batch is refused before any of it is read, with the remedy; on both executors."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from typing import Any

import numpy as np
import pytest

from core.compile import compile_graph
from core.data.dataset import Dataset
from core.errors import CoreError, DataError, UsageError
from core.layers import Output
from core.layers.convolution import Conv2D
from core.layers.dense import Dense
from core.layers.output import BinaryClassification, Classification, Regression
from core.layers.reconstruction import Reconstruction
from core.layers.reshape import Flatten
from core.maths.optim import SGD, OptimizerState
from core.running.program import Program
from core.training.evaluate import evaluate
from core.training.plan import Plan
from core.training.session import Session
from tests.core.designs import chain, shapes_to_tell_apart

pytestmark = pytest.mark.usefixtures("executor")

LABELS = np.zeros(7, np.int64)


def _images(end: Output | None = None) -> Program:
    return compile_graph(
        chain((3, 6, 5), Conv2D(filters=2), Flatten(), Dense(units=4), end or Classification())
    )


def _ways(program: Program) -> dict[str, Callable[[Any], object]]:
    """All that takes samples."""
    state = OptimizerState(SGD(), program.parameters.values)
    return {
        "predict": program.predict,
        "scores": program.scores,
        "outputs": lambda x: program.outputs(x, ["conv2d_1"]),
        "evaluate": lambda x: program.evaluate(x, LABELS),
        "train_step": lambda x: program.train_step(x, LABELS, state),
        "inspect": lambda x: program.inspect(x, LABELS, ["conv2d_1"], ["conv2d_1"]),
    }


WRONG: dict[str, tuple[Any, str, str]] = {
    "too small": (np.ones((7, 3, 1, 1)), "(7, 3, 1, 1)", "set the shape of the Input block"),
    "channels last": (np.ones((7, 6, 5, 3)), "(7, 6, 5, 3)", "x.transpose(0, 3, 1, 2)"),
    "one image": (np.ones((3, 6, 5)), "(3, 6, 5)", "x[None]"),
    "one image, channels last": (np.ones((6, 5, 3)), "(6, 5, 3)", "x.transpose(2, 0, 1)[None]"),
    "vectors": (np.ones((7, 90)), "(7, 90)", "x.reshape(-1, 3, 6, 5)"),
    "a number": (1.0, "()", "Give samples of this shape"),
    "empty": (np.ones((0, 3, 6, 5)), "(0, 3, 6, 5)", "at least one sample"),
    "empty, of another shape": (np.ones((0, 90)), "(0, 90)", "at least one sample"),
    "an empty list": ([], "(0,)", "at least one sample"),
    "two inputs": ([np.ones((7, 3, 6, 5)), np.ones((7, 3, 6, 5))], "2 arrays", "one array"),
    "words": (np.full((7, 3, 6, 5), "one"), "<U3", "array of numbers"),
    "objects": (np.full((7, 3, 6, 5), None), "object", "array of numbers"),
    "complex": (np.ones((7, 3, 6, 5), np.complex64), "complex64", "array of numbers"),
    "ragged": ([[1.0], [1.0, 2.0]], "unequal length", "array of numbers"),
    "bytes": (np.ones((7, 3, 6, 5), np.uint8), "bytes", "x / numpy.float32(255)"),
}


@pytest.mark.parametrize("wrong", WRONG)
def test_samples_of_another_form_are_refused_with_the_remedy(wrong: str) -> None:
    x, came, remedy = WRONG[wrong]
    for name, way in _ways(_images()).items():
        with pytest.raises(UsageError) as caught:
            way(x)
        problem = caught.value.problem
        assert problem.block == "input_1", name
        assert problem.message.startswith("Input 1 "), name
        assert wrong == "bytes" or "(N, 3, 6, 5)" in problem.message, name
        assert came in problem.message, name
        assert remedy in problem.hint, name


@pytest.mark.parametrize(
    ("shape", "found", "remedy"),
    [
        ((1, 4, 5), (7, 4, 5), "x[:, None]"),
        ((1, 4, 5), (4, 5), "x[None, None]"),
        ((1,), (7,), "x[:, None]"),
        ((20,), (7, 1, 4, 5), "x.reshape(-1, 20)"),
        ((20,), (20,), "x[None]"),
    ],
)
def test_axes_that_are_missing_are_named(shape: tuple[int, ...], found: tuple[int, ...], remedy: str) -> None:
    layers = (Flatten(), Dense(units=2), Classification())
    with pytest.raises(UsageError) as caught:
        compile_graph(chain(shape, *layers)).predict(np.ones(found))
    assert remedy in caught.value.problem.hint


@pytest.mark.parametrize("kind", [np.float64, np.float16, np.int64, bool])
def test_other_numbers_become_those_of_the_network(kind: type[np.generic]) -> None:
    program = _images()
    x = np.random.default_rng(0).integers(0, 2, (9, 3, 6, 5))
    expected = program.scores(x.astype(np.float32))
    for given in (x.astype(kind), x.astype(kind).tolist(), np.asfortranarray(x.astype(kind))):
        np.testing.assert_array_equal(program.scores(given), expected)


def test_numbers_too_large_for_float32_are_infinite_without_a_warning() -> None:
    assert not np.isfinite(_images().scores(np.full((9, 3, 6, 5), 1e300))).any()


TARGETS: dict[str, tuple[Output, Any, str, str]] = {
    "too few": (Classification(), np.zeros(6, int), "got 7 samples and 6 targets", "as many targets"),
    "one-hot": (Classification(), np.eye(4)[[0, 1, 2, 3, 0, 1, 2]], "(7, 4)", "y.argmax(axis=1)"),
    "floats": (Classification(), np.zeros(7), "float64", "y.astype(int)"),
    "too high": (Classification(), [0, 1, 2, 3, 4, 0, 0], "sample 4 of the batch is 4", "from 0"),
    "negative": (Classification(), [0, 1, -1, 3, 0, 0, 0], "sample 2 of the batch is -1", "from 0"),
    "words": (Classification(), ["a"] * 7, "<U1", "array of numbers"),
    "no values": (Regression(), np.zeros((7, 3)), "(7, 3)", "one row"),
    "one value": (Regression(), np.zeros(7), "(7,)", "one row"),
    "NaN": (Regression(), [[0, 0, 0, 0]] * 5 + [[0, np.nan, 0, 0], [0] * 4], "sample 5", "Replace it"),
    "no probability": (BinaryClassification(), np.full((7, 4), np.nan), "sample 0", "Replace it"),
}


@pytest.mark.parametrize("wrong", TARGETS)
def test_targets_of_another_form_are_refused_with_the_remedy(wrong: str) -> None:
    end, target, came, remedy = TARGETS[wrong]
    program, x = _images(end), np.ones((7, 3, 6, 5), np.float32)
    state = OptimizerState(SGD(), program.parameters.values)
    before = program.parameters.values.copy()
    for way in (
        lambda: program.train_step(x, target, state),
        lambda: program.evaluate(x, target),
        lambda: program.inspect(x, target, [], ["conv2d_1"]),
        lambda: program.judge(program.scores(x), target),
    ):
        with pytest.raises(UsageError) as caught:
            way()
        assert caught.value.problem.block == program.output.id
        assert came in caught.value.problem.message
        assert remedy in caught.value.problem.hint
    np.testing.assert_array_equal(program.parameters.values, before)


def test_a_block_that_isn_t_there_is_named() -> None:
    with pytest.raises(UsageError, match=r"no block 'nope'.*conv2d_1"):
        _images().outputs(np.ones((7, 3, 6, 5)), ["nope"])


ODD_DATA: dict[str, tuple[Output, Callable[[Dataset], Dataset], str]] = {
    "channels last": (
        Classification(),
        lambda data: replace(data, images=np.ones((len(data), 6, 5, 3), np.uint8)),
        r"Input 1 takes samples of numbers \(N, 3, 6, 5\).*transpose",
    ),
    "objects": (
        Classification(),
        lambda data: replace(data, images=np.full((len(data), 3, 6, 5), None)),
        "object",
    ),
    "values": (
        Classification(),
        lambda data: replace(data, targets=np.ones((len(data), 4)), classes=()),
        r"Classification 1 takes class numbers \(N,\).*float64",
    ),
    "other values": (
        Regression(),
        lambda data: replace(data, targets=np.ones((len(data), 3)), classes=()),
        r"Regression 1 takes targets \(N, 4\)",
    ),
}


@pytest.mark.parametrize("odd", ODD_DATA)
def test_data_that_do_not_fit_are_refused_before_the_first_step(odd: str) -> None:
    end, change, complaint = ODD_DATA[odd]
    good = Dataset(np.ones((9, 3, 6, 5), np.float32), np.arange(9) % 4, tuple("abcd"))
    values = replace(good, targets=np.ones((9, 4)), classes=())
    own, data, program = values if end.target == "value" else good, change(good), _images(end)
    state = OptimizerState(SGD(), program.parameters.values)
    for way in (
        lambda: Session(program, data, None, Plan()),
        lambda: Session(program, own, data, Plan()),
        lambda: evaluate(program, data),
        lambda: program.train_on(data, np.arange(3), state),
        lambda: program.scores_on(data, np.arange(9)),
    ):
        with pytest.raises(DataError, match=complaint):
            way()


def test_labels_of_a_data_set_beyond_the_network_are_refused() -> None:
    program = compile_graph(chain((1, 8, 8), Flatten(), Dense(units=2), Classification()))
    data = shapes_to_tell_apart(30)
    for way in (lambda: list(Session(program, data, None, Plan())), lambda: evaluate(program, data)):
        with pytest.raises(CoreError, match="outside 0 … 1"):
            way()


def test_no_samples_of_a_data_set_are_no_batch() -> None:
    program, none = _images(), np.zeros(0, np.int64)
    data = Dataset(np.ones((9, 3, 6, 5), np.float32), np.arange(9) % 4, tuple("abcd"))
    state = OptimizerState(SGD(), program.parameters.values)
    with pytest.raises(UsageError, match="without samples"):
        program.train_on(data, none, state)
    with pytest.raises(UsageError, match="without samples"):
        program.judge(np.ones((0, 4), np.float32), none)


def test_classes_are_whole_numbers() -> None:
    with pytest.raises(DataError, match="whole numbers, got float64"):
        Dataset(np.ones((2, 3)), np.zeros(2), ("a", "b"))


def test_an_image_as_the_target_has_the_shape_of_the_input() -> None:
    program = compile_graph(chain((1, 4, 4), Conv2D(filters=1, padding="same"), Reconstruction()))
    x = np.ones((9, 1, 4, 4), np.float32)
    assert program.evaluate(x, x).samples == 9
    with pytest.raises(UsageError, match=r"expects targets \(N, 1, 4, 4\)"):
        program.evaluate(x, x[:, 0])
