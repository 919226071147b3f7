"""A design as JSON: what a project file holds, what the clipboard carries, and what fits into git.

Loading goes in three steps: parse the text, resolve the layers (an unknown kind becomes a placeholder that is
saved back unchanged), build the graph.
"""

from __future__ import annotations

import json
import math
import reprlib
from typing import Any

from core.design.direction import Direction
from core.design.graph import MAX_NAME, Block, Graph, Wire
from core.design.groups import flaw
from core.errors import FormatError
from core.formats.json_text import DESIGN, parsed
from core.formats.notes import comments_from_json, frames_from_json, groups_from_json, notes_to_json
from core.formats.values import DAMAGED, name_of, place_of, typed
from core.layers import LAYERS, Layer
from core.layers.unknown import Unknown
from core.schema.making import as_written
from core.schema.param import params_of, to_dict
from core.schema.written import count_text

FORMAT = "cnngui-design"
VERSION = 2
"""Version 1 had no groups, frames and comments."""
_USUAL = Graph.direction
"""The direction that goes without saying: files from before there was another one stay as they are."""
MAX_BLOCKS = 30_000
MAX_KIND = MAX_NAME // 2
"""A kind with a number makes a new block's id."""
MAX_DEPTH = 50
"""Objects within objects: deeper ones can be read, but not always be written again."""


def graph_to_json(graph: Graph) -> dict[str, Any]:
    """The design as JSON values, blocks in their order; the inverse of `graph_from_json`."""
    return {
        "format": FORMAT,
        "version": VERSION,
        "blocks": [
            {
                "id": block.id,
                "kind": block.layer.kind,
                "name": block.name,
                "position": list(block.position),
                "settings": block.layer.settings
                if isinstance(block.layer, Unknown)
                else to_dict(block.layer),
            }
            for block in graph.blocks
        ],
        "wires": [{"from": w.source, "to": w.target, "input": w.input} for w in graph.wires],
        **notes_to_json(graph),
        **({} if graph.direction is _USUAL else {"direction": graph.direction.value}),
    }


def to_text(graph: Graph) -> str:
    """The design as indented JSON with sorted keys: small, readable differences under version control."""
    return json.dumps(graph_to_json(graph), indent=2, sort_keys=True, ensure_ascii=False) + "\n"


def from_text(text: str) -> Graph:
    """Reads a design. Raises FormatError."""
    return graph_from_json(parsed(text, "The design", DESIGN))


def graph_from_json(value: object) -> Graph:
    """Builds a design from JSON values. Raises FormatError, which names what was expected and what came.

    Settings that aren't allowed are kept: they become a problem of the block, not a loss of the file.
    """
    check_values(value)
    design = typed(value, dict, "a design")
    if design.get("format") != FORMAT:
        raise FormatError("This is no cnngui design.", f'Its "format" should be "{FORMAT}".')
    version = typed(design.get("version"), int, "version")
    if version < 1:
        raise FormatError(f"version: expected a number from 1, got {version}.", "The file may be damaged.")
    if version > VERSION:
        raise FormatError(
            f"The design has format version {version}, this cnngui reads up to {VERSION}.",
            "Open it with a newer version of cnngui.",
        )
    design = _migrated(design, version)
    entries = typed(design.get("blocks"), list, "blocks")
    if len(entries) > MAX_BLOCKS:
        raise FormatError(
            f"The design has {count_text(len(entries))} blocks; at most {count_text(MAX_BLOCKS)} are read."
        )
    blocks = [_block(entry, f"block {number}") for number, entry in enumerate(entries, 1)]
    ids = {block.id for block in blocks}
    if len(ids) < len(blocks):
        raise FormatError("Two blocks of the design have the same id.", "Give each block an id of its own.")
    wires = typed(design.get("wires"), list, "wires")
    graph = Graph(
        tuple(blocks),
        tuple(_wire(entry, ids, n) for n, entry in enumerate(wires, 1)),
        groups_from_json(design["groups"]),
        frames_from_json(design["frames"]),
        comments_from_json(design["comments"]),
        _direction(design.get("direction", _USUAL.value)),
    )
    _check_wires(graph)
    wrong = flaw(graph)
    if wrong is not None:
        raise FormatError(wrong, "The file may be damaged.")
    return graph


def _direction(value: object) -> Direction:
    name = typed(value, str, "direction")
    known = [direction.value for direction in Direction]
    if name not in known:
        raise FormatError(f"direction: expected {' or '.join(known)}, got {reprlib.repr(name)}.", DAMAGED)
    return Direction(name)


def _migrated(design: dict[str, Any], version: int) -> dict[str, Any]:
    """The design as this version would have written it."""
    if version == 1:
        design = {**design, "groups": [], "frames": [], "comments": []}
    return design


def _block(value: object, where: str) -> Block:
    entry = typed(value, dict, where)
    block_id = name_of(entry.get("id"), f"{where}, id")
    kind = name_of(entry.get("kind"), f"{where}, kind", MAX_KIND)
    name = name_of(entry.get("name", block_id), f"{where}, name")
    settings = typed(entry.get("settings", {}), dict, f"{where}, settings")
    place = place_of(entry.get("position", [0, 0]), f"{where}, position")
    return Block(block_id, _layer(kind, settings), name, place)


def _layer(kind: str, settings: dict[str, Any]) -> Layer:
    """The declared layer, or a placeholder where this version lacks the kind or one of the settings."""
    if kind not in LAYERS:
        return Unknown(kind, settings)
    declared = LAYERS[kind]
    if not settings.keys() <= {p.name for p in params_of(declared)}:
        return Unknown(kind, settings)
    return as_written(declared, settings)


def _wire(value: object, ids: set[str], number: int) -> Wire:
    where = f"wire {number}"
    entry = typed(value, dict, where)
    source = typed(entry.get("from"), str, f"{where}, from")
    target = typed(entry.get("to"), str, f"{where}, to")
    for end in (source, target):
        if end not in ids:
            raise FormatError(f"{where} leads to the block {end[:80]!r}, which the design doesn't have.")
    place = typed(entry.get("input", 0), int, f"{where}, input")
    if not 0 <= place < MAX_BLOCKS:
        raise FormatError(f"{where}, input: expected a number from 0, got {place}.")
    return Wire(source, target, place)


def _check_wires(graph: Graph) -> None:
    """Refuses what no edit can make: two wires into one input, an input too many, a wire from a block that
    has no output. Cycles become a Problem.
    """
    for block in graph.blocks:
        if not block.layer.has_output and graph.outgoing(block.id):
            raise FormatError(f"{block.name} ends the network, but a wire leaves it.")
        places = [wire.input for wire in graph.incoming(block.id)]
        number = block.layer.inputs
        limit = math.inf if isinstance(block.layer, Unknown) else len(places) if number is None else number
        if len(set(places)) < len(places) or any(place >= limit for place in places):
            raise FormatError(f"The wires into {block.name} don't fit its inputs: {reprlib.repr(places)}.")


def check_values(value: object) -> None:
    """Refuses what couldn't be saved again: objects too deep in one another, texts that are no Unicode."""
    level = [value]
    for _ in range(MAX_DEPTH):
        inner: list[object] = []
        for item in level:
            if isinstance(item, dict):
                inner += [*item.keys(), *item.values()]
            elif isinstance(item, list):
                inner += item
            elif isinstance(item, str) and any("\ud800" <= letter <= "\udfff" for letter in item):
                raise FormatError(f"The text {item[:40]!a} is no Unicode.", "The file may be damaged.")
        if not inner:
            return
        level = inner
    raise FormatError(f"It has more than {count_text(MAX_DEPTH)} levels of objects.", DAMAGED)
