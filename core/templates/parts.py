"""The modules that well-known networks are made of; also the snippets of the palette."""

from __future__ import annotations

from core.design.spec import DataSpec
from core.layers.activation import ReLU, Sigmoid
from core.layers.convolution import Conv2D, DepthwiseConv2D
from core.layers.dense import Dense
from core.layers.merge import Add, Concatenate, Multiply
from core.layers.normalisation import BatchNorm
from core.layers.output import Classification, Regression
from core.layers.pooling import GlobalAveragePool, MaxPool
from core.layers.reshape import Flatten
from core.layers.transposed import TransposedConv2D
from core.schema.making import unchecked
from core.templates.builder import Builder

CLASSES = 10
"""Of a network's end, as long as no data say how many there are."""


def conv(filters: int, kernel: int = 3, stride: int = 1, *, bias: bool = True) -> Conv2D:
    """A convolution that keeps height and width, but for its stride."""
    return unchecked(
        Conv2D,
        filters=filters,
        kernel=(kernel, kernel),
        stride=(stride, stride),
        padding="same",
        bias=bias,
        initialiser="he",
    )


def lenet_stage(build: Builder, last: str, filters: int, *, padded: bool) -> str:
    """A 5 × 5 convolution, an activation and a pooling (after LeCun et al. 1998, figure 2)."""
    convolution = Conv2D(filters=filters, kernel=(5, 5), padding="same" if padded else "valid")
    return build.chain(last, convolution, ReLU(), MaxPool())


def vgg_stage(build: Builder, last: str, filters: int) -> str:
    """Two 3 × 3 convolutions and a pooling (Simonyan and Zisserman 2015, arXiv:1409.1556)."""
    return build.chain(last, conv(filters), ReLU(), conv(filters), ReLU(), MaxPool())


def enlarging_stage(build: Builder, last: str, filters: int) -> str:
    """Twice as high and wide: the way back of an autoencoder or of a generator (Radford et al. 2015)."""
    larger = unchecked(TransposedConv2D, filters=filters, bias=False, initialiser="he")
    return build.chain(last, larger, BatchNorm(), ReLU())


def dense_head(build: Builder, last: str, data: DataSpec | None, *, flatten: bool = True) -> str:
    """The end of LeNet-5 (LeCun et al. 1998): two hidden dense layers, and one for the output."""
    last = build.chain(last, Flatten()) if flatten else last
    return output(build, build.chain(last, Dense(units=120), ReLU(), Dense(units=84), ReLU()), data)


def pooled_head(build: Builder, last: str, data: DataSpec | None) -> str:
    """The mean of each channel, and one dense layer (Lin et al. 2013, arXiv:1312.4400)."""
    return output(build, build.chain(last, GlobalAveragePool()), data)


def output(build: Builder, last: str, data: DataSpec | None) -> str:
    """A dense layer with a unit for each class, or for each value that the data have to be predicted."""
    if data is None or data.classes:
        return build.chain(last, unchecked(Dense, units=data.classes if data else CLASSES), Classification())
    return build.chain(last, unchecked(Dense, units=data.values), Regression())


def conv_norm_relu(build: Builder, last: str, filters: int, kernel: int = 3, stride: int = 1) -> str:
    """Convolution, batch normalisation, ReLU. The normalisation has a bias, so the convolution needs none."""
    return build.chain(last, conv(filters, kernel, stride, bias=False), BatchNorm(), ReLU())


def residual_block(build: Builder, last: str, filters: int, stride: int = 1) -> str:
    """Two convolutions whose result is added to what came in (He et al. 2016, arXiv:1512.03385, figure 2).

    With a stride, a 1 × 1 convolution brings the shortcut to the new shape (option B of the paper).
    """
    main = conv_norm_relu(build, last, filters, stride=stride)
    main = build.chain(main, conv(filters, bias=False), BatchNorm())
    if stride != 1:
        last = build.chain(last, conv(filters, 1, stride, bias=False), BatchNorm())
    return build.add(ReLU(), build.add(Add(), main, last))


def depthwise_separable(build: Builder, last: str, filters: int, stride: int = 1) -> str:
    """A depthwise convolution and a 1 × 1 one, each normalised (Howard et al. 2017, arXiv:1704.04861)."""
    depthwise = DepthwiseConv2D(stride=(stride, stride), bias=False, initialiser="he")
    return conv_norm_relu(build, build.chain(last, depthwise, BatchNorm(), ReLU()), filters, 1)


def inception_module(build: Builder, last: str, filters: tuple[int, int, int, int, int, int]) -> str:
    """Four ways side by side (Szegedy et al. 2015, arXiv:1409.4842, figure 2b).

    `filters`: of the 1 × 1 way, before and of the 3 × 3 way, before and of the 5 × 5 way, of the pooled way.
    """
    one, before_three, three, before_five, five, pooled = filters
    ways = (
        build.chain(last, conv(one, 1), ReLU()),
        build.chain(last, conv(before_three, 1), ReLU(), conv(three), ReLU()),
        build.chain(last, conv(before_five, 1), ReLU(), conv(five, 5), ReLU()),
        build.chain(last, MaxPool(kernel=(3, 3), stride=(1, 1), padding="same"), conv(pooled, 1), ReLU()),
    )
    return build.add(Concatenate(), *ways)


def squeeze_and_excite(build: Builder, last: str, channels: int, reduction: int = 4) -> str:
    """Weighs the channels by what the whole image holds (Hu et al. 2018, arXiv:1709.01507, figure 3)."""
    squeezed = unchecked(Dense, units=max(channels // reduction, 1), initialiser="he")
    gate = build.chain(
        last, GlobalAveragePool(), squeezed, ReLU(), unchecked(Dense, units=channels), Sigmoid()
    )
    return build.add(Multiply(), last, gate)
