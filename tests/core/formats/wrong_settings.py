"""Every setting of every declared class with values that a file may hold in place of an allowed one."""

from __future__ import annotations

import json
from collections.abc import Iterable, Iterator
from typing import Any, NamedTuple

from core.layers import LAYERS, Layer
from core.schema.param import Param, params_of

WRITTEN = {
    "null": "null",
    "true": "true",
    "whole number": "3",
    "negative": "-7",
    "huge": "1" + 40 * "0",
    "beyond floats": "9" * 400,
    "fraction": "2.5",
    "large fraction": "1e300",
    "text": '"abc"',
    "number as text": '"3"',
    "empty text": '""',
    "long text": json.dumps("x" * 100_000),
    "Unicode": '"\\u0000é\\u202e"',
    "empty list": "[]",
    "list of one": "[3]",
    "list of two": "[3, 3]",
    "list of three": "[3, 3, 3]",
    "list of five": "[3, 3, 3, 3, 3]",
    "zeros": "[0, 0]",
    "huge in a list": f"[1, {'9' * 400}]",
    "large in a list": f"[{10**30}, {10**30}, {10**30}]",
    "negative in a list": "[-3, -3]",
    "fractions": "[1.5, 2.5]",
    "long list": json.dumps([1] * 10_000),
    "nested list": "[[3, 3], [3]]",
    "texts": '["a", "b"]',
    "nothing in a list": "[null, true]",
    "object": '{"a": [1]}',
    "empty object": "{}",
    "objects": "[{}, {}]",
}
"""JSON by what it is; what is allowed for one setting is wrong for another."""


class Case(NamedTuple):
    """A setting of a class, written in a file as JSON."""

    declared: type[Any]
    param: Param
    name: str
    written: str

    @property
    def is_wrong(self) -> bool:
        """Whether it can't be read as an allowed value."""
        return self.param.check(self.param.parse(json.loads(self.written))) is not None

    def __str__(self) -> str:
        return f"{self.declared.kind} {self.param.name}: {self.name}"


def cases(classes: Iterable[type[Any]] = tuple(LAYERS)) -> Iterator[Case]:
    """All values for all settings."""
    for declared in classes:
        for param in params_of(declared):
            for name, written in WRITTEN.items():
                yield Case(declared, param, name, written)


def design(case: Case) -> str:
    """A design as JSON, sound but for the setting: an image enters it, or a vector where it needs one."""
    layer: type[Layer] = case.declared
    blocks = [("input", "{}" if layer.kind == "input" else '{"shape": [8, 8, 8]}')]
    tested = f'{{"{case.param.name}": {case.written}}}'
    if layer.kind == "input":
        blocks = [("input", tested)]
    else:
        if layer.kind in ("dense", "classification", "regression"):
            blocks.append(("flatten", "{}"))
        blocks.append((layer.kind, tested))
    if layer.has_output:
        blocks += [("flatten", "{}"), ("dense", '{"units": 3}'), ("classification", "{}")]
    entries = [
        f'{{"id": "b{n}", "kind": "{kind}", "name": "Block {n}", "position": [{200 * n}, 0], '
        f'"settings": {settings}}}'
        for n, (kind, settings) in enumerate(blocks)
    ]
    wires = [f'{{"from": "b{n}", "to": "b{n + 1}"}}' for n in range(len(blocks) - 1)]
    if layer.inputs not in (0, 1):
        wires.append('{"from": "b0", "to": "b1", "input": 1}')
    return (
        f'{{"format": "cnngui-design", "version": 2, "blocks": [{", ".join(entries)}], '
        f'"wires": [{", ".join(wires)}], "groups": [], "frames": [], "comments": []}}'
    )
