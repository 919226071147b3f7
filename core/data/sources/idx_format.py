"""IDX files, the format of MNIST: a magic number, the sizes, the numbers; plain or gzip-compressed.

Format: http://yann.lecun.com/exdb/mnist/ (0, 0, type, dimensions; then big-endian 32-bit sizes).
"""

from __future__ import annotations

import gzip
import math
import struct
import zlib
from io import BufferedIOBase
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray

from core.data.mapped import MAX_BYTES, mapped
from core.errors import DataError
from core.schema.written import counted_text, memory_text, shape_text

_TYPES = {0x08: ">u1", 0x09: ">i1", 0x0B: ">i2", 0x0C: ">i4", 0x0D: ">f4", 0x0E: ">f8"}
MAX_DIMENSIONS = 4
"""Images with channels; more means a damaged file."""


def read_idx(path: Path) -> NDArray[Any]:
    """Reads one IDX file into an array in native byte order; maps a large one of bytes that isn't compressed.

    Raises DataError.
    """
    try:
        with gzip.open(path) if path.suffix == ".gz" else path.open("rb") as file:
            return _read(file, path)
    except (OSError, EOFError, zlib.error) as error:
        raise DataError(
            f"{path.name} can't be read: {getattr(error, 'strerror', None) or error}.",
            "Check the path, or get the file again.",
        ) from None
    except MemoryError:
        raise DataError(f"{path.name} doesn't fit into memory.", "Use a part of it.") from None


def _read(file: BufferedIOBase, path: Path) -> NDArray[Any]:
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
    sizes = shape_text(shape)
    if path.suffix != ".gz" and path.stat().st_size == file.tell() + wanted:
        large = mapped(path, dtype, file.tell(), shape)
        if large is not None:
            return large
    if wanted > MAX_BYTES:
        raise DataError(
            f"{name} announces {sizes} numbers, more than {memory_text(MAX_BYTES)}.", "Use a part of it."
        )
    raw = file.read(wanted + 1)
    if len(raw) != wanted:
        found = counted_text(len(raw), "byte") if len(raw) < wanted else "more"
        raise DataError(
            f"{name} announces {sizes} numbers ({counted_text(wanted, 'byte')}) but holds {found}.",
            "The file is cut off or damaged: get it again.",
        )
    return np.frombuffer(raw, dtype).reshape(shape).astype(dtype.newbyteorder("="), copy=False)
