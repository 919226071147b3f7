"""Icons take the colour they are asked for and stay sharp on dense screens."""

from __future__ import annotations

import pytest
from PySide6.QtCore import QSize
from PySide6.QtGui import QColor, QPixmap
from PySide6.QtWidgets import QApplication

from cnngui.theme import icons
from core.layers import LAYERS


def _colors(pixmap: QPixmap) -> set[str]:
    """The colours of the opaque pixels."""
    image = pixmap.toImage()
    pixels = (image.pixelColor(x, y) for x in range(image.width()) for y in range(image.height()))
    return {color.name() for color in pixels if color.alpha() == 255}


def test_an_icon_is_drawn_in_its_color(qapp: QApplication) -> None:
    for color in ("#5b9cff", "#c62828"):
        assert _colors(icons.pixmap("stop", QColor(color), 20)) == {color}


@pytest.mark.parametrize("scale", [1.0, 1.5, 2.0])
@pytest.mark.parametrize("size", [16, 20, 24])
def test_an_icon_has_all_the_pixels_of_the_screen(qapp: QApplication, size: int, scale: float) -> None:
    drawn = icons.icon("save", QColor("white")).pixmap(QSize(size, size), scale)
    assert drawn.width() == round(size * scale)
    assert drawn.toImage() == icons.pixmap("save", QColor("white"), size, scale).toImage()


def test_an_unknown_kind_has_the_picture_of_the_unknown() -> None:
    assert icons.layer_icon_name("made by a later version") == "layers/unknown"


@pytest.mark.parametrize("kind", [layer.kind for layer in LAYERS])
def test_a_layer_has_an_icon_of_its_own(kind: str) -> None:
    name = f"layers/{kind}"
    assert icons.layer_icon_name(kind) == name, f"Draw resources/icons/{name}.svg."
