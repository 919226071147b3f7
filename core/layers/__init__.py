"""The layers, one file per family. Importing this package registers all of them."""

from core.layers.base import LAYERS, Layer, Mode, Output, layer
from core.schema.discover import discover

__all__ = ["LAYERS", "Layer", "Mode", "Output", "layer"]

discover(__name__, __path__)
