"""How far a network's numbers may be off when every block computes in float32.

A fixed tolerance can't be right: normalisation of nearly equal values amplifies rounding a thousandfold, and
where two values of a pooling window nearly tie, or a ReLU nearly opens, rounding decides where a gradient
goes, which changes it by a jump. So the reference itself says what is possible: it is run in float64 with
every output and every gradient disturbed at random by as much as an operation may err (Monte Carlo
arithmetic, Parker 1997). A result has to be as near to the undisturbed one as these are, up to a factor.
"""

from __future__ import annotations

from typing import Any

import numpy as np
from numpy.typing import NDArray

from core.design.graph import Graph
from core.layers import Layer, Mode
from core.layers.normalisation import BatchNorm, GroupNorm, LayerNorm
from core.maths.arrays import Array
from core.maths.optim import SGD, OptimizerState
from core.running.program import Program
from core.running.reference import ReferenceProgram

ERROR = 2e-6
"""What each block may err by, relative to the largest of its numbers: some 30 roundings of float32."""
FACTOR = 4
"""How much farther off than the disturbed runs a result may be."""
RUNS = 3
MORE_RUNS = 30
"""Only when a result seems to be off: a jump that rounding decides has to be met by one of the runs."""

NORMALISING = (BatchNorm, GroupNorm, LayerNorm)

Numbers = dict[str, NDArray[Any]]
"""What a step gives, by name."""


class Disturbed(ReferenceProgram):
    """The reference in float64 with noise in all that blocks hand to each other; zeros stay zeros.

    A number that is 0 was set to 0 (by ReLU, padding or dropout): there is no rounding in that.
    """

    def __init__(self, graph: Graph, noise: float, seed: int) -> None:
        super().__init__(graph, dtype=np.float64)
        self._noise = noise
        self._rng = np.random.default_rng(seed)
        self._entered: dict[str, Array] = {}

    def _block_forward(self, block_id: str, mode: Mode, inputs: list[Array]) -> tuple[Array, Any]:
        y, saved = super()._block_forward(block_id, mode, inputs)
        self._entered[block_id] = inputs[0]
        return self._disturb(y) + self._cancellation(block_id, inputs[0]), saved

    def _backward(self, gradient: Array, saved: dict[str, Any]) -> dict[str, Array]:
        # A probability minus 0 or 1, over the number of images: small numbers, but as imprecise as 1.
        size = self._noise / len(gradient)
        return super()._backward(gradient + size * self._rng.uniform(-1, 1, gradient.shape), saved)

    def _block_backward(
        self, block_id: str, saved: Any, gradient: Array
    ) -> tuple[tuple[Array, ...], dict[str, Array]]:
        back, own = super()._block_backward(block_id, saved, self._disturb(gradient))
        if isinstance(self.graph[block_id].layer, NORMALISING):
            back = (back[0] + self._cancellation(block_id, gradient),)
        return back, {name: self._disturb(part) for name, part in own.items()}

    def _cancellation(self, block_id: str, numbers: Array) -> Array:
        """What is left of `numbers` when their mean is subtracted, and the result divided by the deviation of
        the block's input: of a single number nothing but its rounding."""
        layer = self.graph[block_id].layer
        if not isinstance(layer, NORMALISING):
            return np.zeros(1)
        rows, entered = (
            _normalised_together(layer, numbers),
            _normalised_together(layer, self._entered[block_id]),
        )
        size = self._noise * np.abs(rows).max(axis=1) / np.sqrt(entered.var(axis=1) + layer.epsilon)
        noise = size[:, None] * self._rng.uniform(-1, 1, rows.shape)
        if isinstance(layer, BatchNorm):
            noise = noise.reshape(numbers.swapaxes(0, 1).shape).swapaxes(0, 1)
        left: Array = noise.reshape(numbers.shape)
        return left

    def _disturb(self, numbers: Array) -> Array:
        size = self._noise * np.abs(numbers).max(initial=0)
        disturbed: Array = numbers + size * self._rng.uniform(-1, 1, numbers.shape) * (numbers != 0)
        return disturbed


def _normalised_together(layer: Layer, x: Array) -> Array:
    """In each row the numbers of `x` that share a mean."""
    if isinstance(layer, BatchNorm):
        return x.swapaxes(0, 1).reshape(x.shape[1], -1)
    return x.reshape(len(x) * (layer.groups if isinstance(layer, GroupNorm) else 1), -1)


def step(program: Program, x: Array, target: NDArray[Any], state: OptimizerState) -> Numbers:
    """The scores before a training step, and its loss, gradients and running statistics."""
    scores = program.scores(x.astype(program.dtype))
    result = program.train_step(x.astype(program.dtype), target, state)
    arrays = {"loss": np.array([result.loss]), "scores": scores}
    for block_id, params in program.parameters.blocks.items():
        for name in params:
            try:
                arrays[f"gradient of {block_id}.{name}"] = program.parameters.gradient(block_id, name).copy()
            except KeyError:  # a running statistic
                arrays[f"{block_id}.{name}"] = params[name].copy()
    return arrays


def deviations(
    found: Numbers, graph: Graph, weights: Numbers, batch: tuple[Array, NDArray[Any]], number: int = 0
) -> list[str]:
    """What in `found` rounding can't explain, for step `number` with these weights; empty if all is well."""

    def disturbed(seed: int) -> Numbers:
        program = Disturbed(graph, ERROR if seed else 0.0, seed)
        program.parameters.load(weights)
        state = OptimizerState(SGD(learning_rate=0.0), program.parameters.values)
        state.step = number
        return step(program, *batch, state)

    exact = disturbed(0)
    allowed = {name: ERROR * np.abs(array).max(initial=0) for name, array in exact.items()}
    wrong: list[str] = []
    for runs in (range(1, RUNS + 1), range(RUNS + 1, MORE_RUNS + 1)):
        for seed in runs:
            for name, array in disturbed(seed).items():
                allowed[name] = max(allowed[name], FACTOR * _distance(array, exact[name]))
        distances = {name: _distance(found[name], exact[name]) for name in exact}
        wrong = [
            f"{name}: off by {distance:.3g}, {allowed[name]:.3g} is possible"
            for name, distance in distances.items()
            if not distance <= allowed[name]
        ]
        if not wrong:
            break
    return wrong


def _distance(one: NDArray[Any], other: NDArray[Any]) -> float:
    return float(np.abs(one - other).max(initial=0))
