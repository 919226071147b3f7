"""Hostile files for every reader, each told by its number alone."""

from __future__ import annotations

import gzip
import io
import json
import os
import struct
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path
from random import Random
from typing import Any, Final

import numpy as np

from core.formats.runs.blocks import MAGIC, Record, block, read
from core.formats.runs.records import JOURNAL, to_record
from core.training.plan import PlanChange
from core.training.record import Ended, Steps
from tests.core.data.idx_files import idx_bytes
from tests.core.formats.hostile import parts
from tests.core.formats.test_runs import BEGUN, PLAN
from tests.faults import spoiling
from tests.paths import GOLDEN, RESOURCES

_PARTS: Final = list(parts((GOLDEN / "v2.cnn").read_bytes()).items())
_DESIGNS: Final = [
    json.loads(path.read_text(encoding="utf-8"))
    for path in (GOLDEN / "v2.json", *sorted((RESOURCES / "examples").glob("*.json")))
]
_IMAGES: Final = np.arange(6 * 5 * 4).reshape(6, 5, 4)
_POINT: Final = "run1-0000000022-000007.checkpoint"
_SMALL: Final[dict[str, dict[str, Any]]] = {
    "about": {"note": "good", "put_off": 7},
    "rules": {"budget": 4 * 10**9, "every_epochs": 1, "most": 24},
    "draft": {
        "version": 1, "path": "/home/a/b.cnn", "digest": "ab", "when": "2026-11-30T12:00:00+00:00",
        "plan": PLAN.to_json(), "data": "digits", "design": _DESIGNS[0],
    },
}  # fmt: skip
_TYPES: Final = ("u1", "i1", "i2", "i4", "f4", "f8")
_DTYPES: Final = (
    "|O",
    "|S5",
    "<U3",
    "<M8[s]",
    "|V7",
    "nonsense",
    "<c16",
    "<f2",
    "|b1",
    ">f8",
    "<u8",
    "f4,i4",
)


@dataclass(frozen=True)
class Case:
    """`write` makes the file in a folder and gives its path, for the reader of this name."""

    name: str
    reader: str
    write: Callable[[Path], Path]


def case(seed: int, number: int) -> Case:
    """The same for the same numbers."""
    random = Random(f"{seed} {number}")
    make = random.choice(_MAKERS)
    return make(random)


def _file(what: str, reader: str, name: str, content: bytes) -> Case:
    def write(folder: Path) -> Path:
        (folder / name).write_bytes(content)
        return folder / name

    return Case(what, reader, write)


def _is_no_setting(way: tuple[Any, ...]) -> bool:
    return "settings" not in way


def _is_setting(way: tuple[Any, ...]) -> bool:
    return "settings" in way[:-1]


def _design(random: Random) -> Case:
    good = random.choice(_DESIGNS)
    changed = spoiling.value_of(random, good, _is_no_setting)
    return _file("design, value", "project", "a.json", spoiling.json_text(random, changed))


def _design_setting(random: Random) -> Case:
    changed = spoiling.value_of(random, random.choice(_DESIGNS), _is_setting)
    return _file("design, setting", "project", "a.json", json.dumps(changed).encode())


def _design_bytes(random: Random) -> Case:
    good = json.dumps(random.choice(_DESIGNS)).encode()
    return _file("design, bytes", "project", "a.json", spoiling.bytes_of(random, good))


def _large(random: Random) -> Case:
    """Sound in form, and large: chains, rings and stacks of blocks, comments, groups."""
    number = random.choice((300, 2500, 5000))
    step = random.choice((0, 200))
    kinds = random.choice((("relu",), ("conv2d", "batchnorm", "relu"), ("add", "nonsense")))
    blocks = [
        {"id": f"b{n}", "kind": kinds[n % len(kinds)], "position": [step * (n % 50), step * (n // 50)]}
        for n in range(number)
    ]
    wires = [{"from": f"b{n}", "to": f"b{(n + 1) % number}"} for n in range(number - random.randrange(2))]
    groups = [{"id": f"g{n}", "members": [f"b{n}"], "repeat": random.choice((1, 100))} for n in range(number)]
    text = "word " * random.choice((10, 1999))
    comments = [{"id": f"c{n}", "text": text, "position": [0, 0]} for n in range(number)]
    design = {
        "format": "cnngui-design",
        "version": 2,
        "blocks": blocks,
        "wires": random.choice(([], wires)),
        "groups": random.choice(([], groups)),
        "frames": [],
        "comments": random.choice(([], [], comments)),
    }
    return _file("design, large", "project", "a.json", json.dumps(design).encode())


def _project(random: Random) -> Case:
    good = spoiling.packed(_PARTS)
    return _file("project, bytes", "project", "a.cnn", spoiling.bytes_of(random, good))


def _project_archive(random: Random) -> Case:
    return _file("project, archive", "project", "a.cnn", spoiling.archive_of(random, _PARTS))


def _project_value(random: Random) -> Case:
    name = random.choice(("design.json", "training.json"))
    good = json.loads(dict(_PARTS)[name])
    text = spoiling.json_text(random, spoiling.value_of(random, good, _is_no_setting))
    changed = [(part, text if part == name else content) for part, content in _PARTS]
    return _file(f"project, {name}", "project", "a.cnn", spoiling.packed(changed))


def _tensors(random: Random) -> Case:
    """Another header of the tensors, or other numbers."""
    name = random.choice(("weights.safetensors", "state.safetensors"))
    good = dict(_PARTS)[name]
    (length,) = struct.unpack_from("<Q", good)
    header, numbers = json.loads(good[8 : 8 + length]), good[8 + length :]
    if random.randrange(2):
        header = spoiling.value_of(random, header, lambda _: True)
    else:
        array = np.frombuffer(numbers, np.float32).copy()
        array[random.randrange(len(array)) :] = random.choice((np.nan, np.inf, 3e38, 0))
        numbers = array.tobytes()
    text = json.dumps(header).encode()
    announced = random.choice((len(text), len(text), len(text), 0, 2**63, len(text) + 1))
    content = struct.pack("<Q", announced) + text + numbers
    changed = [(part, content if part == name else inner) for part, inner in _PARTS]
    return _file("project, tensors", "project", "a.cnn", spoiling.packed(changed))


def _npz_parts() -> spoiling.Files:
    files = []
    labels = np.array([0, 1, 2, 0, 1, 2])
    for name, array in (("x_train", _IMAGES.astype(np.uint8)), ("y_train", labels)):
        buffer = io.BytesIO()
        np.save(buffer, array)
        files.append((f"{name}.npy", buffer.getvalue()))
    return files


def _npz(random: Random) -> Case:
    return _file("npz, bytes", "data", "a.npz", spoiling.bytes_of(random, spoiling.packed(_npz_parts())))


def _npz_archive(random: Random) -> Case:
    return _file("npz, archive", "data", "a.npz", spoiling.archive_of(random, _npz_parts()))


def _npz_header(random: Random) -> Case:
    shapes = (
        "(-1,)",
        "(2**70,)",
        "(1 << 40, 6)",
        "(6, 5, 4)",
        "(6,)",
        "()",
        "(True,)",
        "6",
        "('6',)",
        "(0, 5)",
    )
    shape = random.choice((*shapes, f"({10**30},)", "(" * 200, "(" + "1, " * 100 + ")", "(10**9,)"))
    dtype, order = random.choice(_DTYPES), random.choice(("False", "True", "1", "None"))
    text = f"{{'descr': {dtype!r}, 'fortran_order': {order}, 'shape': {shape}, }}".encode()
    version = random.choice((b"\x01\x00", b"\x01\x00", b"\x02\x00", b"\x03\x00", b"\x09\x00"))
    size = struct.pack("<H" if version[0] == 1 else "<I", len(text) + 1)
    content = b"\x93NUMPY" + version + size + text + b"\n" + bytes(random.choice((0, 600, 1 << 20)))
    name = random.choice(("x_train.npy", "y_train.npy", "classes.npy"))
    files = [*((file, inner) for file, inner in _npz_parts() if file != name), (name, content)]
    return _file("npz, header", "data", "a.npz", spoiling.packed(files))


def _npz_values(random: Random) -> Case:
    """Sound arrays that don't fit together, or hold what can't be learned from."""
    count = random.choice((0, 1, 6, 300))
    shape = random.choice(((), (5,), (5, 4), (3, 5, 4), (5, 4, 3), (1, 0, 4), (1, 1, 1, 1, 1)))
    fill = random.choice((0.0, np.nan, np.inf, 1e308, -1.0, 255.0))
    x = np.full((count, *shape), fill, random.choice((np.float64, np.longdouble, ">f8")))
    targets = (np.arange(count), np.full(count, -(2**62)), np.full(count, 10**6), np.full(count, fill))
    y: Any = random.choice((*targets, np.zeros((count, 0)), np.zeros((count, 2)), np.array(["a"] * count)))
    names: dict[str, Any] = random.choice(({}, {}, {"classes": np.array(["a", "\0"])}))
    buffer = io.BytesIO()
    np.savez_compressed(buffer, x=np.asfortranarray(x) if random.randrange(2) else x, y=y, **names)
    return _file("npz, values", "data", "a.npz", buffer.getvalue())


def _npz_bomb(random: Random) -> Case:
    """Zeros, packed to a thousandth."""
    buffer = io.BytesIO()
    shape = random.choice(((60, 1 << 20), (1 << 20, 30), (30, 512, 512, 3)))
    x = np.zeros(shape, random.choice((np.uint8, np.int16)))
    np.savez_compressed(buffer, x=x, y=np.arange(len(x)) % 10, other=x)
    return _file("npz, bomb", "data", "a.npz", buffer.getvalue())


def _idx(random: Random) -> Case:
    folder_or_file, suffix = random.randrange(2), random.choice(("", ".gz"))
    images = idx_bytes(_IMAGES.astype(f">{random.choice(_TYPES)}"))
    labels = idx_bytes(np.arange(6).astype(np.uint8))
    what = random.randrange(4)
    if what == 0:
        images = spoiling.bytes_of(random, images)
    elif what == 1:
        labels = spoiling.bytes_of(random, labels)
    elif what == 2:
        sizes = [random.choice((0, 1, 6, 2**16, 2**31, 2**32 - 1)) for _ in range(random.randrange(5))]
        images = struct.pack(f">BBBB{len(sizes)}I", 0, 0, random.choice((8, 14, 0, 255)), len(sizes), *sizes)
        images += bytes(random.choice((0, 100, 60 << 20)))
    pack: Callable[[bytes], bytes] = (lambda content: gzip.compress(content, 6, mtime=0)) if suffix else bytes
    packed = pack(images)
    if what == 3:
        packed = spoiling.bytes_of(random, packed)

    def write(folder: Path) -> Path:
        (folder / f"train-images-idx3-ubyte{suffix}").write_bytes(packed)
        (folder / f"train-labels-idx1-ubyte{suffix}").write_bytes(pack(labels))
        return folder if folder_or_file else folder / f"train-images-idx3-ubyte{suffix}"

    return Case("idx", "data", write)


def _records() -> list[Record]:
    numbers = {"loss": np.linspace(1, 0, 20), "learning rate": np.full(20, 0.1)}
    entries = (BEGUN, Steps(0, numbers), PlanChange(20, PLAN), Ended(BEGUN.when, 20, "completed"))
    return [to_record(entry) for entry in entries]


def _journal(random: Random) -> Case:
    content = MAGIC + b"".join(block([record]) for record in _records())
    return _run("run, bytes", spoiling.bytes_of(random, content))


def _journal_value(random: Random) -> Case:
    """Blocks with right checksums over wrong content."""
    blocks = []
    for record in _records():
        fields = dict(record.fields)
        if random.randrange(2):
            fields = spoiling.value_of(random, fields, _is_no_setting)
        arrays: dict[str, Any] = dict(record.arrays)
        if arrays and random.randrange(2):
            other = random.choice((np.zeros((3, 3)), np.zeros(0), np.full(20, np.nan), np.arange(5)))
            arrays[random.choice((*arrays, "other"))] = other
        kind = random.choice((record.kind, record.kind, record.kind, "of a later version", "steps", "begun"))
        text = json.dumps([{"kind": kind, "fields": fields, "arrays": []}]).encode()
        blocks.append(block([Record(kind, fields, arrays)]) if _is_text(text) else b"")
    random.shuffle(blocks) if random.randrange(4) == 0 else None
    return _run("run, values", MAGIC + b"".join(blocks))


def _is_text(text: bytes) -> bool:
    """Whether Python could have written it: a half of a pair isn't written."""
    return b"\\ud800" not in text


def _run(what: str, content: bytes) -> Case:
    def write(folder: Path) -> Path:
        (folder / "one").mkdir()
        (folder / "one" / JOURNAL).write_bytes(content)
        return folder / "one"

    return Case(what, "run", write)


def _copy(random: Random) -> Case:
    """A journal as a copy in a project, to be joined with those of the data folder."""
    made = _journal_value(random) if random.randrange(2) else _journal(random)
    return Case(f"copy of a {made.name}", "copy", made.write)


def _checkpoint(random: Random) -> Case:
    good, name = (GOLDEN / _POINT).read_bytes(), _POINT.removeprefix("run1-")
    if random.randrange(2):
        return _file("checkpoint, bytes", "checkpoint", name, spoiling.bytes_of(random, good))
    blocks = []
    for record in read(good).records:
        fields = dict(record.fields)
        if random.randrange(3) == 0:
            fields = spoiling.value_of(random, fields, _is_no_setting)
        text = json.dumps([fields]).encode()
        blocks.append(block([Record(record.kind, fields, record.arrays)]) if _is_text(text) else b"")
    return _file("checkpoint, values", "checkpoint", name, MAGIC + b"".join(blocks))


def _small(random: Random) -> Case:
    """What lies beside journals, and drafts."""
    reader, good = random.choice(list(_SMALL.items()))
    if random.randrange(2):
        content = spoiling.bytes_of(random, json.dumps(good).encode())
    else:
        content = json.dumps(spoiling.value_of(random, good, _is_no_setting)).encode(errors="surrogatepass")
    return _file(f"{reader}.json", reader, f"{reader}.json", content)


def _no_file(random: Random) -> Case:
    """What is no file where one is expected, or one that can't be read."""
    name = random.choice(("a.cnn", "a.json", "a.npz", "train-images-idx3-ubyte", "one"))
    reader = {"a.cnn": "project", "a.json": "project", "one": "run"}.get(name, "data")
    what = random.choice(("ring of links", "pipe", "endless", "folder", "link to itself", "nothing"))

    def write(folder: Path) -> Path:
        path = folder / name
        (folder / "train-labels-idx1-ubyte").write_bytes(idx_bytes(np.arange(6).astype(np.uint8)))
        place = path
        if reader == "run":
            path.mkdir()
            place = path / JOURNAL
        if what == "ring of links":
            place.symlink_to(folder / "other")
            (folder / "other").symlink_to(place)
        elif what == "pipe":
            os.mkfifo(place)
        elif what == "endless":
            place.symlink_to("/dev/zero")
        elif what == "folder":
            place.mkdir()
        elif what == "link to itself":
            place.symlink_to(place)
        return path

    return Case(f"no file, {what}", reader, write)


_MAKERS: Final[tuple[Callable[[Random], Case], ...]] = (
    _design, _design, _design_setting, _design_bytes, _large, _project, _project_archive, _project_value,
    _project_value, _tensors, _npz, _npz_archive, _npz_header, _npz_values, _npz_bomb, _idx, _idx, _journal,
    _journal_value, _copy, _checkpoint, _small, _no_file,
)  # fmt: skip
