"""IDX files, the format of MNIST: a magic number, the sizes, the numbers; plain or gzip-compressed.

Format: http://yann.lecun.com/exdb/mnist/ (0, 0, type, dimensions; then big-endian 32-bit sizes).
"""

from __future__ import annotations

import gzip
import math
import struct
import zlib
from collections.abc import Callable
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray

from core.data.mapped import mapped
from core.data.streams import CutOffError, Readable, check_room, open_file, read_array
from core.errors import DataError
from core.schema.written import counted_text, shape_text

_TYPES = {0x08: ">u1", 0x09: ">i1", 0x0B: ">i2", 0x0C: ">i4", 0x0D: ">f4", 0x0E: ">f8"}
MAX_DIMENSIONS = 4
"""Images with channels; more means a damaged file."""


def read_idx(path: Path, *, as_pixels: bool = False) -> NDArray[Any]:
    """Reads one IDX file into an array in native byte order; maps a large one of bytes that isn't compressed.

    As pixels, other numbers than bytes become float32. Raises DataError.
    """
    try:
        with open_file(path) as file:
            if path.suffix != ".gz":
                return _read(file, path, file.tell, as_pixels)
            with gzip.open(file) as unpacked:
                return _read(unpacked, path, unpacked.tell, as_pixels)
    except (OSError, EOFError, zlib.error) as error:
        raise DataError(
            f"{path.name} can't be read: {getattr(error, 'strerror', None) or error}.",
            "Check the path, or get the file again.",
        ) from None
    except MemoryError:
        raise DataError(f"{path.name} doesn't fit into memory.", "Use a part of it.") from None


def _read(file: Readable, path: Path, tell: Callable[[], int], as_pixels: bool) -> NDArray[Any]:
    """Reads no more than the header announces: a small file can unpack to more than the memory holds."""
    name = path.name
    magic = file.read(4)
    if len(magic) < 4 or magic[:2] != b"\0\0" or magic[2] not in _TYPES:
        raise DataError(
            f"{name} is no IDX file: it begins with {magic.hex(' ') or 'nothing'}.",
            "Choose one of the MNIST files, or their folder.",
        )
    dtype, dimensions = np.dtype(_TYPES[magic[2]]), magic[3]
    if not 1 <= dimensions <= MAX_DIMENSIONS:
        raise DataError(
            f"{name} announces {counted_text(dimensions, 'dimension')}; 1 to {MAX_DIMENSIONS} are read.",
            "The file is damaged, or no images or labels.",
        )
    header = file.read(4 * dimensions)
    if len(header) < 4 * dimensions:
        raise DataError(f"{name} is cut off in its header.", "Get the file again.")
    shape = struct.unpack(f">{dimensions}I", header)
    wanted = math.prod(shape) * dtype.itemsize
    if path.suffix != ".gz" and path.stat().st_size == tell() + wanted:
        large = mapped(path, dtype, tell(), shape)
        if large is not None:
            return large
    kept = np.dtype(np.float32) if as_pixels and dtype != np.uint8 else dtype.newbyteorder("=")
    # Of whole numbers in one dimension, class numbers are made.
    check_room(name, math.prod(shape) * (kept.itemsize if dimensions > 1 else 8), "Use a part of it.")
    try:
        found = read_array(file, math.prod(shape), dtype, kept)
        left = "more" if file.read(1) else ""
    except CutOffError:
        left = counted_text(tell() - 4 * (1 + dimensions), "byte")
    if left:
        raise DataError(
            f"{name} announces {shape_text(shape)} numbers ({counted_text(wanted, 'byte')}) but holds "
            f"{left}.",
            "The file is cut off or damaged: get it again.",
        )
    return found.reshape(shape)
