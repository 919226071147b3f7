"""Files as a broken disk, a cut download or an ill-meaning person would make them, each with a name.

All are made from good files by seeded changes, so that a failure can be repeated by its name.
"""

from __future__ import annotations

import copy
import gzip
import io
import json
import struct
import zipfile
from collections.abc import Iterator
from typing import Any

import numpy as np

from tests.core.data.idx_files import idx_bytes
from tests.paths import GOLDEN

Named = tuple[str, bytes]

PROJECT = (GOLDEN / "v1.cnn").read_bytes()
DESIGN = (GOLDEN / "v2.json").read_bytes()
IDX = idx_bytes(np.arange(6 * 5 * 4).reshape(6, 5, 4).astype(np.uint8))

WRONG: tuple[Any, ...] = (
    None, True, -1, 0, 2**31, 2**63, 10**400, 1.5, -1e308, float("nan"), float("inf"),
    "", "x", "\ud800", "\0", "a" * 10_000, [], [[]], [1] * 100, {}, {"a": 1},
)  # fmt: skip
"""What is put in the place of a value in JSON."""


def damaged(name: str, good: bytes, *, cuts: int, flips: int) -> Iterator[Named]:
    """The file cut off at several places, and with one to eight bits turned over."""
    for number in range(cuts):
        yield f"{name} cut {number}", good[: len(good) * number // cuts]
    rng = np.random.default_rng(len(good))
    for number in range(flips):
        changed = bytearray(good)
        for place in rng.integers(0, len(good), rng.integers(1, 9)):
            changed[place] ^= 1 << int(rng.integers(8))
        yield f"{name} flip {number}", bytes(changed)


def parts(archive: bytes = PROJECT) -> dict[str, bytes]:
    """The files in a zip archive."""
    with zipfile.ZipFile(io.BytesIO(archive)) as opened:
        return {name: opened.read(name) for name in opened.namelist()}


def packed(files: dict[str, bytes], method: int | None = None) -> bytes:
    """A sound archive, whatever is in the files: tensors as they are, and all else packed."""
    buffer = io.BytesIO()
    with zipfile.ZipFile(buffer, "w") as archive:
        for name, content in files.items():
            usual = zipfile.ZIP_STORED if name.endswith(".safetensors") else zipfile.ZIP_DEFLATED
            archive.writestr(name, content, usual if method is None else method)
    return buffer.getvalue()


def _places(value: Any, way: tuple[Any, ...] = ()) -> Iterator[tuple[Any, ...]]:
    """The way to every value inside a JSON value."""
    keys = value.keys() if isinstance(value, dict) else range(len(value)) if isinstance(value, list) else ()
    for key in keys:
        yield (*way, key)
        yield from _places(value[key], (*way, key))


def wrong_values(name: str, text: bytes, per_place: int) -> Iterator[Named]:
    """The JSON with a wrong value, or none, at every place."""
    good = json.loads(text)
    rng = np.random.default_rng(0)
    for way in _places(good):
        for choice in rng.choice(len(WRONG) + 1, per_place, replace=False):
            changed = copy.deepcopy(good)
            place = changed
            for key in way[:-1]:
                place = place[key]
            if choice == len(WRONG):
                del place[way[-1]]
            else:
                place[way[-1]] = WRONG[choice]
            yield f"{name} {'/'.join(map(str, way))} wrong {choice}", json.dumps(changed).encode()


def projects() -> Iterator[Named]:
    """Bad `.cnn` files."""
    yield from damaged("project", PROJECT, cuts=30, flips=60)
    files = parts()
    for name, content in files.items():
        yield f"without {name}", packed({n: c for n, c in files.items() if n != name})
        for case, changed in damaged(name, content, cuts=6, flips=20):
            yield case, packed(files | {name: changed})
    for name in ("design.json", "training.json"):
        for case, changed in wrong_values(name, files[name], per_place=2):
            yield case, packed(files | {name: changed})
        yield f"{name} deeply nested", packed(files | {name: b"[" * 100_000})
        yield f"{name} in Latin-1", packed(files | {name: b'{"\xe4": 1}'})
        yield f"{name} a bomb", packed(files | {name: b" " * (65 << 20)})
    yield "compressed weights", packed(files, zipfile.ZIP_DEFLATED)
    yield "weights that are zeros", packed(files | {"weights.safetensors": bytes(65 << 20)})
    yield "weights announce 4 GiB", _announcing(packed(files), b"weights.safetensors", 2**32 - 2)
    yield "design announces 60 MiB", _announcing(packed(files), b"design.json", 60 << 20)
    yield "tensors of whole numbers", packed(files | {"weights.safetensors": _tensors("I64", [2], 16)})
    yield (
        "tensor of an absurd shape",
        packed(files | {"weights.safetensors": _tensors("F32", [2**62, 4], 16)}),
    )
    yield "tensor of a negative shape", packed(files | {"weights.safetensors": _tensors("F32", [-1, -4], 16)})
    yield (
        "tensor header of 2^60 bytes",
        packed(files | {"state.safetensors": struct.pack("<Q", 2**60) + b"{}"}),
    )
    yield "an archive in an archive", packed({"v1.cnn": PROJECT})
    yield "two archives", PROJECT + PROJECT[:100]


def _announcing(archive: bytes, name: bytes, size: int) -> bytes:
    """The archive with another size of one file in its directory."""
    changed = bytearray(archive)
    entry = archive.rindex(b"PK\x01\x02", 0, archive.rindex(name))
    changed[entry + 24 : entry + 28] = struct.pack("<I", size)
    return bytes(changed)


def _tensors(dtype: str, shape: list[int], size: int) -> bytes:
    header = json.dumps({"a": {"dtype": dtype, "shape": shape, "data_offsets": [0, size]}}).encode()
    return struct.pack("<Q", len(header)) + header + bytes(size)


def designs() -> Iterator[Named]:
    """Bad designs as JSON."""
    yield from damaged("design", DESIGN, cuts=20, flips=40)
    yield from wrong_values("design", DESIGN, per_place=4)
    yield (
        "blocks without end",
        b'{"format": "cnngui-design", "version": 1, "wires": [], "blocks": [' + (b"{}," * 200_000 + b"{}]}"),
    )
    yield from _groups()


def _groups() -> Iterator[Named]:
    """Groups without end, in many ways; the last two are sound but large."""

    def design(groups: list[dict[str, Any]], blocks: int = 1) -> bytes:
        kinds = [{"id": f"relu_{number}", "kind": "relu"} for number in range(blocks)]
        wires = [{"from": f"relu_{n}", "to": f"relu_{n + 1}"} for n in range(blocks - 1)]
        parts = {"blocks": kinds, "wires": wires, "groups": groups, "frames": [], "comments": []}
        return json.dumps({"format": "cnngui-design", "version": 2, **parts}).encode()

    def group(name: int | str, *members: str, repeat: int = 1) -> dict[str, Any]:
        return {"id": f"group_{name}", "members": members, "repeat": repeat}

    inner = [group(n, f"group_{n + 1}", repeat=100) for n in range(5_000)]
    yield "groups nested 5,000 deep", design([*inner, group(5_000, "relu_0")])
    yield "a ring of groups", design([group(n, f"group_{(n + 1) % 300}") for n in range(300)])
    yield "a group in itself", design([group(0, "group_0", "relu_0")])
    yield "10,001 groups", design([group(n, "relu_0") for n in range(10_001)])
    deep = [group(n, f"group_{n + 1}", f"relu_{n}", repeat=100) for n in range(10)]
    yield "100 to the power of 10 copies", design([*deep, group(10, "relu_10", repeat=100)], 11)
    yield "9,999 repeated groups", design([group(n, f"relu_{n}", repeat=2) for n in range(9_999)], 9_999)


def idx_files() -> Iterator[Named]:
    """Bad IDX images; the first bytes with every single bit turned over."""
    yield from damaged("idx", IDX, cuts=20, flips=20)
    for bit in range(16 * 8):
        changed = bytearray(IDX)
        changed[bit // 8] ^= 1 << (bit % 8)
        yield f"idx bit {bit}", bytes(changed)
    yield "idx of 255 dimensions", b"\0\0\x08\xff" + b"\xff" * 4 * 255
    yield "idx of 2^96 numbers", b"\0\0\x0e\x03" + b"\xff" * 12
    yield "idx with nothing in it", b"\0\0\x08\x03" + bytes(12)
    yield "idx with more than it says", IDX + b"\0"


def gzip_files() -> Iterator[Named]:
    """Bad compressed IDX images."""
    yield from damaged("gzip", gzip.compress(IDX, mtime=0), cuts=20, flips=40)
    yield "gzip that unpacks to far more than it says", gzip.compress(IDX + bytes(64 << 20), mtime=0)
    yield "gzip of gzip", gzip.compress(gzip.compress(IDX))


def npz_files() -> Iterator[Named]:
    """Bad `.npz` files."""
    buffer = io.BytesIO()
    np.savez(buffer, x=np.zeros((6, 5, 4), np.uint8), y=np.array([0, 1, 2, 0, 1, 2]))
    good = buffer.getvalue()
    yield from damaged("npz", good, cuts=20, flips=40)
    files = parts(good)
    for case, changed in damaged("x.npy", files["x.npy"][:140], cuts=10, flips=40):
        yield case, packed(files | {"x.npy": changed + files["x.npy"][140:]})
    for shape in ("(-1,)", "(2**70,)", "(1 << 40, 6)", f"({10**30},)", "(" * 200, "(True,)", "6", "('6',)"):
        yield f"npy of shape {shape[:9]}", packed(files | {"x.npy": _npy("|u1", shape)})
    for dtype in ("|O", "|S5", "<U3", "<M8[s]", "|V7", "nonsense", "<c16", "<f2", "|b1"):
        yield f"npy of type {dtype}", packed(files | {"x.npy": _npy(dtype, "(6, 5)")})


def _npy(dtype: str, shape: str) -> bytes:
    header = f"{{'descr': {dtype!r}, 'fortran_order': False, 'shape': {shape}, }}".encode().ljust(117) + b"\n"
    return b"\x93NUMPY\x01\x00" + struct.pack("<H", len(header)) + header + bytes(600)
