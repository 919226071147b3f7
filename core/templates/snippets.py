"""Parts of networks to build with: what the palette offers besides single layers."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import TypeAlias

from core.design.spec import DataSpec
from core.maths.arrays import Shape
from core.templates import parts
from core.templates.builder import Builder

LEAST_FILTERS = 16

Build: TypeAlias = Callable[[Builder, str, Shape, DataSpec | None], str]


@dataclass(frozen=True)
class Snippet:
    """`build` puts the blocks behind one that gives this shape, and gives the id of the last one it added.

    A snippet that doesn't need an image takes a vector as well. One that `ends` the network has no output.
    """

    name: str
    title: str
    help: str
    build: Build
    needs_image: bool = True
    ends: bool = False


def _filters(shape: Shape) -> int:
    return max(shape[0], LEAST_FILTERS)


def _lenet_stage(build: Builder, last: str, shape: Shape, data: DataSpec | None) -> str:
    first = shape[0] <= 3
    return parts.lenet_stage(build, last, 6 if first else 16, padded=first or min(shape[1:]) < 8)


def _vgg_stage(build: Builder, last: str, shape: Shape, data: DataSpec | None) -> str:
    return parts.vgg_stage(build, last, max(2 * shape[0], LEAST_FILTERS))


def _conv_norm_relu(build: Builder, last: str, shape: Shape, data: DataSpec | None) -> str:
    return parts.conv_norm_relu(build, last, _filters(shape))


def _residual(build: Builder, last: str, shape: Shape, data: DataSpec | None) -> str:
    return parts.residual_block(build, last, shape[0])


def _inception(build: Builder, last: str, shape: Shape, data: DataSpec | None) -> str:
    quarter = max(shape[0] // 4, LEAST_FILTERS // 4)
    half = quarter // 2
    return parts.inception_module(build, last, (quarter, half, 2 * quarter, half, half, half))


def _separable(build: Builder, last: str, shape: Shape, data: DataSpec | None) -> str:
    return parts.depthwise_separable(build, last, _filters(shape))


def _squeeze(build: Builder, last: str, shape: Shape, data: DataSpec | None) -> str:
    return parts.squeeze_and_excite(build, last, shape[0])


def _enlarging_stage(build: Builder, last: str, shape: Shape, data: DataSpec | None) -> str:
    return parts.enlarging_stage(build, last, max(shape[0] // 2, LEAST_FILTERS // 2))


def _dense_head(build: Builder, last: str, shape: Shape, data: DataSpec | None) -> str:
    return parts.dense_head(build, last, data, flatten=len(shape) == 3)


def _pooled_head(build: Builder, last: str, shape: Shape, data: DataSpec | None) -> str:
    return parts.pooled_head(build, last, data)


SNIPPETS = (
    Snippet("lenet_stage", "LeNet stage", "A convolution, an activation and a pooling.", _lenet_stage),
    Snippet("vgg_stage", "VGG stage", "Two small convolutions and a pooling.", _vgg_stage),
    Snippet(
        "conv_norm_relu",
        "Conv + Norm + ReLU",
        "A convolution, batch normalisation and an activation.",
        _conv_norm_relu,
    ),
    Snippet("residual", "Residual block", "Two convolutions with a shortcut around them.", _residual),
    Snippet("inception", "Inception module", "Filters of several sizes side by side.", _inception),
    Snippet(
        "separable",
        "Depthwise separable",
        "A depthwise convolution and a 1 × 1 one: a convolution for less work.",
        _separable,
    ),
    Snippet("squeeze", "Squeeze and excite", "Weighs the channels by what the whole image holds.", _squeeze),
    Snippet(
        "enlarging_stage",
        "Enlarging stage",
        "A transposed convolution, normalisation and an activation: twice as high and wide.",
        _enlarging_stage,
    ),
    Snippet(
        "dense_head",
        "Dense head",
        "The dense layers and the output that end LeNet-5, for the classes of the data.",
        _dense_head,
        needs_image=False,
        ends=True,
    ),
    Snippet(
        "pooled_head",
        "Pooled head",
        "Global pooling, one dense layer and the output: the end of newer networks.",
        _pooled_head,
        ends=True,
    ),
)
