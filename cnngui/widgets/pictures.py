"""Feature maps as pictures: the mosaic of a block's channels, in colours."""

from __future__ import annotations

import math
from functools import lru_cache
from typing import Final, Literal, get_args

import numpy as np
from numpy.typing import NDArray
from PySide6.QtGui import QImage, qRgba

from core.data.dataset import Dataset
from core.maths.arrays import Array

ColorMap = Literal["viridis", "magma", "gray"]
COLOR_MAPS: Final[tuple[ColorMap, ...]] = get_args(ColorMap)
"""Perceptually uniform: an equal difference of values looks equally large everywhere."""

SHADES: Final = 255
"""Colours of an indexed picture; the index after them is transparent, for the gaps between the tiles."""

_THUMBNAIL_CHANNELS: Final = 16
SQUARE: Final = (1, 1)
"""For pictures as high as wide."""
_STRIP: Final = 32
"""Up to so many numbers of a vector stand in one row, where there is width for it."""

Levels = tuple[float, float]
Area = tuple[int, int]
"""Height and width, in pixels."""


def as_tiles(values: Array) -> Array:
    """The maps (C, H, W) of a block's output: a vector (F,) is a row of tiles of one pixel."""
    return values if values.ndim == 3 else values.reshape(-1, 1, 1)


def columns_for(count: int, tile: tuple[int, int], area: tuple[float, float]) -> int:
    """In how many columns `count` tiles (height, width) become largest in an area (height, width)."""

    def scale(columns: int) -> float:
        rows = -(-count // columns)
        return min(area[0] / (rows * tile[0]), area[1] / (columns * tile[1]))

    return max(range(1, count + 1), key=scale)


@lru_cache(maxsize=1024)
def arrange(shape: tuple[int, ...], area: tuple[float, float]) -> tuple[int, int]:
    """Columns and gap (pixels) for tiles (C, H, W) in an area (height, width)."""
    count, height, width = shape
    if (height, width) == (1, 1):
        one_row = count <= _STRIP and area[1] >= 2 * area[0]
        return (count if one_row else columns_for(count, (1, 1), area)), 0
    return columns_for(count, (height + 1, width + 1), area), 1


def mosaic(tiles: NDArray[np.uint8], columns: int, gap: int = 1) -> NDArray[np.uint8]:
    """Tiles (C, H, W) of indices side by side in one picture, row by row; transparent where there is none."""
    count, height, width = tiles.shape
    rows = -(-count // columns)
    framed = np.full((rows * columns, height + gap, width + gap), SHADES, np.uint8)
    framed[:count, :height, :width] = tiles
    grid = framed.reshape(rows, columns, height + gap, width + gap).swapaxes(1, 2)
    sheet = grid.reshape(rows * (height + gap), -1)
    return sheet[: -gap or None, : -gap or None]


def limits(values: Array) -> Levels:
    """The smallest and largest finite number; (0, 1) where there is none."""
    low, high = float(values.min()), float(values.max())
    if math.isfinite(low) and math.isfinite(high):
        return low, high
    finite = values[np.isfinite(values)]
    return (float(finite.min()), float(finite.max())) if finite.size else (0.0, 1.0)


def spread_each(tiles: Array) -> Array:
    """Each map (C, H, W) stretched to 0…1 by itself; one that is the same everywhere becomes 0."""
    low = tiles.min(axis=(1, 2), keepdims=True)
    span = tiles.max(axis=(1, 2), keepdims=True) - low
    spread: Array = (tiles - low) / np.where(span > 0, span, 1).astype(tiles.dtype)
    return spread


def levels_of(data: Dataset) -> Levels | None:
    """The scale of its pictures: bytes have one for all samples, other numbers one for each."""
    return (0.0, 1.0) if data.images.dtype == np.uint8 else None


def to_indices(values: Array, levels: Levels) -> NDArray[np.uint8]:
    """Numbers as indices of colours between the levels; what is no number gets the first one."""
    low, high = levels
    scale = (SHADES - 1) / (high - low) if high > low else 0.0
    with np.errstate(invalid="ignore", over="ignore"):
        scaled = (values - low) * scale
    indices: NDArray[np.uint8] = np.fmin(np.fmax(scaled, 0), SHADES - 1).astype(np.uint8)
    return indices


@lru_cache
def color_table(name: ColorMap) -> NDArray[np.uint8]:
    """The colours of the indices, (SHADES + 1, 4): red, green, blue, opacity."""
    table = np.zeros((SHADES + 1, 4), np.uint8)
    if name == "gray":
        table[:SHADES, :3] = np.linspace(0, 255, SHADES)[:, None]
    else:
        import pyqtgraph  # noqa: PLC0415  # heavy; most of this module does without

        table[:SHADES, :3] = pyqtgraph.colormap.get(name).getLookupTable(nPts=SHADES)
    table[:SHADES, 3] = 255
    return table


@lru_cache
def _qt_table(name: ColorMap) -> list[int]:
    return [qRgba(*map(int, color)) for color in color_table(name)]


def to_qimage(indices: NDArray[np.uint8], color_map: ColorMap) -> QImage:
    """Indices (H, W) as a picture."""
    pixels = np.ascontiguousarray(indices)
    height, width = pixels.shape
    image = QImage(pixels.data, width, height, width, QImage.Format.Format_Indexed8)
    image.setColorTable(_qt_table(color_map))
    return image.copy()  # the array's memory goes


def picture(sample: Array, levels: Levels | None = None) -> QImage:
    """A sample (C, H, W) or (F,) as people see it: grey, or in colours where it has red, green and blue."""
    tiles = to_indices(as_tiles(sample), levels or limits(sample))
    if len(tiles) not in (3, 4) or tiles.shape[1:] == (1, 1):
        return to_qimage(mosaic(tiles, *arrange(tiles.shape, SQUARE)), "gray")
    pixels = np.ascontiguousarray(tiles[:3].transpose(1, 2, 0))
    height, width = pixels.shape[:2]
    return QImage(pixels.data, width, height, 3 * width, QImage.Format.Format_RGB888).copy()


def thumbnail(values: Array, area: Area) -> QImage:
    """The first channels of a block's output (C, H, W) or (F,) on one common scale, for such an area.

    So many of them that they fill the area as well as they can; the numbers of a vector fill all of it.
    """
    tiles = as_tiles(values)
    if values.ndim == 3:
        tiles = tiles[: _filling(tiles.shape, area)]
    indices = to_indices(tiles, limits(tiles))
    made = to_qimage(mosaic(indices, *arrange(tiles.shape, area)), "viridis")
    return enlarged(made, area) if values.ndim == 3 else made.scaled(2 * area[1], 2 * area[0])


@lru_cache(maxsize=1024)
def _filling(shape: tuple[int, ...], area: Area) -> int:
    """How many of the tiles (C, H, W) fill an area best; of equally good numbers, the largest."""
    channels, height, width = shape

    def share(count: int) -> tuple[float, int]:
        columns = columns_for(count, (height + 1, width + 1), area)
        rows = -(-count // columns)
        scale = min(area[0] / (rows * (height + 1)), area[1] / (columns * (width + 1)))
        return round(count * scale * scale * (height + 1) * (width + 1) / (area[0] * area[1]), 2), count

    return max(range(1, min(channels, _THUMBNAIL_CHANNELS) + 1), key=share)


def enlarged(image: QImage, area: Area) -> QImage:
    """A small picture in larger squares, so that its pixels stay sharp where it is drawn smoothly."""
    factor = min(2 * area[0] // image.height(), 2 * area[1] // image.width())
    return image.scaled(image.size() * factor) if factor > 1 else image


def tile_at(
    x: float, y: float, shape: tuple[int, int, int], columns: int, gap: int
) -> tuple[int, ...] | None:
    """The channel, row and column of tiles (C, H, W) at a place of their mosaic; None beside them."""
    count, height, width = shape
    column, across = divmod(math.floor(x), width + gap)
    row, down = divmod(math.floor(y), height + gap)
    channel = row * columns + column
    inside = 0 <= column < columns and row >= 0 and channel < count and down < height and across < width
    return (channel, down, across) if inside else None
