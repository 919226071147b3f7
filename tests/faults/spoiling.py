"""Ways to spoil what is good: bytes, JSON values and archives. Each takes the random numbers it needs."""

from __future__ import annotations

import copy
import io
import json
import warnings
import zipfile
from collections.abc import Callable, Sequence
from random import Random
from typing import Any, TypeAlias

Files: TypeAlias = list[tuple[str, bytes]]
"""Of an archive, by name; a name may come twice."""

VALUES: tuple[Any, ...] = (
    None, True, False, 0, -1, 1, 2**31, 2**63, 10**400, 1.5, 1e308, -1e308, 5e-324, float("nan"),
    float("inf"), "", "x", "\ud800", "\0", "../../x", "a" * 100_000, "\u202e\u0301", [], [[]], [1] * 1000, {},
    {"a": 1}, {"": {"": {}}}, [None], [0, 0], [-1, 10**9], [1e9, 1e-9], "NaN", "1e999",
)  # fmt: skip
NAMES = ("../../escaped", "/etc/passwd", "C:\\x", "a" * 5000, "", "\0", "design.json/", "ä\u202e")


def bytes_of(random: Random, good: bytes) -> bytes:
    """The same file with one sort of damage."""
    place = random.randrange(len(good) + 1)
    length = random.choice((1, 2, 8, 100, 4096))
    ways: Sequence[Callable[[], bytes]] = (
        lambda: good[:place],
        lambda: good[place:],
        lambda: b"",
        lambda: _flipped(random, good),
        lambda: good[:place] + random.randbytes(length) + good[place:],
        lambda: good[:place] + bytes(length) + good[place + length :],
        lambda: good[:place] + good[place + length :],
        lambda: good + good[:place],
        lambda: random.randbytes(length),
        lambda: good.replace(b'"', b"\xff", 1),
        lambda: b"\xef\xbb\xbf" + good,
        lambda: good.decode("latin-1").encode("utf-16"),
    )
    return random.choice(ways)()


def _flipped(random: Random, good: bytes) -> bytes:
    changed = bytearray(good or b"\0")
    for _ in range(random.choice((1, 1, 1, 3, 20))):
        changed[random.randrange(len(changed))] ^= 1 << random.randrange(8)
    return bytes(changed)


def places(value: Any, way: tuple[Any, ...] = ()) -> list[tuple[Any, ...]]:
    """The way to every value inside a JSON value."""
    keys = value.keys() if isinstance(value, dict) else range(len(value)) if isinstance(value, list) else ()
    return [found for key in keys for found in ((*way, key), *places(value[key], (*way, key)))]


def value_of(random: Random, good: Any, allowed: Callable[[tuple[Any, ...]], bool]) -> Any:
    """The same JSON value with something wrong at one to three of its `allowed` places."""
    changed = copy.deepcopy(good)
    for _ in range(random.choice((1, 1, 1, 2, 3))):
        ways = [way for way in places(changed) if allowed(way)]
        if not ways:
            break
        *before, last = random.choice(ways)
        place = changed
        for key in before:
            place = place[key]
        what = random.randrange(6)
        if what == 0:
            del place[last]
        elif what == 1 and isinstance(place, list):
            place += [copy.deepcopy(place[last])] * random.choice((1, 10, 1000))
        elif what == 2:
            *_, other = random.choice(ways)
            place[last] = other
        elif what == 3:
            place[last] = nested(random.choice((3, 60, 120)), place[last])
        else:
            place[last] = random.choice(VALUES)
    return changed


def nested(depth: int, value: Any) -> Any:
    """The value within lists within lists."""
    for _ in range(depth):
        value = [value]
    return value


def json_text(random: Random, value: Any) -> bytes:
    """As JSON, now and then with something that Python's writer doesn't write."""
    text = json.dumps(value).encode()
    what = random.randrange(12)
    if what == 0:
        return text.replace(b"{", b'{"version": 2, "version": 3, ', 1)
    if what == 1:
        return b"[" * random.choice((10, 1000, 100_000)) + text
    if what == 2:
        return text[:-1] + b"," + b" " * (20 << 20) + text[-1:]
    if what == 3:
        return text.replace(b"0", b"0" * random.choice((2, 5000)), 1)
    return text


def packed(files: Files) -> bytes:
    """An archive of these files, tensors as they are and all else compressed."""
    return _archive(files, lambda name: zipfile.ZIP_STORED if name.endswith(".safetensors") else 8)


def _archive(files: Files, method: Callable[[str], int]) -> bytes:
    buffer = io.BytesIO()
    with warnings.catch_warnings(), zipfile.ZipFile(buffer, "w") as archive:
        warnings.simplefilter("ignore")  # of a name that is there twice
        for name, content in files:
            archive.writestr(zipfile.ZipInfo(name), content, method(name))
    return buffer.getvalue()


def archive_of(random: Random, files: Files) -> bytes:
    """These files in an archive that isn't as it should be."""
    name, content = random.choice(files)
    others = [file for file in files if file[0] != name]
    twice = [*files, (name, bytes_of(random, content))]
    methods = (zipfile.ZIP_STORED, zipfile.ZIP_DEFLATED, zipfile.ZIP_BZIP2, zipfile.ZIP_LZMA)
    ways: Sequence[Callable[[], bytes]] = (
        lambda: packed(others),
        lambda: packed(twice),
        lambda: packed([*files, (random.choice(NAMES), b"x")]),
        lambda: packed([*others, (random.choice(NAMES), content)]),
        lambda: packed([*files, *((f"{n}", b"") for n in range(random.choice((100, 20_000))))]),
        lambda: packed([*others, (name, bytes(random.choice((0, 1 << 20, 80 << 20))))]),
        lambda: _archive(files, lambda _: random.choice(methods)),
        lambda: packed([("inner.zip", packed(files))]),
        lambda: b"#!/bin/sh\n" + packed(files),
        lambda: packed(files) + packed(others),
        lambda: _with_field(random, packed(files)),
        lambda: packed([(file, bytes_of(random, inner) if file == name else inner) for file, inner in files]),
    )
    return random.choice(ways)()


def _with_field(random: Random, archive: bytes) -> bytes:
    """With another value in one field of the directory: flags, method, time, checksum, sizes, lengths."""
    changed = bytearray(archive)
    begin = archive.index(b"PK\x01\x02")
    place, length = begin + random.randrange(4, 46), random.choice((1, 2, 4))
    changed[place : place + length] = random.choice((b"\0", b"\xff", b"\x7f")) * length
    return bytes(changed)
