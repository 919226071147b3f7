"""What a design has to know of the data that it is to be trained on."""

from __future__ import annotations

from dataclasses import dataclass

from core.maths.arrays import Shape


@dataclass(frozen=True)
class DataSpec:
    """What a data source gives: the shape of a sample, the number of classes (0: values to predict), and how
    many values a sample's target has (1 where it is a class).

    `one_hot`: of these values one is 1, and the others are 0.
    """

    shape: Shape
    classes: int
    values: int = 1
    one_hot: bool = False
