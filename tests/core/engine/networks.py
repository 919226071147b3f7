"""Whole networks for the engine's tests, small enough for NumPy."""

from __future__ import annotations

from collections.abc import Callable

from core.design.graph import Graph
from core.layers.activation import LeakyReLU, ReLU, Sigmoid, Tanh
from core.layers.convolution import Conv2D
from core.layers.dense import Dense
from core.layers.dropout import Dropout
from core.layers.merge import Add, Concatenate
from core.layers.normalisation import BatchNorm
from core.layers.output import Classification, Regression
from core.layers.pooling import AveragePool, GlobalAveragePool, MaxPool
from core.layers.reconstruction import Reconstruction
from core.layers.reshape import Flatten
from core.layers.transposed import TransposedConv2D
from tests.core.designs import Builder, chain


def lenet() -> Graph:
    """Convolution, pooling and dense layers, nothing a multiple of a vector's width."""
    return chain(
        (1, 14, 15),
        Conv2D(filters=5, kernel=(5, 5)),
        ReLU(),
        MaxPool(),
        Conv2D(filters=11, kernel=(3, 3)),
        ReLU(),
        MaxPool(),
        Flatten(),
        Dense(units=19),
        ReLU(),
        Dense(units=4),
        Classification(),
    )


def autoencoder() -> Graph:
    """An image out of an image; sizes that leave vectors half filled."""
    return chain(
        (2, 10, 9),
        Conv2D(filters=5, stride=(2, 3), padding="same"),
        Tanh(),
        TransposedConv2D(filters=2, stride=(2, 3)),
        Reconstruction(),
    )


def vgg() -> Graph:
    """Padded 3 × 3 convolutions, in sizes that leave edge tiles."""
    return chain(
        (3, 11, 10),
        Conv2D(filters=18, kernel=(3, 3), padding="same"),
        ReLU(),
        Conv2D(filters=20, kernel=(3, 3), padding=(1, 1, 1, 1)),
        ReLU(),
        MaxPool(kernel=(3, 3), padding="same"),
        Conv2D(filters=17, kernel=(3, 3), padding="same"),
        Tanh(),
        Flatten(),
        Dropout(share=0.25),
        Dense(units=4),
        Classification(),
    )


def residual() -> Graph:
    """Residual blocks with strides, projections and batch normalisation."""
    build = Builder((3, 9, 8))
    x = build(Conv2D(filters=16, kernel=(3, 3), padding="same", bias=False), build.input)
    x = build(ReLU(), build(BatchNorm(), x))
    for filters, stride in ((16, 1), (24, 2)):
        y = build(
            Conv2D(filters=filters, kernel=(3, 3), stride=(stride, stride), padding=(1, 1, 1, 1), bias=False),
            x,
        )
        y = build(ReLU(), build(BatchNorm(), y))
        y = build(BatchNorm(), build(Conv2D(filters=filters, kernel=(3, 3), padding="same", bias=False), y))
        if stride > 1:
            x = build(
                BatchNorm(), build(Conv2D(filters=filters, kernel=(1, 1), stride=(2, 2), bias=False), x)
            )
        x = build(ReLU(), build(Add(), y, x))
    build(Classification(), build(Dense(units=4), build(GlobalAveragePool(), x)))
    return build.graph


def mobile() -> Graph:
    """Depthwise and pointwise convolutions, grouped and dilated ones."""
    layers = []
    for channels, filters, stride in ((6, 10, 1), (10, 12, 2)):
        layers += [
            Conv2D(
                filters=channels,
                kernel=(3, 3),
                stride=(stride, stride),
                padding="same",
                groups=channels,
                bias=False,
            ),
            BatchNorm(),
            ReLU(),
            Conv2D(filters=filters, kernel=(1, 1), bias=False),
            BatchNorm(),
            ReLU(),
        ]
    return chain(
        (2, 9, 7),
        Conv2D(filters=6, kernel=(3, 2), padding="same", dilation=(2, 1), groups=2),
        *layers,
        AveragePool(kernel=(2, 2), stride=(1, 1)),
        Flatten(),
        Dense(units=4),
        Classification(),
    )


def inception() -> Graph:
    """Branches of one value: concatenated, added, one of them the value itself."""
    build = Builder((2, 7, 7))
    x = build(LeakyReLU(slope=0.1), build(Conv2D(filters=6, padding="same"), build.input))
    branches = [
        build(Conv2D(filters=4, kernel=(1, 1)), x),
        build(Sigmoid(), build(Conv2D(filters=5, kernel=(5, 5), padding="same"), x)),
        build(MaxPool(kernel=(3, 3), stride=(1, 1), padding="same"), x),
        x,
    ]
    y = build(Concatenate(), *branches)
    z = build(Add(), build(Conv2D(filters=21, kernel=(1, 1)), y), y, y)
    build(Regression(loss_function="huber", delta=0.5), build(Dense(units=3), build(Flatten(), z)))
    return build.graph


NETWORKS: dict[str, Callable[[], Graph]] = {
    "lenet": lenet,
    "vgg": vgg,
    "residual": residual,
    "mobile": mobile,
    "inception": inception,
    "autoencoder": autoencoder,
}
