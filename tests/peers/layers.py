"""What PyTorch computes for the settings of a layer."""

from __future__ import annotations

from collections.abc import Callable
from functools import reduce
from typing import Any

import pytest

from core.schema.param import Padding

torch = pytest.importorskip("torch")
torch.set_num_threads(1)
F = torch.nn.functional

Tensor = Any
Peer = Callable[[Any, dict[str, Tensor], bool, list[Tensor]], Tensor]


def _sides(
    x: Tensor, padding: Padding, window: tuple[int, int], stride: tuple[int, int]
) -> tuple[int, int, int, int]:
    """Padding as ONNX's SAME_UPPER says, which PyTorch has no name for."""
    if padding == "valid":
        return 0, 0, 0, 0
    if padding == "same":
        size = x.shape[2:]
        total = [max((-(-size[i] // stride[i]) - 1) * stride[i] + window[i] - size[i], 0) for i in (0, 1)]
        top, left = total[0] // 2, total[1] // 2
        return top, left, total[0] - top, total[1] - left
    return padding


def _border(
    x: Tensor, padding: Padding, window: tuple[int, int], stride: tuple[int, int], value: float
) -> Tensor:
    top, left, bottom, right = _sides(x, padding, window, stride)
    return F.pad(x, (left, right, top, bottom), value=value) if top or left or bottom or right else x


def _convolution(layer: Any, params: dict[str, Tensor], x: Tensor, groups: int) -> Tensor:
    kernel, dilation = layer.kernel, layer.dilation
    window = ((kernel[0] - 1) * dilation[0] + 1, (kernel[1] - 1) * dilation[1] + 1)
    padded = _border(x, layer.padding, window, layer.stride, 0.0)
    settings = {"stride": layer.stride, "dilation": dilation, "groups": groups}
    return F.conv2d(padded, params["weight"], params.get("bias"), **settings)


def _conv2d(layer: Any, params: dict[str, Tensor], training: bool, inputs: list[Tensor]) -> Tensor:
    return _convolution(layer, params, inputs[0], layer.groups)


def _max_pool(layer: Any, params: dict[str, Tensor], training: bool, inputs: list[Tensor]) -> Tensor:
    x = _border(inputs[0], layer.padding, layer.kernel, layer.stride, -torch.inf)
    return F.max_pool2d(x, layer.kernel, layer.stride)


def _average_pool(layer: Any, params: dict[str, Tensor], training: bool, inputs: list[Tensor]) -> Tensor:
    x, kernel, stride = inputs[0], layer.kernel, layer.stride
    top, left, bottom, right = _sides(x, layer.padding, kernel, stride)
    if (top, left) == (bottom, right) and 2 * top <= kernel[0] and 2 * left <= kernel[1]:
        return F.avg_pool2d(x, kernel, stride, (top, left), count_include_pad=False)
    padded, inside = (_border(y, layer.padding, kernel, stride, 0.0) for y in (x, torch.ones_like(x)))
    mean, covered = (F.avg_pool2d(y, kernel, stride) for y in (padded, inside))
    return mean / covered


def _depthwise(layer: Any, params: dict[str, Tensor], training: bool, inputs: list[Tensor]) -> Tensor:
    return _convolution(layer, params, inputs[0], groups=inputs[0].shape[1])


def _transposed(layer: Any, params: dict[str, Tensor], training: bool, inputs: list[Tensor]) -> Tensor:
    """PyTorch's own padding is symmetric, so the full output is cut here."""
    x, stride = inputs[0], layer.stride
    settings = {"stride": stride, "dilation": layer.dilation, "groups": layer.groups}
    full = F.conv_transpose2d(x, params["weight"], **settings)
    if layer.padding == "valid":
        top, left, bottom, right = 0, 0, 0, 0
    elif layer.padding == "same":
        surplus = [full.shape[2 + i] - x.shape[2 + i] * stride[i] for i in (0, 1)]
        top, left = (max(number, 0) // 2 for number in surplus)
        bottom, right = surplus[0] - top, surplus[1] - left
    else:
        top, left, bottom, right = layer.padding
    cut = F.pad(full, (-left, -right, -top, -bottom))
    return cut + params["bias"][:, None, None] if "bias" in params else cut


def _batch_norm(layer: Any, params: dict[str, Tensor], training: bool, inputs: list[Tensor]) -> Tensor:
    running = params["running_mean"], params["running_variance"]
    momentum, epsilon = layer.momentum, layer.epsilon
    return F.batch_norm(inputs[0], *running, params["gamma"], params["beta"], training, momentum, epsilon)


def _layer_norm(layer: Any, params: dict[str, Tensor], training: bool, inputs: list[Tensor]) -> Tensor:
    return F.layer_norm(inputs[0], inputs[0].shape[1:], params["gamma"], params["beta"], layer.epsilon)


def _group_norm(layer: Any, params: dict[str, Tensor], training: bool, inputs: list[Tensor]) -> Tensor:
    return F.group_norm(inputs[0], layer.groups, params["gamma"], params["beta"], layer.epsilon)


def _spread(inputs: list[Tensor]) -> list[Tensor]:
    """A vector beside images has one number a channel."""
    most = max(x.ndim for x in inputs)
    return [x[..., None, None] if x.ndim < most else x for x in inputs]


def _zero_pad(layer: Any, params: dict[str, Tensor], training: bool, inputs: list[Tensor]) -> Tensor:
    top, left, bottom, right = layer.border
    return F.pad(inputs[0], (left, right, top, bottom))


def _crop(layer: Any, params: dict[str, Tensor], training: bool, inputs: list[Tensor]) -> Tensor:
    top, left, bottom, right = layer.border
    return F.pad(inputs[0], (-left, -right, -top, -bottom))


def _upsample(layer: Any, params: dict[str, Tensor], training: bool, inputs: list[Tensor]) -> Tensor:
    centred = {"align_corners": False} if layer.mode == "bilinear" else {}
    return F.interpolate(inputs[0], scale_factor=layer.factor, mode=layer.mode, **centred)


PEERS: dict[str, Peer] = {
    "conv2d": _conv2d,
    "depthwise_conv2d": _depthwise,
    "transposed_conv2d": _transposed,
    "max_pool": _max_pool,
    "average_pool": _average_pool,
    "global_average_pool": lambda layer, params, training, x: x[0].mean(dim=(2, 3)),
    "adaptive_average_pool": lambda layer, params, training, x: F.adaptive_avg_pool2d(x[0], layer.size),
    "batch_norm": _batch_norm,
    "layer_norm": _layer_norm,
    "group_norm": _group_norm,
    "dense": lambda layer, params, training, x: F.linear(x[0], params["weight"], params.get("bias")),
    "flatten": lambda layer, params, training, x: x[0].flatten(1),
    "reshape": lambda layer, params, training, x: x[0].reshape(len(x[0]), *layer.shape),
    "zero_pad": _zero_pad,
    "crop": _crop,
    "upsample": _upsample,
    "relu": lambda layer, params, training, x: F.relu(x[0]),
    "leaky_relu": lambda layer, params, training, x: F.leaky_relu(x[0], layer.slope),
    "elu": lambda layer, params, training, x: F.elu(x[0], layer.alpha),
    "gelu": lambda layer, params, training, x: F.gelu(x[0], approximate="tanh"),
    "silu": lambda layer, params, training, x: F.silu(x[0]),
    "sigmoid": lambda layer, params, training, x: torch.sigmoid(x[0]),
    "tanh": lambda layer, params, training, x: torch.tanh(x[0]),
    "softmax": lambda layer, params, training, x: torch.softmax(x[0], dim=1),
    "add": lambda layer, params, training, x: reduce(torch.add, _spread(x)),
    "multiply": lambda layer, params, training, x: reduce(torch.mul, _spread(x)),
    "concatenate": lambda layer, params, training, x: torch.cat(x, dim=1),
}

WITHOUT_PEER = {"dropout"}
"""PyTorch draws other random numbers."""
