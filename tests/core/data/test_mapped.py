"""Data sets larger than the memory: what is mapped, and that training on it is the same."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import numpy as np
import pytest
from numpy.typing import NDArray

from core.compile import compile_graph
from core.data import Dataset, load_source
from core.data.dataset import split
from core.errors import DataError
from core.maths.arrays import Array
from core.running.reference import ReferenceProgram
from core.training.plan import Plan
from core.training.session import Session
from tests.core.data.idx_files import write_mnist_folder
from tests.core.designs import shapes_to_tell_apart
from tests.core.training.test_train import assert_equal, network

DATA = shapes_to_tell_apart(72)
FLOATS = np.random.default_rng(0).random((72, 1, 8, 8)).astype(np.float32)


@pytest.fixture(autouse=True)
def anything_is_large(monkeypatch: pytest.MonkeyPatch) -> None:
    for module in ("mapped", "sources.npz"):
        monkeypatch.setattr(f"core.data.{module}.MAPPED_FROM", 100)


def npz(path: Path, images: NDArray[Any], *, compressed: bool = False) -> Dataset:
    save = np.savez_compressed if compressed else np.savez
    save(path, x=images, y=DATA.targets)
    return load_source(str(path)).train


def trained(data: Dataset) -> dict[str, NDArray[Any]]:
    program = compile_graph(network(), seed=1)
    plan = Plan(epochs=2, batch_size=16, validation=0.2)
    for _ in Session(program, *split(data, plan.validation, plan.seed), plan):
        pass
    return program.parameters.save()


@pytest.mark.usefixtures("executor")
@pytest.mark.parametrize("images", [DATA.images, FLOATS], ids=["bytes", "float32"])
def test_training_on_a_mapped_file_is_the_same_to_the_last_bit(images: NDArray[Any], tmp_path: Path) -> None:
    data = npz(tmp_path / "data.npz", images)
    assert isinstance(data.images, np.memmap)
    assert_equal(trained(data), trained(Dataset(images, DATA.targets, DATA.classes)))


def test_a_part_of_a_mapped_file_is_no_copy(tmp_path: Path) -> None:
    data = npz(tmp_path / "data.npz", DATA.images)
    part = data.take(np.array([5, 3, 70])).take(np.array([2, 0]))
    assert isinstance(part.images, np.memmap)
    assert len(part) == 2
    assert part.targets.tolist() == DATA.targets[[70, 5]].tolist()
    np.testing.assert_array_equal(part.batch([0, 1])[0], DATA.batch([70, 5])[0])
    part.expect(np.array([0, 1]))  # whatever the system does with it


def test_every_sample_is_announced_before_it_is_read(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """Whatever isn't comes page by page, each time with a wait for the disk."""
    announced: set[int] = set()
    monkeypatch.setattr(
        Dataset, "expect", lambda data, chosen: announced.update(data.places(chosen).tolist())
    )

    class Watched(ReferenceProgram):
        def batch(self, data: Dataset, indices: Any) -> tuple[Array, NDArray[Any]]:
            assert announced.issuperset(data.places(indices).tolist())
            return super().batch(data, indices)

    train, validation = split(npz(tmp_path / "data.npz", DATA.images), 0.5, seed=0)
    plan = Plan(epochs=1, batch_size=7)
    assert list(Session(Watched(network()), train, validation, plan))
    assert announced == set(range(len(DATA)))


def test_channels_that_come_last_are_no_copy_either(tmp_path: Path) -> None:
    images = np.random.default_rng(0).integers(0, 255, (72, 8, 7, 3)).astype(np.uint8)
    data = npz(tmp_path / "data.npz", images)
    assert isinstance(data.images, np.memmap)
    np.testing.assert_array_equal(data.images, images.transpose(0, 3, 1, 2))
    data.expect(np.array([71]))


@pytest.mark.parametrize(
    ("images", "compressed"),
    [(DATA.images, True), (FLOATS.astype(np.float64), False), (np.asfortranarray(DATA.images), False)],
    ids=["compressed", "float64", "columns first"],
)
def test_what_cannot_be_mapped_is_read(images: NDArray[Any], compressed: bool, tmp_path: Path) -> None:
    data = npz(tmp_path / "data.npz", images, compressed=compressed)
    assert not isinstance(data.images, np.memmap)
    np.testing.assert_array_equal(data.images, images.astype(data.images.dtype))


def test_idx_files_are_mapped_unless_compressed(tmp_path: Path) -> None:
    kinds = {}
    for suffix in ("", ".gz"):
        folder = tmp_path / f"idx{suffix}"
        folder.mkdir()
        write_mnist_folder(folder, suffix=suffix)
        kinds[suffix] = load_source(str(folder)).train
    assert isinstance(kinds[""].images, np.memmap)
    assert not isinstance(kinds[".gz"].images, np.memmap)
    np.testing.assert_array_equal(kinds[""].images, kinds[".gz"].images)


def test_a_number_that_is_not_finite_is_found_in_a_mapped_file(tmp_path: Path) -> None:
    images = FLOATS.copy()
    images[-1, 0, 7, 7] = np.nan
    with pytest.raises(DataError, match="aren't finite"):
        npz(tmp_path / "data.npz", images)


def test_a_mapped_archive_may_be_larger_than_what_is_read(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("core.native.memory.available_memory", lambda: 4000)
    assert len(npz(tmp_path / "data.npz", DATA.images)) == 72
    with pytest.raises(DataError, match="doesn't compress"):
        npz(tmp_path / "data.npz", DATA.images, compressed=True)
