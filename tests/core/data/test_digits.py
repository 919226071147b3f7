"""The embedded digits: reproducible, well-formed, legible."""

from __future__ import annotations

import subprocess
import sys

import numpy as np
import pytest
from numpy.typing import NDArray

from core.data.digits import STYLES, generate
from core.data.digits.kernel import rasterise as compiled
from core.data.digits.raster import rasterise_numpy
from core.data.digits.skeletons import Variant, _variant, variants
from core.data.digits.splines import catmull_rom_basis
from core.data.digits.strokes import Strokes, write
from core.data.digits.style import WIDE
from core.errors import UsageError

VARIANTS = [
    pytest.param(variant, id=f"{digit} {variant.name}") for digit in range(10) for variant in variants(digit)
]
Images = NDArray[np.uint8]


def strokes_of(variant: Variant, count: int, size: int = 28) -> Strokes:
    return write(variant, count, WIDE, np.random.default_rng(0), size)


@pytest.mark.parametrize("style", STYLES)
def test_the_seed_decides(style: str) -> None:
    images, labels = generate(300, style=style, seed=3)
    again, labels_again = generate(300, style=style, seed=3)
    other, _ = generate(300, style=style, seed=4)
    np.testing.assert_array_equal(images, again)
    np.testing.assert_array_equal(labels, labels_again)
    assert not np.array_equal(images, other)


@pytest.mark.parametrize("count", [0, 1, 7, 1234])
def test_every_digit_is_equally_frequent(count: int) -> None:
    images, labels = generate(count)
    assert images.shape == (count, 28, 28)
    assert labels.shape == (count,)
    assert images.dtype == labels.dtype == np.uint8
    frequencies = np.bincount(labels, minlength=10)
    assert len(frequencies) == 10
    assert frequencies.max() - frequencies.min() <= 1


def test_labels_come_in_random_order() -> None:
    _, labels = generate(1000)
    assert set(labels[:100]) == set(range(10))
    assert (
        np.abs(np.diff(labels.astype(int))).mean() > 2
    )  # 3.3 for independent labels, 0 or 1 for sorted ones


def test_no_two_images_are_equal() -> None:
    images, _ = generate(1000)
    assert len({image.tobytes() for image in images}) == 1000


@pytest.mark.parametrize("style", STYLES)
def test_digits_lie_in_the_middle_as_those_of_mnist(style: str) -> None:
    images, _ = generate(1000, style=style)
    ink = images.astype(float) / 255
    pixel = np.arange(28) + 0.5
    mass = ink.sum(axis=(1, 2))
    assert mass.min() > 15  # a thin 1 is a line of about 20 pixels
    centres = np.stack([(ink * pixel).sum(axis=(1, 2)), (ink * pixel[:, None]).sum(axis=(1, 2))]) / mass
    assert np.abs(centres.mean(axis=1) - 14).max() < 0.3
    assert np.abs(centres - 14).max() < 4.5
    assert ink.max(axis=(1, 2)).min() > 0.75


@pytest.mark.parametrize("style", STYLES)
def test_no_ink_is_cut_off(style: str) -> None:
    images, _ = generate(2000, style=style)
    images[:, 1:-1, 1:-1] = 0
    assert (images == 0).all()


def test_the_wide_style_varies_more() -> None:
    """Measured by what the ten mean images leave unexplained of digits that are equally bold."""

    def unlikeness(style: str) -> float:
        images, labels = generate(2000, style=style)
        ink = images / np.linalg.norm(images.reshape(2000, -1), axis=1)[:, None, None]
        return float(np.mean([ink[labels == digit].var(axis=0).sum() for digit in range(10)]))

    assert unlikeness("wide") > 1.03 * unlikeness("tidy")


def test_another_size_scales_the_same_drawing() -> None:
    small, labels = generate(200, size=28)
    large, labels_again = generate(200, size=56)
    assert large.shape == (200, 56, 56)
    np.testing.assert_array_equal(labels, labels_again)
    halved = large.reshape(200, 28, 2, 28, 2).mean(axis=(2, 4))
    assert np.abs(halved - small).mean() < 3


def test_an_unknown_style_is_refused_by_name() -> None:
    with pytest.raises(UsageError, match=r"'neat'.*'tidy' or 'wide'"):
        generate(10, style="neat")


def test_digits_are_told_apart_by_their_mean_images() -> None:
    """By the nearest mean image, taken from the other half: 67 to 70 % of tidy, 56 to 58 % of wide digits."""
    for style, least in (("tidy", 0.62), ("wide", 0.5)):
        images, labels = generate(4000, style=style)
        x = images.reshape(4000, -1).astype(float)
        means = np.stack([x[:2000][labels[:2000] == digit].mean(axis=0) for digit in range(10)])
        nearest = ((x[2000:, None] - means) ** 2).sum(axis=2).argmin(axis=1)
        assert (nearest == labels[2000:]).mean() > least


@pytest.mark.parametrize("variant", VARIANTS)
def test_poses_are_sane(variant: Variant) -> None:
    """A missing bar or a slip of a digit would otherwise only show as an ugly image now and then."""
    assert variant.weight > 0
    assert variant.starts[0]
    x, y = variant.poses[..., 0], variant.poses[..., 1]
    assert x.min() >= -0.25
    assert x.max() <= 1.1
    assert y.min() >= -0.06
    assert y.max() <= 1.1
    for pose in variant.poses:
        assert 0.85 <= np.ptp(pose[:, 1]) <= 1.1  # as high as the unit says
        steps = np.linalg.norm(np.diff(pose, axis=0), axis=1)[~variant.starts[1:]]
        assert steps.min() > 0.01
        assert steps.max() < 0.65
    lengths = np.diff([*np.flatnonzero(variant.starts), len(variant.starts)])
    assert lengths.min() >= 3
    assert not variant.corners[variant.starts].any()
    assert not variant.corners[-1]


@pytest.mark.parametrize("variant", VARIANTS)
def test_poses_of_a_variant_run_the_same_way(variant: Variant) -> None:
    """Else their blends would be tangles: corresponding points lie near each other."""
    apart = np.linalg.norm(variant.poses - variant.poses.mean(axis=0), axis=2)
    assert apart.max() < 0.4


def test_poses_with_other_strokes_are_refused() -> None:
    for other in ("0,0 5,5", "0,0 5,5! 9,9", "0,0 5,5 | 9,9"):
        with pytest.raises(ValueError, match="'sloppy'"):
            _variant("sloppy", 1.0, ["0,0 5,5 9,9", other])


def test_a_spline_passes_its_points_and_breaks_only_at_corners() -> None:
    points = np.array([[0.0, 0.0], [0.5, 1.0], [1.0, 0.0], [2.0, 0.5]])
    smooth = catmull_rom_basis(points, np.zeros(4, bool), 50) @ points
    np.testing.assert_allclose(smooth[::50], points, atol=1e-12)
    corner = catmull_rom_basis(points, np.array([False, False, True, False]), 50) @ points

    def turn(curve: NDArray[np.float64]) -> float:
        before, after = curve[100] - curve[99], curve[101] - curve[100]
        return float(before @ after / np.linalg.norm(before) / np.linalg.norm(after))

    assert turn(smooth) > 0.99
    assert turn(corner) < 0.7


def test_a_spline_of_a_straight_line_is_straight() -> None:
    points = np.array([[0.0, 0.0], [0.1, 0.2], [0.4, 0.8], [0.5, 1.0]])
    curve = catmull_rom_basis(points, np.zeros(4, bool), 10) @ points
    np.testing.assert_allclose(curve[:, 1], 2 * curve[:, 0], atol=1e-12)
    assert (np.diff(curve[:, 1]) > 0).all()


def test_the_raster_draws_a_disc_and_a_bar() -> None:
    points = np.array([[[4.0, 8.0], [12.0, 8.0]]], np.float32)
    one = np.ones(1, np.float32)
    bar = Strokes(points, np.full((1, 2), 2, np.float32), np.array([False, True]), one, one)
    (image,) = rasterise_numpy(bar, 16)
    assert (image[6:10, 4:12] == 255).all()
    assert (image[:5] == 0).all()
    assert (image[:, :1] == 0).all()
    area = 8 * 4 + np.pi * 2**2
    assert image.sum() / 255 == pytest.approx(area, rel=0.02)
    np.testing.assert_array_equal(image, image[::-1])


@pytest.mark.parametrize("size", [28, 40])
def test_the_compiled_raster_is_that_of_numpy(size: int) -> None:
    for digit in range(10):
        for variant in variants(digit):
            strokes = strokes_of(variant, 5, size)
            expected = rasterise_numpy(strokes, size)
            found = np.empty_like(expected)
            compiled(strokes, found)
            assert np.abs(found.astype(int) - expected).max() <= 1, variant.name


def test_without_numba_the_digits_are_the_same(monkeypatch: pytest.MonkeyPatch) -> None:
    with_numba, _ = generate(100)
    monkeypatch.setitem(sys.modules, "core.data.digits.kernel", None)  # the import then fails
    without, _ = generate(100)
    assert np.abs(with_numba.astype(int) - without).max() <= 1


def test_numba_is_imported_only_to_draw() -> None:
    program = "import sys, core.data.digits; sys.exit('numba' in sys.modules)"
    assert subprocess.run([sys.executable, "-c", program], check=False).returncode == 0
