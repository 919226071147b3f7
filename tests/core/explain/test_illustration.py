"""Pictures of layers: what goes in and what comes out, for every layer there is."""

from __future__ import annotations

from dataclasses import replace

import numpy as np
import pytest

from core.explain.illustration import Curve, Maps, illustrate
from core.layers import LAYERS
from core.layers.convolution import Conv2D
from core.layers.pooling import MaxPool
from core.schema.making import unchecked


@pytest.mark.parametrize("kind", [layer.kind for layer in LAYERS if layer.inputs != 0])
def test_every_layer_has_a_picture(kind: str) -> None:
    layer = LAYERS[kind]()
    shown = illustrate(layer)
    if isinstance(shown, Maps):
        assert shown.output.shape == layer.infer(*(x.shape for x in shown.inputs))
        values = shown.output
    else:
        assert isinstance(shown, Curve)
        values = shown.y
    assert np.isfinite(values).all()


def test_a_curve_is_the_function() -> None:
    shown = illustrate(LAYERS["tanh"]())
    assert isinstance(shown, Curve)
    np.testing.assert_allclose(shown.y, np.tanh(shown.x), rtol=1e-6)


def test_pooling_shows_the_largest_of_each_window() -> None:
    shown = illustrate(MaxPool())
    assert isinstance(shown, Maps)
    (image,) = shown.inputs
    assert shown.output[0, 7, 7] == image[0, 14:16, 14:16].max()


def test_groups_get_channels_that_they_divide() -> None:
    shown = illustrate(Conv2D(filters=12, groups=6))
    assert isinstance(shown, Maps)
    assert shown.inputs[0].shape[0] == 6


def test_what_would_take_long_or_does_not_fit_has_no_picture() -> None:
    assert illustrate(Conv2D(filters=4096, kernel=(15, 15), padding="same")) is None
    assert illustrate(replace(MaxPool(), kernel=(31, 31))) is None
    assert illustrate(unchecked(Conv2D, kernel=(0, 3))) is None
