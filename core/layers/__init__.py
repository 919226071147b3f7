"""The layers, one file per family. Importing this package registers all of them."""

from core.layers import (
    activation,
    convolution,
    dense,
    depthwise,
    dropout,
    input,
    merge,
    normalisation,
    output,
    pooling,
    reconstruction,
    resampling,
    reshape,
    transposed,
    unknown,
)
from core.layers.base import LAYERS, Layer, Mode, Output, layer

__all__ = [
    "LAYERS",
    "Layer",
    "Mode",
    "Output",
    "activation",
    "convolution",
    "dense",
    "depthwise",
    "dropout",
    "input",
    "layer",
    "merge",
    "normalisation",
    "output",
    "pooling",
    "reconstruction",
    "resampling",
    "reshape",
    "transposed",
    "unknown",
]
