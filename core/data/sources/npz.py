"""`.npz` files: arrays by name, as `numpy.savez` writes them."""

from __future__ import annotations

import os
import struct
import textwrap
import zipfile
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray

from core.data.dataset import Dataset, Source, class_numbers
from core.data.mapped import MAPPED_FROM, Mapped, mapped
from core.data.npy import Role, channels_first, read_header, read_npy
from core.data.sources.base import CERTAIN, NO, Opener, Recognition, path_setting, source
from core.data.streams import ArchiveFile, check_room
from core.errors import DataError

_IMAGES = ("x", "images", "data")
_TARGETS = ("y", "labels", "targets")
_HINT = "Save it with numpy.savez(file, x_train=…, y_train=…), and x_test, y_test if there are any."

_SMALLER = "Use a part of it, or save it with numpy.savez, which doesn't compress."


@source("npz", title="NumPy archive")
class NpzFile(Opener):
    """An .npz file with x_train, y_train and, if there are any, x_test, y_test."""

    form = "an .npz file"
    patterns = ("*.npz",)

    path: str = path_setting("The .npz file.")

    @classmethod
    def recognise(cls, path: Path) -> Recognition:
        if path.is_file() and path.suffix == ".npz":
            return Recognition(CERTAIN, "its name ends in .npz")
        return Recognition(NO, "its name doesn't end in .npz")

    def open(self) -> Source:
        path = Path(self.path)
        return Source(path.stem, self.path, *read_npz(path))


def read_npz(path: Path) -> tuple[Dataset, Dataset | None]:
    """The train part and, where there is one, the test part. Raises DataError.

    Names: `x_train`, `y_train`, `x_test`, `y_test`, or `x`, `y` alone (also images, data; labels, targets).
    Images are (N, H, W), (N, C, H, W) or (N, H, W, C) with 1, 3 or 4 channels. Whole-number targets are
    classes, with names from `classes` where it is there; other targets are values. Large arrays of bytes or
    float32 that aren't compressed are mapped.
    """
    arrays = _read_arrays(path)
    names = tuple(str(name) for name in np.atleast_1d(arrays.pop("classes", np.zeros(0))))
    train = _part(arrays, ("_train", "train_", ""), path)
    test = _part(arrays, ("_test", "test_"), path)
    if train is None:
        raise DataError(f"{path.name} has the arrays {', '.join(arrays) or 'none'}; no samples.", _HINT)
    parts = [part for part in (train, test) if part is not None]
    whole = all(np.issubdtype(y.dtype, np.integer) and y.ndim == 1 for _, y in parts)
    if names and not whole:
        raise DataError(f"{path.name} names classes, but its targets are no whole numbers (N,).", _HINT)
    if whole and not names:
        names = class_numbers([y for _, y in parts])
    made = [
        Dataset(channels_first(x), y.astype(np.int64, copy=False) if names else y, names) for x, y in parts
    ]
    return made[0], made[1] if len(made) > 1 else None


def _read_arrays(path: Path) -> dict[str, NDArray[Any]]:
    """The arrays that can be samples, targets or names of classes; others aren't read."""
    try:
        file = ArchiveFile(path)
    except OSError as error:  # what the system refuses is no damage
        raise DataError(
            f"{path.name} can't be read: {error.strerror or error}.", "Check the path and its permissions."
        ) from None
    try:
        with file, zipfile.ZipFile(file) as archive:
            return _members(path, archive)
    except DataError:
        raise
    except MemoryError:
        raise DataError(f"{path.name} doesn't fit into memory.", _SMALLER) from None
    except Exception as error:  # the parsers of zip and header raise whatever damaged bytes lead them to
        reason = textwrap.shorten(str(error), 300, placeholder="…") or type(error).__name__
        raise DataError(f"{path.name} is no NumPy archive, or damaged: {reason}.", _HINT) from None


def _members(path: Path, archive: zipfile.ZipFile) -> dict[str, NDArray[Any]]:
    entries = {entry.filename.removesuffix(".npy"): entry for entry in archive.infolist()}
    if len(entries) < len(archive.infolist()):
        raise DataError(f"{path.name} has two arrays of one name.", _HINT)
    mapped_ones = {name: _mapped_entry(path, entry) for name, entry in entries.items()}
    found: dict[str, NDArray[Any]] = {name: array for name, array in mapped_ones.items() if array is not None}
    wanted = {name: entry for name, entry in entries.items() if name not in found and _role(name) is not None}
    sizes = []
    for name, entry in wanted.items():
        with archive.open(entry) as stream:
            sizes.append(read_header(stream, name, entry.file_size).bytes_for(_role(name)))
    check_room(path.name, sum(sizes), _SMALLER)
    for name, entry in wanted.items():
        with archive.open(entry) as stream:
            found[name] = read_npy(stream, name, entry.file_size, _role(name))
    return {name: found[name] for name in entries if name in found} | {
        name: np.zeros(0) for name in entries if name not in found
    }


def _role(name: str) -> Role | None:
    """What an array is for, by its name."""
    bare = name
    for mark in ("_train", "_test"):
        bare = bare.removesuffix(mark)
    for mark in ("train_", "test_"):
        bare = bare.removeprefix(mark)
    if bare in _IMAGES:
        return "samples"
    return "targets" if bare in _TARGETS else "names" if name == "classes" else None


def _mapped_entry(path: Path, entry: zipfile.ZipInfo) -> Mapped | None:
    """An array that lies in the archive as it is and is large enough, mapped.

    Format: https://pkware.cachefly.net/webdocs/casestudies/APPNOTE.TXT (4.3.7, local file header).
    """
    if entry.compress_type != zipfile.ZIP_STORED or entry.file_size < MAPPED_FROM:
        return None
    with path.open("rb") as file:
        file.seek(entry.header_offset + 26)
        file.seek(sum(struct.unpack("<HH", file.read(4))), os.SEEK_CUR)  # the name, and further fields
        header = read_header(file, entry.filename, entry.file_size)
        if header.columns_first:
            return None
        return mapped(path, header.dtype, file.tell(), header.shape)


def _part(
    arrays: dict[str, NDArray[Any]], marks: tuple[str, ...], path: Path
) -> tuple[NDArray[Any], NDArray[Any]] | None:
    for mark in marks:
        x = _find(arrays, _IMAGES, mark)
        y = _find(arrays, _TARGETS, mark)
        if x is not None and y is not None:
            if y.ndim not in (1, 2) or y.dtype.kind not in "iuf" or x.dtype.kind not in "iufb":
                raise DataError(
                    f"{path.name}: expected numbers, got {x.dtype}, and targets {y.shape} of {y.dtype}.",
                    _HINT,
                )
            column = y.ndim == 2 and y.shape[1] == 1 and y.dtype.kind in "iu"  # as Keras keeps CIFAR's labels
            return x, y[:, 0] if column else y
    return None


def _find(arrays: dict[str, NDArray[Any]], names: tuple[str, ...], mark: str) -> NDArray[Any] | None:
    written = [name + mark if mark.startswith("_") else mark + name for name in names]
    return next((arrays[name] for name in written if name in arrays), None)
