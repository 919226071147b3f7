"""Transposed convolution: the passes of a convolution, exchanged."""

from __future__ import annotations

from core.engine.operations import convolution, convolution_gradient
from core.engine.operations.activation import emit_output_gradient
from core.engine.operations.convolution import Window
from core.engine.rows import Node, Parameter, Plan, Value


class TransposedConvolution(Node):
    """Forward it is a convolution's backward pass to the data.

    weight is (inputs, outputs / groups, height, width).
    """

    learns = True

    def __init__(
        self, x: Value, y: Value, weight: Parameter, bias: Parameter | None, window: Window, groups: int
    ) -> None:
        self.inputs, self.output = (x,), y
        self.weight, self.bias, self.window, self.groups = weight, bias, window, groups

    def forward(self, plan: Plan) -> None:
        x, y = self.inputs[0], self.output
        convolution.emit_backward_data(
            plan, x.buffer, x.size, y.buffer, y.size, self.weight, self.window, self.groups, False, self.bias
        )

    def backward(self, plan: Plan) -> None:
        x, y = self.inputs[0], self.output
        emit_output_gradient(plan, y, self.bias, relu=False)
        dy = plan.gradient_of(y)
        convolution_gradient.emit_weight_gradient(
            plan, dy, y.size, plan.recall(x), x.size, self.weight, self.window, self.groups
        )
        if x.trained:
            plan.add_into(
                x,
                lambda dx: convolution.emit_forward(
                    plan, dy, y.size, dx, x.size, self.weight, None, self.window, self.groups, False
                ),
            )
