"""The example designs: small relatives of well-known networks, each for images of 32 × 32 or of 28 × 28."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from math import prod

from core.edits import rename
from core.graph import Graph
from core.layers.activation import ReLU, Sigmoid
from core.layers.dense import Dense
from core.layers.dropout import Dropout
from core.layers.input import Input
from core.layers.merge import Add
from core.layers.normalisation import BatchNorm
from core.layers.output import Classification, Regression
from core.layers.pooling import MaxPool
from core.layers.reconstruction import Reconstruction
from core.layers.reshape import Flatten, Reshape
from core.layers.transposed import TransposedConv2D
from core.templates.builder import Builder
from core.templates.parts import (
    conv,
    conv_norm_relu,
    dense_head,
    depthwise_separable,
    inception_module,
    lenet_stage,
    pooled_head,
    residual_block,
    squeeze_and_excite,
    vgg_stage,
)

COLOR_IMAGE = (3, 32, 32)
DIGIT_IMAGE = (1, 28, 28)
CLASSES = 10
CODE = 32
"""Numbers to which the autoencoder brings an image down."""


@dataclass(frozen=True)
class Template:
    """`name` is that of the file, `title` and `help` are for people."""

    name: str
    title: str
    help: str
    build: Callable[[], Graph]


def lenet5() -> Graph:
    build = Builder()
    last = lenet_stage(build, build.add(Input(shape=DIGIT_IMAGE)), 6, padded=True)
    dense_head(build, lenet_stage(build, last, 16, padded=False), CLASSES, classes=True)
    return build.finish()


def vgg() -> Graph:
    build = Builder()
    last = build.add(Input(shape=COLOR_IMAGE))
    for filters in (32, 64, 128):
        last = vgg_stage(build, last, filters)
    last = build.chain(last, Flatten(), Dense(units=128, initialiser="he"), ReLU(), Dropout(share=0.5))
    build.chain(last, Dense(units=CLASSES), Classification())
    return build.finish()


def resnet20() -> Graph:
    build = Builder()
    last = conv_norm_relu(build, build.add(Input(shape=COLOR_IMAGE)), 16)
    for filters in (16, 32, 64):
        for number in range(3):
            last = residual_block(build, last, filters, 2 if number == 0 and filters > 16 else 1)
    return _classify(build, last)


def mobilenet() -> Graph:
    build = Builder()
    last = conv_norm_relu(build, build.add(Input(shape=COLOR_IMAGE)), 16)
    for filters, stride in ((32, 1), (64, 2), (64, 1), (128, 2), (128, 1)):
        last = depthwise_separable(build, last, filters, stride)
    return _classify(build, last)


def inception() -> Graph:
    build = Builder()
    last = conv_norm_relu(build, build.add(Input(shape=COLOR_IMAGE)), 32)
    last = inception_module(build, build.add(MaxPool(), last), (16, 16, 32, 8, 16, 16))
    last = inception_module(build, build.add(MaxPool(), last), (32, 24, 48, 8, 24, 24))
    return _classify(build, last)


def squeeze_excite() -> Graph:
    build = Builder()
    last = conv_norm_relu(build, build.add(Input(shape=COLOR_IMAGE)), 16)
    for filters in (32, 64):
        last = build.add(MaxPool(), conv_norm_relu(build, last, filters))
        main = build.chain(conv_norm_relu(build, last, filters), conv(filters, bias=False), BatchNorm())
        last = build.add(ReLU(), build.add(Add(), squeeze_and_excite(build, main, filters), last))
    return _classify(build, last)


def digit_regression() -> Graph:
    build = Builder()
    last = build.add(Input(shape=DIGIT_IMAGE))
    for filters in (8, 16):
        last = build.chain(last, conv(filters), ReLU(), MaxPool())
    last = build.chain(last, Flatten(), Dense(units=32, initialiser="he"), ReLU())
    build.chain(last, Dense(units=1), Regression())
    return build.finish()


def autoencoder() -> Graph:
    build = Builder()
    last = build.add(Input(shape=DIGIT_IMAGE))
    for filters in (16, 32):
        last = build.chain(last, conv(filters, stride=2), ReLU())
    code = build.chain(last, Flatten(), Dense(units=CODE, initialiser="he"))
    small = (32, DIGIT_IMAGE[1] // 4, DIGIT_IMAGE[2] // 4)
    unfolded = build.add(Dense(units=prod(small), initialiser="he"), code)
    last = build.chain(unfolded, ReLU(), Reshape(shape=small))
    for filters in (16, 8):
        last = build.chain(last, TransposedConv2D(filters=filters, initialiser="he"), ReLU())
    build.chain(last, conv(DIGIT_IMAGE[0]), Sigmoid(), Reconstruction())
    return rename(rename(build.finish(), code, "Code"), unfolded, "Dense")


def _classify(build: Builder, last: str) -> Graph:
    pooled_head(build, last, CLASSES, classes=True)
    return build.finish()


TEMPLATES = (
    Template("lenet5", "LeNet-5", "Reads digits: the first success of convolutions (LeCun 1998)", lenet5),
    Template("vgg", "VGG-like", "Small filters, stacked deep (Simonyan and Zisserman 2015)", vgg),
    Template("resnet20", "ResNet-20", "Shortcuts around pairs of convolutions (He 2016)", resnet20),
    Template(
        "inception", "Inception-like", "Filters of several sizes side by side (Szegedy 2015)", inception
    ),
    Template("mobilenet", "MobileNet-like", "Depthwise convolutions save work (Howard 2017)", mobilenet),
    Template("squeeze_excite", "Squeeze-and-excite", "Channels weighed by a gate (Hu 2018)", squeeze_excite),
    Template(
        "digit_regression", "Digit regression", "Predicts a number instead of a class", digit_regression
    ),
    Template("autoencoder", "Autoencoder", "An image in 32 numbers, and back (Hinton 2006)", autoencoder),
)
