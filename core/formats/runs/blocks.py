"""Files that only grow: blocks of records, each with a checksum of its own.

What was written stays as it is, so that a crash, a kill or a full disk costs the block that was being written
and no other. A file begins with `MAGIC`; a block is

    4 bytes   b"CNNB"
    4 bytes   the length of its content
    4 bytes   the CRC-32 of its content
    4 bytes   the CRC-32 of the twelve bytes before
    content   4 bytes with the length of the JSON, the JSON, and the arrays one after the other

with all numbers little-endian. The JSON is a list of records: `{"kind": …, "fields": {…}, "arrays": [[name,
dtype, shape], …]}`. Whoever reads keeps kinds and fields that it doesn't know.
"""

from __future__ import annotations

import json
import os
import struct
import zlib
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from math import prod
from typing import IO, Any, Final

import numpy as np

from core.errors import FormatError
from core.formats.json_text import TRAINING, parsed
from core.maths.arrays import Array
from core.schema.written import memory_text

MAGIC: Final = b"cnngui journal 1\n"
MAX_BLOCK: Final = 1 << 30
"""Bytes. A length beyond that is damage, whatever its checksum says."""
_HEAD: Final = struct.Struct("<4sIII")
_MARK: Final = b"CNNB"
_LENGTH: Final = struct.Struct("<I")
_DTYPES: Final = {"<f4", "<f8", "<i4", "<i8", "|i1", "|u1", "|b1", "<u4"}


@dataclass(frozen=True, eq=False)
class Record:
    """Something that happened: its kind, what JSON can say of it, and arrays by name."""

    kind: str
    fields: Mapping[str, Any] = field(default_factory=dict)
    arrays: Mapping[str, Array] = field(default_factory=dict)

    def __eq__(self, other: object) -> bool:
        if not isinstance(other, Record):
            return NotImplemented
        same = (self.kind, self.fields) == (other.kind, other.fields)
        return (
            same
            and self.arrays.keys() == other.arrays.keys()
            and all(
                array.dtype == other.arrays[name].dtype and np.array_equal(array, other.arrays[name])
                for name, array in self.arrays.items()
            )
        )

    __hash__ = None  # type: ignore[assignment]  # arrays have none


@dataclass(frozen=True)
class Reading:
    """What a file holds. `length` is that of its sound beginning, `whole` the file's."""

    records: tuple[Record, ...]
    length: int
    whole: int
    damaged: int = 0
    """Blocks in the middle whose content is damaged; what comes after them is read."""

    @property
    def torn(self) -> int:
        """Bytes at the end that are no whole block: of one that was being written, or damaged."""
        return self.whole - self.length


def block(records: Iterable[Record]) -> bytes:
    """One block with these records. Raises ValueError for an array of a type that the format hasn't."""
    described, parts = [], []
    for record in records:
        arrays = {name: _portable(array) for name, array in record.arrays.items()}
        described.append(
            {
                "kind": record.kind,
                "fields": dict(record.fields),
                "arrays": [[name, array.dtype.str, array.shape] for name, array in arrays.items()],
            }
        )
        parts += [array.tobytes() for array in arrays.values()]
    text = json.dumps(described, allow_nan=True, separators=(",", ":")).encode()
    content = b"".join([_LENGTH.pack(len(text)), text, *parts])
    if len(content) > MAX_BLOCK:
        raise ValueError(f"a block of {memory_text(len(content))}; {memory_text(MAX_BLOCK)} are the most")
    head = _HEAD.pack(_MARK, len(content), zlib.crc32(content), 0)[:-4]
    return head + _LENGTH.pack(zlib.crc32(head)) + content


def read(content: bytes | memoryview) -> Reading:
    """All whole blocks, up to the first place where none begins. Raises FormatError for a foreign file."""
    view = memoryview(content)
    if len(view) < len(MAGIC) and MAGIC.startswith(bytes(view)):
        return Reading((), 0, len(view))  # cut off at once
    if bytes(view[: len(MAGIC)]) != MAGIC:
        raise FormatError("It is no journal of cnngui.", "It may be of a newer version, or damaged.")
    place, damaged = len(MAGIC), 0
    found_records: list[Record] = []
    while place < len(view):
        length = _content_length(view[place : place + _HEAD.size])
        begin = place + _HEAD.size
        if length is None or begin + length > len(view):
            break
        found = _records(view[begin : begin + length], _HEAD.unpack_from(view, place)[2])
        damaged += found is None
        found_records += found or ()
        place = begin + length
    return Reading(tuple(found_records), place, len(view), damaged)


def is_unbegun(file: IO[bytes]) -> bool:
    """Whether a file has no whole block because its first one was being written; a damaged one is none."""
    head = file.read(len(MAGIC) + _HEAD.size)
    if len(head) < len(MAGIC) + _HEAD.size:
        return MAGIC.startswith(head[: len(MAGIC)])
    length = _content_length(memoryview(head)[len(MAGIC) :]) if head.startswith(MAGIC) else None
    return length is not None and os.fstat(file.fileno()).st_size < len(head) + length


def records(file: IO[bytes]) -> Iterator[Record]:
    """The records of a file that is whole, one block after the other. Raises FormatError where it isn't."""
    if file.read(len(MAGIC)) != MAGIC:
        raise FormatError("It is no journal of cnngui.", "It may be of a newer version, or damaged.")
    left = os.fstat(file.fileno()).st_size - len(MAGIC)
    while head := file.read(_HEAD.size):
        length = _content_length(memoryview(head))
        left -= _HEAD.size
        if length is None or length > left:
            raise FormatError("It is cut off or damaged.")
        found = _records(memoryview(file.read(length)), _HEAD.unpack(head)[2])
        if found is None:
            raise FormatError("It is damaged.")
        left -= length
        yield from found


def _content_length(head: memoryview) -> int | None:
    """None where no block begins."""
    if len(head) < _HEAD.size:
        return None
    mark, length, _, checksum = _HEAD.unpack(head)
    sound = mark == _MARK and checksum == zlib.crc32(head[:-4]) and length <= MAX_BLOCK
    return length if sound else None


def _records(content: memoryview, checksum: int) -> list[Record] | None:
    """None where the content isn't what was written, or nothing that could have been."""
    if zlib.crc32(content) != checksum:
        return None
    try:
        (size,) = _LENGTH.unpack_from(content)
        place = _LENGTH.size + size
        records = []
        for described in parsed(bytes(content[_LENGTH.size : place]), "A block", TRAINING, any_number=True):
            arrays: dict[str, Array] = {}
            for name, dtype, shape in described["arrays"]:
                arrays[str(name)], place = _array(content, place, dtype, shape)
            records.append(Record(str(described["kind"]), dict(described["fields"]), arrays))
    except (FormatError, ValueError, KeyError, TypeError, struct.error):
        return None
    return records


def _array(content: memoryview, place: int, dtype: str, shape: Sequence[int]) -> tuple[Array, int]:
    """The array that lies here, and where it ends. Raises ValueError or TypeError where there is none."""
    if dtype not in _DTYPES or not all(isinstance(n, int) and n >= 0 for n in shape):
        raise ValueError("no array of this format")
    end = place + prod(shape) * np.dtype(dtype).itemsize
    if end > len(content):
        raise ValueError("the array is longer than the block")
    return np.frombuffer(content[place:end], dtype).reshape(shape).copy(), end


def _portable(array: Array) -> Array:
    """In the order of bytes that the format has, whatever the machine's."""
    turned = np.ascontiguousarray(array, array.dtype.newbyteorder("<")).reshape(array.shape)
    if turned.dtype.str not in _DTYPES:
        raise ValueError(f"an array of {array.dtype}")
    return turned
