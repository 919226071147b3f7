"""Large files as memory maps: the system reads what is asked for, and drops it when memory is short."""

from __future__ import annotations

import mmap
from pathlib import Path
from typing import Any, TypeAlias

import numpy as np
from numpy.typing import DTypeLike, NDArray

MAPPED_FROM = 1 << 30
"""Bytes of an array from which on it is mapped instead of read."""

Mapped: TypeAlias = "np.memmap[Any, np.dtype[Any]]"


def mapped(path: Path, dtype: DTypeLike, offset: int, shape: tuple[int, ...]) -> Mapped | None:
    """The array of this shape at an offset of a file; None if it is small or would have to be converted.

    Bytes are mapped, and float32 in this machine's byte order. Raises ValueError or OSError where the file is
    shorter.
    """
    kind = np.dtype(dtype)
    if kind not in (np.uint8, np.float32) or kind.itemsize * int(np.prod(shape, dtype=object)) < MAPPED_FROM:
        return None
    return np.memmap(path, kind, "r", offset, shape)


def expect(images: NDArray[Any], places: NDArray[np.int64]) -> None:
    """Lets the system read these images while something else is done, if they are mapped and it can."""
    file: Any = images
    while isinstance(file, np.ndarray):
        file = file.base
    if not isinstance(file, mmap.mmap) or not hasattr(file, "madvise"):
        return
    start = images.ctypes.data - np.frombuffer(file, np.uint8).ctypes.data
    for place in places.tolist():
        begin = start + place * images.strides[0]
        page = begin - begin % mmap.PAGESIZE
        file.madvise(mmap.MADV_WILLNEED, page, begin + images[0].nbytes - page)
