"""A convolution of the network: which algorithm runs each of its three passes."""

from __future__ import annotations

from core.engine import convolution
from core.engine.activation import emit_output_gradient
from core.engine.convolution import Window
from core.engine.convolution_gradient import emit_weight_gradient
from core.engine.plan import Node, Parameter, Plan, Value


class Convolution(Node):
    """A convolution with an optional fused ReLU; weight is (filters, channels / groups, height, width)."""

    learns = True

    def __init__(
        self, x: Value, y: Value, weight: Parameter, bias: Parameter | None, window: Window, groups: int
    ) -> None:
        self.inputs, self.output = (x,), y
        self.weight, self.bias, self.window, self.groups = weight, bias, window, groups
        self.relu = False

    def forward(self, plan: Plan) -> None:
        x, y = self.inputs[0], self.output
        convolution.emit_forward(
            plan,
            x.buffer,
            x.size,
            y.buffer,
            y.size,
            self.weight,
            self.bias,
            self.window,
            self.groups,
            self.relu,
        )

    def backward(self, plan: Plan) -> None:
        x, y = self.inputs[0], self.output
        emit_output_gradient(plan, y, self.bias, self.relu)
        dy = plan.gradient_of(y)
        emit_weight_gradient(plan, x.buffer, x.size, dy, y.size, self.weight, self.window, self.groups)
        if x.trained:
            dx, add = plan.contribute(x)
            convolution.emit_backward_data(
                plan, dy, y.size, dx, x.size, self.weight, self.window, self.groups, add
            )
