"""Opening a data source: the embedded digits, a folder of IDX files, or a file."""

from __future__ import annotations

from glob import escape
from pathlib import Path
from typing import Any, TypeAlias

import numpy as np
from numpy.typing import NDArray

from core.data.dataset import Dataset, Source, class_numbers
from core.data.sources.idx import read_idx
from core.data.sources.npz import read_npz
from core.errors import DataError

Arrays: TypeAlias = tuple[NDArray[Any], NDArray[Any]]
"""Images and labels as they were read."""

DIGITS = ("digits", "digits-wide")
DIGIT_COUNTS = (12_000, 2_000)
_IDX_PARTS = (("train-images", "train-labels"), ("t10k-images", "t10k-labels"))


def load_source(spec: str) -> Source:
    """Opens `digits` (embedded, tidy), `digits-wide`, a folder, an IDX images file or an `.npz` file.

    A folder with the four standard MNIST names (plain or .gz) gives train and test. Raises DataError.
    """
    if spec in DIGITS:
        return _digits(spec)
    path = _existing(spec)
    if path.is_dir():
        return _folder(path)
    if path.suffix == ".npz":
        train, test = read_npz(path)
        return Source(path.stem, str(path), train, test)
    return Source(path.name.partition(".")[0], str(path), _idx_file(path))


def _existing(spec: str) -> Path:
    try:
        path = Path(spec).expanduser()
        found = path.exists()
    except OSError as error:
        raise DataError(f"The data source {spec!r} can't be opened: {error.strerror}.") from None
    except RuntimeError:  # ~ of an unknown user
        found = False
    if not found:
        raise DataError(f"There is no data source {spec!r}.", "Give a folder, a file, or digits (embedded).")
    return path


def _digits(spec: str) -> Source:
    from core.data.digits import generate  # noqa: PLC0415  # only who asks for them pays for their tables

    style = "wide" if spec == "digits-wide" else "tidy"
    made = [generate(count, style=style, seed=seed) for seed, count in enumerate(DIGIT_COUNTS)]
    return Source(f"embedded digits ({style})", spec, *_datasets(made))


def _folder(path: Path) -> Source:
    found = [_idx_pair(path, *names) for names in _IDX_PARTS]
    if found[0] is None:
        raise DataError(
            f"{path.name} has no train-images-idx3-ubyte and train-labels-idx1-ubyte (plain or .gz).",
            "Choose a folder with the MNIST files, or an .npz file.",
        )
    return Source(path.name, str(path), *_datasets([pair for pair in found if pair is not None]))


def _idx_pair(folder: Path, images: str, labels: str) -> Arrays | None:
    found = [_matching(folder, name) for name in (images, labels)]
    if found[0] is None or found[1] is None:
        return None
    return _idx_files(found[0], found[1])


def _matching(folder: Path, name: str) -> Path | None:
    """The file that begins with `name`: `-idx3-ubyte` and `.idx3-ubyte` are both usual, .gz or not."""
    return next((path for path in sorted(folder.glob(f"{escape(name)}*")) if path.is_file()), None)


def _idx_file(path: Path) -> Dataset:
    """An images file with its labels file beside it."""
    beside = _matching(path.parent, path.name.partition("-images")[0] + "-labels")
    if "-images" not in path.name or beside is None:
        raise DataError(
            f"{path.name}: no labels file was found beside it.",
            "Choose the folder with both files, or an .npz file.",
        )
    return _datasets([_idx_files(path, beside)])[0]


def _idx_files(images_path: Path, labels_path: Path) -> Arrays:
    images, labels = read_idx(images_path), read_idx(labels_path)
    if images.ndim not in (3, 4) or labels.ndim != 1 or not np.issubdtype(labels.dtype, np.integer):
        raise DataError(
            f"{images_path.name} and {labels_path.name}: expected images (N × height × width) and whole "
            f"numbers (N), got {images.shape} and {labels.shape} {labels.dtype}."
        )
    return images, labels


def _datasets(parts: list[Arrays]) -> list[Dataset]:
    """Data sets that share their classes: a small test part may lack one."""
    classes = class_numbers(np.concatenate([labels for _, labels in parts]))
    return [Dataset(_pixels(images), labels.astype(np.int64), classes) for images, labels in parts]


def _pixels(images: NDArray[Any]) -> NDArray[Any]:
    pixels = images[:, None] if images.ndim == 3 else images
    return pixels if pixels.dtype == np.uint8 else pixels.astype(np.float32, copy=False)
