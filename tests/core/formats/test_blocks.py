"""Files that only grow: what was written before is never lost, whatever becomes of the end."""

from __future__ import annotations

import json
import struct
import zlib

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as some

from core.errors import FormatError
from core.formats.runs.blocks import MAGIC, MAX_BLOCK, Record, block, read

STEPS = Record(
    "steps", {"first": 1}, {"loss": np.array([2.3, 2.1], np.float32), "rate": np.array([0.1, 0.1])}
)
MARK = Record("mark", {"text": "Übung: paused", "step": 2})
LATER = Record("from a later version", {"anything": [1, {"a": None}]}, {"b": np.ones((2, 0, 3), np.int64)})
BLOCKS = [block([STEPS]), block([MARK, LATER]), block([])]
FILE = MAGIC + b"".join(BLOCKS)


def test_what_is_written_is_read_kinds_that_nobody_knows_too() -> None:
    found = read(FILE)
    assert found.records == (STEPS, MARK, LATER)
    assert (found.length, found.torn, found.damaged) == (len(FILE), 0, 0)
    assert read(MAGIC + block(found.records)).records == found.records


@given(some.integers(len(MAGIC), len(FILE) - 1))
def test_a_torn_tail_costs_no_whole_block(end: int) -> None:
    found = read(FILE[:end])
    ends = [len(MAGIC) + sum(map(len, BLOCKS[:n])) for n in range(len(BLOCKS) + 1)]
    assert found.length == max(e for e in ends if e <= end)
    assert found.torn == end - found.length
    assert found.records == read(FILE[: found.length]).records
    grown = FILE[: found.length] + BLOCKS[0]
    assert read(grown).records == (*found.records, STEPS)


@given(some.integers(0, len(FILE) * 8 - 1))
def test_a_turned_bit_is_never_taken_for_what_was_written(bit: int) -> None:
    changed = bytearray(FILE)
    changed[bit // 8] ^= 1 << bit % 8
    if bit // 8 < len(MAGIC):
        with pytest.raises(FormatError):
            read(bytes(changed))
        return
    found = read(bytes(changed))
    assert found.torn or found.damaged
    assert all(record in (STEPS, MARK, LATER) for record in found.records)


def test_damaged_content_costs_its_own_block_alone() -> None:
    changed = bytearray(FILE)
    changed[len(MAGIC) + 40] ^= 1
    found = read(bytes(changed))
    assert found.records == (MARK, LATER)
    assert (found.damaged, found.torn) == (1, 0)


def forged(described: object, arrays: bytes = b"") -> bytes:
    """A block with sound checksums, whatever is in it."""
    text = json.dumps(described).encode()
    content = struct.pack("<I", len(text)) + text + arrays
    head = struct.pack("<4sII", b"CNNB", len(content), zlib.crc32(content))
    return head + struct.pack("<I", zlib.crc32(head)) + content


@pytest.mark.parametrize(
    "described",
    [
        None,
        [1],
        [{"kind": "x"}],
        [{"kind": "x", "fields": 3, "arrays": []}],
        [{"kind": "x", "fields": {}, "arrays": [["a", "<f4", [2**40]]]}],
        [{"kind": "x", "fields": {}, "arrays": [["a", "<f4", [-1]]]}],
        [{"kind": "x", "fields": {}, "arrays": [["a", "|O", [1]]]}],
        [{"kind": "x", "fields": {}, "arrays": [["a", "<f4", "12"]]}],
    ],
)
def test_what_nobody_could_have_written_is_damage(described: object) -> None:
    found = read(MAGIC + forged(described) + BLOCKS[0])
    assert found.records == (STEPS,)
    assert found.damaged == 1


def test_a_length_beyond_all_measure_ends_the_file() -> None:
    head = struct.pack("<4sII", b"CNNB", MAX_BLOCK + 1, 0)
    found = read(MAGIC + BLOCKS[0] + head + struct.pack("<I", zlib.crc32(head)) + BLOCKS[1])
    assert found.records == (STEPS,)
    assert found.torn


@pytest.mark.parametrize("content", [b"PK\x03\x04", MAGIC.replace(b"1", b"2")])
def test_a_foreign_file_is_refused(content: bytes) -> None:
    with pytest.raises(FormatError, match="no journal"):
        read(content)


def test_arrays_keep_their_bits_in_any_order_of_bytes() -> None:
    values = np.array([[1.5, np.nan], [-0.0, np.inf]])
    for array in (values.astype(">f8"), values.T, values[::2], np.array(3.0, np.float32)):
        (found,) = read(MAGIC + block([Record("x", {}, {"a": array})])).records
        assert found.arrays["a"].shape == array.shape
        assert (
            found.arrays["a"].tobytes()
            == np.ascontiguousarray(array, array.dtype.newbyteorder("<")).tobytes()
        )
    with pytest.raises(ValueError, match="an array of complex128"):
        block([Record("x", {}, {"a": np.ones(1, complex)})])
