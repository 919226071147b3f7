"""The layers, one file per family. Importing this package registers all of them."""

from core.layers import (
    activation,
    convolution,
    dense,
    dropout,
    input,
    merge,
    normalisation,
    output,
    pooling,
    reshape,
    unknown,
)
from core.layers.base import LAYERS, Array, Layer, Mode, Output, Parameter, Params, Shape, layer

__all__ = [
    "LAYERS",
    "Array",
    "Layer",
    "Mode",
    "Output",
    "Parameter",
    "Params",
    "Shape",
    "activation",
    "convolution",
    "dense",
    "dropout",
    "input",
    "layer",
    "merge",
    "normalisation",
    "output",
    "pooling",
    "reshape",
    "unknown",
]
