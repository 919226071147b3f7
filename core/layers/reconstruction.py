"""The end of an autoencoder: the image that came in is what has to come out."""

from __future__ import annotations

from core.layers.base import Shape, layer
from core.layers.output import Regression


@layer("reconstruction", group="Output", title="Reconstruction")
class Reconstruction(Regression):
    """The network has to give back its own input: the loss is the distance between the two, pixel by pixel.

    It needs the shape of the input. The targets of the data play no part (Hinton and Salakhutdinov 2006,
    doi:10.1126/science.1127647).
    """

    target = "image"

    def infer(self, x: Shape) -> Shape:
        return x
