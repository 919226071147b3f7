"""Feature maps as pictures: every number stands where it belongs, in the colour it should have."""

from __future__ import annotations

import math

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from PySide6.QtGui import QColor

from cnngui.widgets.pictures import (
    COLOR_MAPS,
    SHADES,
    ColorMap,
    arrange,
    color_table,
    columns_for,
    limits,
    mosaic,
    picture,
    spread_each,
    thumbnail,
    tile_at,
    to_indices,
    to_qimage,
)

small = st.integers(1, 5)


@given(small, small, small, small, st.integers(0, 2))
def test_a_place_of_the_mosaic_leads_back_to_its_number(
    count: int, height: int, width: int, columns: int, gap: int
) -> None:
    tiles = np.arange(count * height * width, dtype=np.uint8).reshape(count, height, width)
    sheet = mosaic(tiles, columns, gap)
    found = {}
    for y, x in np.ndindex(sheet.shape):
        place = tile_at(x + 0.5, y + 0.5, (count, height, width), columns, gap)
        if place is None:
            assert sheet[y, x] == SHADES
        else:
            found[place] = sheet[y, x]
    assert found == {place: tiles[place] for place in np.ndindex(tiles.shape)}


@pytest.mark.parametrize(("x", "y"), [(-0.5, 0), (0, -0.5), (100, 0), (0, 100), (2.5, 0)])
def test_beside_the_tiles_there_is_no_number(x: float, y: float) -> None:
    assert tile_at(x, y, (4, 2, 2), columns=2, gap=1) is None


def test_tiles_fill_the_area() -> None:
    assert columns_for(6, (28, 28), (100, 150)) == 3
    assert columns_for(6, (28, 28), (100, 1000)) == 6
    assert columns_for(6, (28, 28), (1000, 100)) == 1


def test_a_short_vector_is_a_row_where_there_is_width_for_it() -> None:
    assert arrange((10, 1, 1), (64, 152)) == (10, 0)
    assert arrange((16, 1, 1), (100, 100)) == (4, 0)
    columns, _ = arrange((784, 1, 1), (64, 152))
    assert 1 < columns < 784


def test_levels_leave_out_what_is_not_finite() -> None:
    assert limits(np.array([np.nan, -1.0, 3.0, np.inf])) == (-1, 3)
    assert limits(np.array([np.nan])) == (0, 1)


def test_indices_span_the_colors() -> None:
    values = np.array([[0.0, 0.5, 1.0], [np.nan, -5.0, np.inf]])
    assert to_indices(values, (0, 1)).tolist() == [[0, 127, SHADES - 1], [0, 0, SHADES - 1]]
    assert to_indices(np.ones((1, 2)), (1, 1)).tolist() == [[0, 0]]


def test_each_map_can_have_its_own_scale() -> None:
    tiles = np.array([[[0.0, 10.0]], [[5.0, 6.0]], [[3.0, 3.0]]])
    assert spread_each(tiles).tolist() == [[[0, 1]], [[0, 1]], [[0, 0]]]


@pytest.mark.parametrize("name", COLOR_MAPS)
def test_color_maps_become_brighter_from_the_smallest_to_the_largest_value(name: ColorMap) -> None:
    table = color_table(name)
    luminance = table[:SHADES, :3] @ [0.2126, 0.7152, 0.0722]
    assert (np.diff(luminance) > -1).all()
    assert luminance[-1] > luminance[0] + 100
    assert table[SHADES, 3] == 0
    assert (table[:SHADES, 3] == 255).all()


def test_a_picture_keeps_its_pixels_and_the_gaps_are_transparent() -> None:
    image = to_qimage(np.array([[0, SHADES - 1], [SHADES, 127]], np.uint8), "gray")
    assert image.pixelColor(0, 0) == QColor(0, 0, 0)
    assert image.pixelColor(1, 0) == QColor(255, 255, 255)
    assert image.pixelColor(0, 1).alpha() == 0


def test_three_channels_are_red_green_and_blue() -> None:
    sample = np.zeros((3, 2, 2))
    sample[0, 0, 0] = sample[1, 0, 1] = sample[2, 1, 0] = 1
    image = picture(sample, (0, 1))
    assert image.pixelColor(0, 0).red() > image.pixelColor(0, 0).green()
    assert image.pixelColor(1, 0).green() > image.pixelColor(1, 0).red()
    assert image.pixelColor(0, 1).blue() > image.pixelColor(0, 1).red()
    assert image.pixelColor(1, 1) == QColor("black")


@pytest.mark.parametrize("shape", [(1, 28, 28), (64, 7, 7), (3, 1, 9), (1000,), (1,)])
def test_a_thumbnail_is_small(shape: tuple[int, ...]) -> None:
    image = thumbnail(np.random.default_rng(0).standard_normal(shape), (44, 144))
    assert 0 < image.width() * image.height() <= max(288 * 88, 2 * math.prod(shape))


@pytest.mark.parametrize(
    "shape", [(3, 28, 28), (6, 28, 28), (8, 14, 14), (16, 5, 5), (64, 2, 2), (10,), (120,)]
)
def test_a_thumbnail_uses_all_of_its_area(shape: tuple[int, ...]) -> None:
    height, width = 44, 144
    made = thumbnail(np.random.default_rng(1).random(shape, np.float32), (height, width))
    scale = min(height / made.height(), width / made.width())
    assert scale * scale * made.height() * made.width() > 0.8 * height * width
