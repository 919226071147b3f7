"""Data sources: what is read from which file, how it is split, and what is said of files that don't fit."""

from __future__ import annotations

import os
import tracemalloc
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from numpy.typing import NDArray

from core.data import Dataset, load_source
from core.data.dataset import MAX_CLASSES, split
from core.data.sources.idx_format import read_idx
from core.design.spec import DataSpec
from core.errors import DataError
from tests.core.data.idx_files import CODES, write_idx, write_mnist_folder
from tests.paths import SHARED_DATA

IMAGES = np.arange(6 * 5 * 4).reshape(6, 5, 4).astype(np.uint8)
LABELS = np.array([0, 1, 2, 0, 1, 2])


@pytest.mark.parametrize("suffix", ["", ".gz"])
@pytest.mark.parametrize("code", CODES)
def test_idx_gives_back_every_type(code: str, suffix: str, tmp_path: Path) -> None:
    array = (np.arange(24).reshape(2, 3, 4) - (0 if code == "u1" else 12)).astype(code)
    write_idx(tmp_path / f"a{suffix}", array)
    found = read_idx(tmp_path / f"a{suffix}")
    assert found.dtype == np.dtype(code)
    assert found.dtype.isnative
    assert np.array_equal(found, array)


@pytest.mark.parametrize("suffix", ["", ".gz"])
def test_a_folder_with_the_standard_names_is_train_and_test(suffix: str, tmp_path: Path) -> None:
    write_mnist_folder(tmp_path, suffix=suffix)
    source = load_source(str(tmp_path))
    assert source.test is not None
    assert (len(source.train), len(source.test)) == (30, 10)
    assert source.train.spec == source.test.spec == DataSpec((1, 5, 4), 10)
    assert source.train.classes == tuple("0123456789")
    x, target = source.train.batch([3, 25])
    assert target.tolist() == [3, 5]
    assert np.allclose(x[:, 0, 0, 0], np.array([3, 5]) / 255)


def test_a_test_part_without_the_last_class_still_fits(tmp_path: Path) -> None:
    write_mnist_folder(tmp_path, test=4)
    source = load_source(str(tmp_path))
    assert source.test is not None
    assert source.test.classes == source.train.classes


def test_a_folder_without_test_files_has_no_test_part(tmp_path: Path) -> None:
    write_mnist_folder(tmp_path)
    (tmp_path / "t10k-labels-idx1-ubyte").unlink()
    assert load_source(str(tmp_path)).test is None


def test_one_images_file_with_its_labels_beside_it(tmp_path: Path) -> None:
    write_mnist_folder(tmp_path, suffix=".gz")
    source = load_source(str(tmp_path / "t10k-images-idx3-ubyte.gz"))
    assert len(source.train) == 10
    assert source.test is None


def _npz(path: Path, **arrays: NDArray[Any]) -> str:
    np.savez(path, **arrays)  # type: ignore[arg-type]
    return str(path)


@pytest.mark.parametrize(
    ("images", "shape"),
    [
        (IMAGES, (1, 5, 4)),
        (np.zeros((6, 3, 5, 4), np.uint8), (3, 5, 4)),
        (np.zeros((6, 5, 4, 3), np.uint8), (3, 5, 4)),
        (np.zeros((6, 5, 4, 1), np.float64), (1, 5, 4)),
        (np.zeros((6, 7), np.float32), (7,)),
        (np.zeros((6, 5, 4), bool), (1, 5, 4)),
    ],
)
def test_npz_images(images: NDArray[Any], shape: tuple[int, ...], tmp_path: Path) -> None:
    source = load_source(_npz(tmp_path / "data.npz", x=images, y=LABELS))
    assert source.train.spec == DataSpec(shape, 3)
    assert source.train.batch([0])[0].shape == (1, *shape)
    assert (source.name, source.test) == ("data", None)


@pytest.mark.parametrize(
    "names",
    [
        ("x_train", "y_train", "x_test", "y_test"),
        ("images_train", "labels_train", "images_test", "labels_test"),
        ("train_images", "train_labels", "test_images", "test_labels"),
        ("x", "y", "x_test", "y_test"),
    ],
)
def test_npz_parts(names: tuple[str, ...], tmp_path: Path) -> None:
    arrays = dict(zip(names, (IMAGES, LABELS, IMAGES[:2], LABELS[:2]), strict=True))
    source = load_source(_npz(tmp_path / "data.npz", **arrays))
    assert source.test is not None
    assert (len(source.train), len(source.test)) == (6, 2)
    assert source.test.classes == ("0", "1", "2")


def test_npz_targets(tmp_path: Path) -> None:
    path = tmp_path / "data.npz"
    named = load_source(_npz(path, x=IMAGES, y=LABELS, classes=np.array(["cat", "dog", "cow"]))).train
    assert named.classes == ("cat", "dog", "cow")
    assert named.counts() == [2, 2, 2]
    column = load_source(_npz(path, x=IMAGES, y=LABELS[:, None].astype(np.uint8))).train
    assert column.targets.tolist() == LABELS.tolist()
    one_value = load_source(_npz(path, x=IMAGES, y=LABELS / 2)).train
    assert one_value.spec == DataSpec((1, 5, 4), 0, 1)
    two_values = load_source(_npz(path, x=IMAGES, y=np.ones((6, 2)))).train
    assert two_values.spec == DataSpec((1, 5, 4), 0, 2)
    one_hot = load_source(_npz(path, x=IMAGES, y=np.eye(3)[LABELS])).train
    assert one_hot.spec == DataSpec((1, 5, 4), 0, 3, one_hot=True)
    assert two_values.counts() == []


@pytest.mark.parametrize(
    ("arrays", "reason"),
    [
        ({}, "no samples"),
        ({"x": IMAGES}, "has the arrays x; no samples"),
        ({"x": IMAGES, "y": LABELS[:4]}, "6 samples, but 4 targets"),
        ({"x": IMAGES[:0], "y": LABELS[:0]}, "got an array of"),
        ({"x": IMAGES[0, 0], "y": LABELS[:4]}, "got an array of"),
        ({"x": np.float64(1), "y": LABELS}, "got an array of"),
        ({"x": IMAGES, "y": LABELS - 1}, "targets from −1"),
        ({"x": IMAGES, "y": LABELS + MAX_CLASSES}, "at most 10,000 classes"),
        ({"x": IMAGES, "y": np.array(["a"] * 6)}, "expected numbers"),
        ({"x": IMAGES.astype(complex), "y": LABELS}, "expected numbers"),
        ({"x": IMAGES, "y": np.ones((6, 0))}, "as targets"),
        ({"x": IMAGES, "y": LABELS / 2, "classes": np.array(["a", "b"])}, "no whole numbers"),
        ({"x": IMAGES, "y": LABELS, "classes": np.array(["a", "b"])}, "2 classes, but targets from 0 to 2"),
        ({"x": np.full((6, 5, 4), np.inf), "y": LABELS}, "train samples hold numbers that aren't finite"),
        ({"x": IMAGES, "y": np.full(6, np.nan)}, "train targets hold numbers that aren't finite"),
        (
            {"x": IMAGES, "y": LABELS, "x_test": IMAGES[:, 1:], "y_test": LABELS},
            "samples of 1 × 4 × 4 and 3 classes; the training part",
        ),
    ],
)
def test_what_an_npz_file_lacks_is_said(arrays: dict[str, NDArray[Any]], reason: str, tmp_path: Path) -> None:
    with pytest.raises(DataError, match=reason):
        load_source(_npz(tmp_path / "data.npz", **arrays))


def test_pickled_objects_are_not_run(tmp_path: Path) -> None:
    path = _npz(tmp_path / "data.npz", x=np.array([print, {}]), y=np.zeros(2, int))
    with pytest.raises(DataError, match="allow_pickle"):
        load_source(path)


def test_an_archive_that_announces_too_much_is_refused(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("core.native.memory.available_memory", lambda: 1 << 20)
    np.savez_compressed(tmp_path / "data.npz", x=np.zeros((2, 1 << 10, 1 << 10), np.uint8), y=LABELS[:2])
    with pytest.raises(DataError, match=r"data.npz holds 2.0 MiB of data, and 1.0 MiB of memory are free"):
        load_source(str(tmp_path / "data.npz"))


def test_what_is_packed_tightly_is_no_bomb_if_it_fits(tmp_path: Path) -> None:
    """Masks are packed to a thousandth."""
    masks = np.zeros((60, 256, 256), np.uint8)
    masks[:, 100:120, 90:130] = 1
    np.savez_compressed(tmp_path / "data.npz", x=masks, y=np.arange(60) % 3)
    assert masks.nbytes > 500 * (tmp_path / "data.npz").stat().st_size
    np.testing.assert_array_equal(load_source(str(tmp_path / "data.npz")).train.images[:, 0], masks)


@pytest.mark.parametrize("suffix", ["npz", "gz"])
def test_reading_takes_little_more_than_the_data(suffix: str, tmp_path: Path) -> None:
    """Whatever it is packed with, of whatever type it was, and however its axes lie."""
    if suffix == "npz":
        images = np.zeros((40, 512, 512, 3))
        path = tmp_path / "data.npz"
        np.savez_compressed(path, x=images, y=np.arange(40, dtype=np.int8), other=images)
    else:
        images = np.zeros((500, 256, 256))
        path = tmp_path / "a-images-idx3-ubyte.gz"
        write_idx(path, images)
        write_idx(tmp_path / "a-labels-idx1-ubyte.gz", np.zeros(500, np.uint8))
    kept = images.size * 4
    tracemalloc.start()
    try:
        load_source(str(path))
        assert tracemalloc.get_traced_memory()[1] < kept + (100 << 20)
    finally:
        tracemalloc.stop()


@pytest.mark.skipif(not hasattr(os, "mkfifo"), reason="there are no pipes with names")
@pytest.mark.parametrize("name", ["data.npz", "a-images-idx3-ubyte"])
def test_what_has_no_end_is_not_read(name: str, tmp_path: Path) -> None:
    write_idx(tmp_path / "a-labels-idx1-ubyte", LABELS.astype(np.uint8))
    os.mkfifo(tmp_path / name)
    with pytest.raises(DataError):
        load_source(str(tmp_path / name))


@pytest.mark.parametrize(
    ("spec", "reason"),
    [
        ("nowhere", "no data source 'nowhere'"),
        ("~nobody-of-this-name/data", "no data source"),
        ("a" * 5000, "File name too long"),
        ("empty", "no train-images"),
        ("text.txt", "text.txt is no data source .* digits, digits-wide, a folder .* or an .npz file"),
        ("lone-images-idx3-ubyte", "no labels file"),
    ],
)
def test_what_is_no_source_is_said(
    spec: str, reason: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.chdir(tmp_path)
    Path("empty").mkdir()
    Path("text.txt").write_text("hello")
    write_idx(Path("lone-images-idx3-ubyte"), IMAGES)
    with pytest.raises(DataError, match=reason):
        load_source(spec)


def test_images_and_labels_of_wrong_dimensions(tmp_path: Path) -> None:
    write_mnist_folder(tmp_path)
    write_idx(tmp_path / "train-labels-idx1-ubyte", IMAGES)
    with pytest.raises(DataError, match="expected images"):
        load_source(str(tmp_path))


def test_embedded_digits(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("core.data.sources.digits.DIGIT_COUNTS", (60, 20))
    tidy, again, wide = (load_source(spec) for spec in ("digits", "digits", "digits-wide"))
    assert tidy.test is not None
    assert tidy.train.spec == DataSpec((1, 28, 28), 10)
    assert (len(tidy.train), len(tidy.test)) == (60, 20)
    assert np.array_equal(tidy.train.images, again.train.images)
    assert not np.array_equal(tidy.train.images, wide.train.images)
    assert not np.array_equal(tidy.train.images[:20], tidy.test.images)
    assert tidy.train.counts() == [6] * 10


def test_a_split_takes_its_share_of_every_class_and_loses_nothing() -> None:
    targets = np.repeat([0, 1, 2], [50, 30, 20])
    data = Dataset(np.arange(100, dtype=np.float32)[:, None], targets, ("a", "b", "c"))
    train, validation = split(data, 0.1, seed=3)
    assert validation is not None
    assert validation.counts() == [5, 3, 2]
    together = np.concatenate([train.images, validation.images]).ravel()
    assert sorted(together.tolist()) == list(range(100))
    same, other = split(data, 0.1, seed=3)[1], split(data, 0.1, seed=4)[1]
    assert same is not None
    assert other is not None
    assert np.array_equal(same.images, validation.images)
    assert not np.array_equal(other.images, validation.images)


def test_a_split_of_values_draws_from_all() -> None:
    data = Dataset(np.ones((40, 2), np.float32), np.arange(40.0), ())
    train, validation = split(data, 0.25, seed=0)
    assert validation is not None
    assert (len(train), len(validation)) == (30, 10)


def test_splits_of_nothing_and_of_everything() -> None:
    data = Dataset(np.ones((2, 2), np.float32), np.arange(2), ("a", "b"))
    train, validation = split(data, 0.1, seed=0)
    assert train is data
    assert validation is None
    with pytest.raises(DataError, match="leaves nothing to train on"):
        split(data, 0.9, seed=0)


@pytest.mark.skipif(not (SHARED_DATA / "mnist").is_dir(), reason="the MNIST files are not there")
def test_mnist_itself() -> None:
    source = load_source(str(SHARED_DATA / "mnist"))
    assert source.test is not None
    assert source.train.spec == DataSpec((1, 28, 28), 10)
    assert (len(source.train), len(source.test)) == (60_000, 10_000)
    assert source.train.targets[:5].tolist() == [5, 0, 4, 1, 9]
    assert source.train.counts()[1] == 6742
