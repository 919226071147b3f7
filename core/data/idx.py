"""IDX files, the format of MNIST: a magic number, the sizes, the numbers; plain or gzip-compressed.

Format: http://yann.lecun.com/exdb/mnist/ (0, 0, type, dimensions; then big-endian 32-bit sizes).
"""

from __future__ import annotations

import gzip
import math
import struct
import zlib
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray

from core.errors import DataError

_TYPES = {0x08: ">u1", 0x09: ">i1", 0x0B: ">i2", 0x0C: ">i4", 0x0D: ">f4", 0x0E: ">f8"}
MAX_BYTES = 8 << 30


def read_idx(path: Path) -> NDArray[Any]:
    """Reads one IDX file into an array in native byte order. Raises DataError."""
    raw = _read_bytes(path)
    if len(raw) < 4 or raw[:2] != b"\0\0" or raw[2] not in _TYPES:
        raise DataError(
            f"{path.name} is no IDX file: it begins with {raw[:4].hex(' ') or 'nothing'}.",
            "Choose one of the MNIST files, or their folder.",
        )
    dtype, dimensions = np.dtype(_TYPES[raw[2]]), raw[3]
    start = 4 + 4 * dimensions
    if dimensions == 0 or len(raw) < start:
        raise DataError(f"{path.name} is cut off in its header.", "Get the file again.")
    shape = struct.unpack(f">{dimensions}I", raw[4:start])
    wanted = math.prod(shape) * dtype.itemsize
    if wanted != len(raw) - start:
        sizes = " × ".join(f"{n:,}" for n in shape)
        raise DataError(
            f"{path.name} announces {sizes} numbers ({wanted:,} bytes) but holds {len(raw) - start:,} bytes.",
            "The file is cut off or damaged: get it again.",
        )
    return np.frombuffer(raw, dtype, offset=start).reshape(shape).astype(dtype.newbyteorder("="), copy=False)


def _read_bytes(path: Path) -> bytes:
    try:
        if path.suffix != ".gz":
            if path.stat().st_size > MAX_BYTES:
                raise DataError(f"{path.name} has more than {MAX_BYTES >> 30} GiB.", "Use a part of it.")
            return path.read_bytes()
        with gzip.open(path) as file:
            raw = file.read(MAX_BYTES + 1)
    except (OSError, EOFError, zlib.error) as error:
        raise DataError(
            f"{path.name} can't be read: {error}.", "Check the path, or get the file again."
        ) from None
    except MemoryError:
        raise DataError(f"{path.name} doesn't fit into memory.", "Use a part of it.") from None
    if len(raw) > MAX_BYTES:
        raise DataError(f"{path.name} unpacks to more than {MAX_BYTES >> 30} GiB.", "Use a part of it.")
    return raw
