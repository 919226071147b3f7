"""The example designs: small relatives of well-known networks, for images of 8 × 8 pixels and more."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from math import ceil, prod

from core.design.edits import rename
from core.design.graph import Graph
from core.design.spec import DataSpec
from core.layers.activation import ReLU, Sigmoid
from core.layers.dense import Dense
from core.layers.dropout import Dropout
from core.layers.input import Input
from core.layers.merge import Add
from core.layers.normalisation import BatchNorm
from core.layers.output import Regression
from core.layers.pooling import MaxPool
from core.layers.reconstruction import Reconstruction
from core.layers.reshape import Crop, Flatten, Reshape
from core.layers.transposed import TransposedConv2D
from core.schema.making import unchecked
from core.templates.builder import Builder
from core.templates.parts import (
    conv,
    conv_norm_relu,
    dense_head,
    depthwise_separable,
    inception_module,
    lenet_stage,
    output,
    pooled_head,
    residual_block,
    squeeze_and_excite,
    vgg_stage,
)

DIGITS = DataSpec((1, 28, 28), 10)
COLOR_IMAGES = DataSpec((3, 32, 32), 10)
CODE = 32
"""Numbers to which the autoencoder brings an image down."""


@dataclass(frozen=True)
class Template:
    """`name` is that of the file, `title` and `help` are for people; the file is made for `data`."""

    name: str
    title: str
    help: str
    make: Callable[[DataSpec], Graph]
    data: DataSpec = COLOR_IMAGES

    def build(self, data: DataSpec | None = None) -> Graph:
        """The network for images of this shape, with these classes or values to predict."""
        return self.make(data or self.data)


def lenet5(data: DataSpec) -> Graph:
    build = Builder()
    last = lenet_stage(build, build.add(unchecked(Input, shape=data.shape)), 6, padded=True)
    last = lenet_stage(build, last, 16, padded=min(data.shape[1:]) < 12)
    dense_head(build, last, data)
    return build.finish()


def vgg(data: DataSpec) -> Graph:
    build = Builder()
    last = build.add(unchecked(Input, shape=data.shape))
    for filters in (32, 64, 128):
        last = vgg_stage(build, last, filters)
    last = build.chain(last, Flatten(), Dense(units=128, initialiser="he"), ReLU(), Dropout(share=0.5))
    output(build, last, data)
    return build.finish()


def resnet20(data: DataSpec) -> Graph:
    build = Builder()
    last = conv_norm_relu(build, build.add(unchecked(Input, shape=data.shape)), 16)
    for stage, filters in enumerate((16, 32, 64)):
        with build.group(f"Stage {stage + 1}"):
            for number in range(3):
                with build.group(f"Residual {3 * stage + number + 1}"):
                    last = residual_block(build, last, filters, 2 if number == 0 and stage > 0 else 1)
    pooled_head(build, last, data)
    return build.finish()


def mobilenet(data: DataSpec) -> Graph:
    build = Builder()
    last = conv_norm_relu(build, build.add(unchecked(Input, shape=data.shape)), 16)
    for number, (filters, stride) in enumerate(((32, 1), (64, 2), (64, 1), (128, 2), (128, 1))):
        with build.group(f"Separable {number + 1}", folded=number > 0):
            last = depthwise_separable(build, last, filters, stride)
    pooled_head(build, last, data)
    return build.finish()


def inception(data: DataSpec) -> Graph:
    build = Builder()
    last = conv_norm_relu(build, build.add(unchecked(Input, shape=data.shape)), 32)
    for number, filters in enumerate(((16, 16, 32, 8, 16, 16), (32, 24, 48, 8, 24, 24))):
        last = build.add(MaxPool(), last)
        with build.group(f"Inception {number + 1}", folded=number > 0):
            last = inception_module(build, last, filters)
    pooled_head(build, last, data)
    return build.finish()


def squeeze_excite(data: DataSpec) -> Graph:
    build = Builder()
    last = conv_norm_relu(build, build.add(unchecked(Input, shape=data.shape)), 16)
    for number, filters in enumerate((32, 64)):
        last = build.add(MaxPool(), conv_norm_relu(build, last, filters))
        main = build.chain(conv_norm_relu(build, last, filters), conv(filters, bias=False), BatchNorm())
        with build.group(f"Gate {number + 1}", folded=number > 0):
            weighed = squeeze_and_excite(build, main, filters)
        last = build.add(ReLU(), build.add(Add(), weighed, last))
    pooled_head(build, last, data)
    return build.finish()


def digit_regression(data: DataSpec) -> Graph:
    build = Builder()
    last = build.add(unchecked(Input, shape=data.shape))
    for filters in (8, 16):
        last = build.chain(last, conv(filters), ReLU(), MaxPool())
    last = build.chain(last, Flatten(), Dense(units=32, initialiser="he"), ReLU())
    build.chain(last, unchecked(Dense, units=data.values), Regression())
    return build.finish()


def autoencoder(data: DataSpec) -> Graph:
    channels, *size = data.shape
    build = Builder()
    last = build.add(unchecked(Input, shape=data.shape))
    for filters in (16, 32):
        last = build.chain(last, conv(filters, stride=2), ReLU())
    code = build.chain(last, Flatten(), Dense(units=CODE, initialiser="he"))
    small = (32, *(ceil(length / 4) for length in size))
    unfolded = build.add(unchecked(Dense, units=prod(small), initialiser="he"), code)
    last = build.chain(unfolded, ReLU(), unchecked(Reshape, shape=small))
    for filters in (16, 8):
        last = build.chain(last, TransposedConv2D(filters=filters, initialiser="he"), ReLU())
    below, right = (4 * less - length for less, length in zip(small[1:], size, strict=True))
    if below or right:
        last = build.add(Crop(border=(below // 2, right // 2, ceil(below / 2), ceil(right / 2))), last)
    build.chain(last, conv(channels), Sigmoid(), Reconstruction())
    return rename(rename(build.finish(), code, "Code"), unfolded, "Dense")


TEMPLATES = (
    Template(
        "lenet5", "LeNet-5", "Reads digits: the first success of convolutions (LeCun 1998)", lenet5, DIGITS
    ),
    Template("vgg", "VGG-like", "Small filters, stacked deep (Simonyan and Zisserman 2015)", vgg),
    Template("resnet20", "ResNet-20", "Shortcuts around pairs of convolutions (He 2016)", resnet20),
    Template(
        "inception", "Inception-like", "Filters of several sizes side by side (Szegedy 2015)", inception
    ),
    Template("mobilenet", "MobileNet-like", "Depthwise convolutions save work (Howard 2017)", mobilenet),
    Template("squeeze_excite", "Squeeze-and-excite", "Channels weighed by a gate (Hu 2018)", squeeze_excite),
    Template(
        "digit_regression",
        "Digit regression",
        "Predicts a number instead of a class",
        digit_regression,
        DIGITS,
    ),
    Template(
        "autoencoder", "Autoencoder", "An image in 32 numbers, and back (Hinton 2006)", autoencoder, DIGITS
    ),
)
