"""Tensors in the format of safetensors, read in portions: they take the memory that they need, and no more.

Format: https://huggingface.co/docs/safetensors (eight bytes with the length of a JSON object, the
object, the numbers).
"""

from __future__ import annotations

import math
import reprlib
import struct
from typing import Any, Final

import numpy as np

from core.data.streams import CutOffError, Readable, read_array, read_exactly
from core.errors import FormatError
from core.formats.json_text import Bounds, parsed
from core.formats.values import DAMAGED, typed
from core.maths.arrays import Array

_TYPES: Final[dict[str, np.dtype[Any]]] = {
    "F16": np.dtype("<f2"),
    "F32": np.dtype("<f4"),
    "F64": np.dtype("<f8"),
}
_HEADER: Final = Bounds(16 << 20, 500_000)
_LENGTH: Final = struct.Struct("<Q")
_LONGEST: Final = 2**60


def read_tensors(stream: Readable, size: int, what: str) -> dict[str, Array]:
    """The tensors that lie in the next `size` bytes, by name. Raises FormatError.

    The caller has looked whether `size` bytes fit into memory.
    """
    try:
        (length,) = _LENGTH.unpack(read_exactly(stream, _LENGTH.size))
        if length > min(size, _HEADER.size):
            raise FormatError(f"{what} announces a header of {length} bytes.", DAMAGED)
        described = typed(parsed(read_exactly(stream, length), what, _HEADER), dict, what)
        described.pop("__metadata__", None)
        found: dict[str, Array] = {}
        place = 0
        for name, entry in sorted(described.items(), key=_place):
            kind, shape = _form(entry, f"{what}, {name[:80]}", place)
            place += math.prod(shape) * kind.itemsize
            if place > size - _LENGTH.size - length:
                raise CutOffError
            found[name] = read_array(stream, math.prod(shape), kind).reshape(shape)
    except CutOffError:
        raise FormatError(f"{what} is cut off.", DAMAGED) from None
    if place != size - _LENGTH.size - length or stream.read(1):
        raise FormatError(f"{what} holds more than it says.", DAMAGED)
    return found


def _place(item: tuple[str, Any]) -> tuple[int, int]:
    """Where a tensor lies. Raises FormatError."""
    name, entry = item
    found = entry.get("data_offsets") if isinstance(entry, dict) else None
    if not (isinstance(found, list) and len(found) == 2 and all(map(_is_length, found))):
        raise FormatError(f"{name[:80]}: its place is {reprlib.repr(found)}.", DAMAGED)
    return found[0], found[1]


def _form(entry: dict[str, Any], where: str, place: int) -> tuple[np.dtype[Any], tuple[int, ...]]:
    """Type and shape of the tensor that has to begin at `place`. Raises FormatError."""
    kind, shape = entry.get("dtype"), entry.get("shape")
    if not isinstance(kind, str) or kind not in _TYPES:
        raise FormatError(f"{where}: expected floating-point numbers, got {reprlib.repr(kind)}.", DAMAGED)
    if not isinstance(shape, list) or len(shape) > 32 or not all(map(_is_length, shape)):
        raise FormatError(f"{where}: expected a shape, got {reprlib.repr(shape)}.", DAMAGED)
    begin, end = entry["data_offsets"]
    if begin != place or end - begin != math.prod(shape) * _TYPES[kind].itemsize:
        raise FormatError(f"{where}: its place isn't that of its shape.", DAMAGED)
    return _TYPES[kind], tuple(shape)


def _is_length(value: object) -> bool:
    return isinstance(value, int) and not isinstance(value, bool) and 0 <= value < _LONGEST
