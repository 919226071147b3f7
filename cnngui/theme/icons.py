"""The icons: drawn from SVG files in the colour that is asked for, sharp on every screen."""

from __future__ import annotations

from functools import cache, lru_cache

from PySide6.QtCore import QByteArray, QRectF, QSize, Qt
from PySide6.QtGui import QColor, QIcon, QPainter, QPixmap
from PySide6.QtSvg import QSvgRenderer

from cnngui import assets

_SIZES = (16, 20, 24)
_SCALES = (1.0, 1.5, 2.0)


def icon(name: str, color: QColor) -> QIcon:
    """An icon of `resources/icons` in one colour."""
    return _icon(name, color.name(QColor.NameFormat.HexArgb))


def entry_icon(name: str, color: QColor, selected: QColor) -> QIcon:
    """An icon for a list, in another colour where its row is selected."""
    made, chosen = QIcon(icon(name, color)), icon(name, selected)
    for size in chosen.availableSizes():
        made.addPixmap(chosen.pixmap(size), QIcon.Mode.Selected)
    return made


@cache
def layer_icon_name(kind: str) -> str:
    """The name, for `icon` and `pixmap`, of a layer's picture; a question mark for a kind that has none."""
    name = f"layers/{kind}"
    return name if assets.path(f"icons/{name}.svg").is_file() else "layers/unknown"


def pixmap(name: str, color: QColor, size: int, scale: float = 1.0) -> QPixmap:
    """An icon as a square of `size` logical pixels for a screen of this device pixel ratio."""
    return _pixmap(name, color.name(QColor.NameFormat.HexArgb), size, scale)


def swatch(color: QColor) -> QIcon:
    """A square of one colour, for a menu."""
    made = QPixmap(QSize(_SIZES[0], _SIZES[0]))
    made.fill(color)
    return QIcon(made)


def application_icon() -> QIcon:
    return QIcon(str(assets.path("cnngui.svg")))


@lru_cache(maxsize=1024)
def _icon(name: str, color: str) -> QIcon:
    made = QIcon()
    for size in _SIZES:
        for scale in _SCALES:
            made.addPixmap(_pixmap(name, color, size, scale))
    return made


@lru_cache(maxsize=4096)
def _pixmap(name: str, color: str, size: int, scale: float) -> QPixmap:
    pixels = round(size * scale)
    made = QPixmap(QSize(pixels, pixels))
    made.fill(Qt.GlobalColor.transparent)
    painter = QPainter(made)
    _renderer(name, color).render(painter, QRectF(0, 0, pixels, pixels))
    painter.end()
    made.setDevicePixelRatio(scale)
    return made


@lru_cache(maxsize=1024)
def _renderer(name: str, color: str) -> QSvgRenderer:
    opaque = QColor(color).name()
    text = assets.path(f"icons/{name}.svg").read_text(encoding="utf-8")
    return QSvgRenderer(QByteArray(text.replace("currentColor", opaque).encode()))
