"""Folders and files in IDX, the format of MNIST."""

from __future__ import annotations

from glob import escape
from pathlib import Path

import numpy as np

from core.data.dataset import Source
from core.data.sources.base import (
    CERTAIN,
    LIKELY,
    NO,
    POSSIBLE,
    Opener,
    Recognition,
    path_setting,
    source,
)
from core.data.sources.idx_format import read_idx
from core.data.sources.labelled import Arrays, datasets
from core.errors import DataError, name_of

_PARTS = (("train-images", "train-labels"), ("t10k-images", "t10k-labels"))


@source("idx_folder", title="IDX folder")
class IdxFolder(Opener):
    """A folder with MNIST's four files (IDX, plain or .gz), or those of a data set in the same format."""

    form = "a folder with MNIST's files"

    path: str = path_setting("The folder with the files.")

    @classmethod
    def recognise(cls, path: Path) -> Recognition:
        if not path.is_dir():
            return Recognition(NO, "it is no folder")
        if all(_matching(path, name) for name in _PARTS[0]):
            return Recognition(CERTAIN, "it has files with the names of MNIST's")
        return Recognition(POSSIBLE, "it is a folder, but has no files with the names of MNIST's")

    def open(self) -> Source:
        path = Path(self.path)
        found = [_pair(path, *names) for names in _PARTS]
        if found[0] is None:
            raise DataError(
                f"{name_of(path)} has no train-images-idx3-ubyte and train-labels-idx1-ubyte (plain or .gz).",
                "Choose a folder with the MNIST files, or an .npz file.",
            )
        return Source(name_of(path), self.path, *datasets([pair for pair in found if pair is not None]))


@source("idx_file", title="IDX file")
class IdxFile(Opener):
    """An IDX file of images with its labels beside it, without a test part."""

    form = "an IDX file of images"
    patterns = ("*-ubyte", "*.gz")

    path: str = path_setting("The file with the images.")

    @classmethod
    def recognise(cls, path: Path) -> Recognition:
        if not path.is_file():
            return Recognition(NO, "it is no file")
        if "-images" in path.name:
            return Recognition(LIKELY, "its name is that of an images file")
        if "ubyte" in path.name:
            return Recognition(POSSIBLE, "its name is that of an IDX file, but not of one with images")
        return Recognition(NO, "its name isn't that of an IDX file")

    def open(self) -> Source:
        path = Path(self.path)
        beside = _matching(path.parent, path.name.partition("-images")[0] + "-labels")
        if "-images" not in path.name or beside is None:
            raise DataError(
                f"{path.name}: no labels file was found beside it.",
                "Choose the folder with both files, or an .npz file.",
            )
        return Source(path.name.partition(".")[0], self.path, *datasets([_arrays(path, beside)]))


def _pair(folder: Path, images: str, labels: str) -> Arrays | None:
    found = [_matching(folder, name) for name in (images, labels)]
    if found[0] is None or found[1] is None:
        return None
    return _arrays(found[0], found[1])


def _matching(folder: Path, name: str) -> Path | None:
    """The file that begins with `name`: `-idx3-ubyte` and `.idx3-ubyte` are both usual, .gz or not."""
    return next((path for path in sorted(folder.glob(f"{escape(name)}*")) if path.is_file()), None)


def _arrays(images_path: Path, labels_path: Path) -> Arrays:
    images, labels = read_idx(images_path, as_pixels=True), read_idx(labels_path)
    if images.ndim not in (3, 4) or labels.ndim != 1 or not np.issubdtype(labels.dtype, np.integer):
        raise DataError(
            f"{images_path.name} and {labels_path.name}: expected images (N × height × width) and whole "
            f"numbers (N), got {images.shape} and {labels.shape} {labels.dtype}."
        )
    return images, labels
