"""Transposed convolution: the passes of a convolution, exchanged."""

from __future__ import annotations

from core.engine.operations import convolution, convolution_gradient
from core.engine.operations.activation import emit_output_gradient
from core.engine.operations.convolution import Geometry
from core.engine.tape import Learned, Node, Tape, Value


class TransposedConvolution(Node):
    """Forward it is a convolution's backward pass to the data.

    weight is (inputs, outputs / groups, height, width).
    """

    learns = True

    def __init__(
        self, x: Value, y: Value, weight: Learned, bias: Learned | None, window: Geometry, groups: int
    ) -> None:
        self.inputs, self.output = (x,), y
        self.weight, self.bias, self.window, self.groups = weight, bias, window, groups

    def forward(self, tape: Tape) -> None:
        x, y = self.inputs[0], self.output
        convolution.emit_backward_data(
            tape, x.buffer, x.size, y.buffer, y.size, self.weight, self.window, self.groups, False, self.bias
        )

    def backward(self, tape: Tape) -> None:
        x, y = self.inputs[0], self.output
        emit_output_gradient(tape, y, self.bias, relu=False)
        dy = tape.gradient_of(y)
        convolution_gradient.emit_weight_gradient(
            tape, dy, y.size, tape.recall(x), x.size, self.weight, self.window, self.groups
        )
        if x.trained:
            tape.add_into(
                x,
                lambda dx: convolution.emit_forward(
                    tape, dy, y.size, dx, x.size, self.weight, None, self.window, self.groups, False
                ),
            )
