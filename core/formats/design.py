"""A design as JSON: what a project file holds, what the clipboard carries, and what fits into git.

Loading goes in three steps: parse the text, resolve the layers (an unknown kind becomes a placeholder that is
saved back unchanged), build the graph.
"""

from __future__ import annotations

import json
import math
from typing import Any

from core.errors import FormatError
from core.graph import Block, Graph, Wire
from core.layers import LAYERS, Layer
from core.layers.unknown import Unknown
from core.schema import params_of, to_dict

FORMAT = "cnngui-design"
VERSION = 1
MAX_BLOCKS = 100_000


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
    }


def to_text(graph: Graph) -> str:
    """The design as indented JSON with sorted keys: small, readable differences under version control."""
    return json.dumps(graph_to_json(graph), indent=2, sort_keys=True, ensure_ascii=False) + "\n"


def from_text(text: str) -> Graph:
    """Reads a design. Raises FormatError."""
    try:
        value = json.loads(text)
    except (ValueError, RecursionError) as error:
        raise FormatError(f"This is no JSON: {error}.", "The file may be damaged.") from None
    return graph_from_json(value)


def graph_from_json(value: object) -> Graph:
    """Builds a design from JSON values. Raises FormatError, which names what was expected and what came.

    Settings out of their limits are kept: they become a problem of the block, not a loss of the file.
    """
    design = _typed(value, dict, "a design")
    if design.get("format") != FORMAT:
        raise FormatError("This is no cnngui design.", f'Its "format" should be "{FORMAT}".')
    version = _typed(design.get("version"), int, "version")
    if version > VERSION:
        raise FormatError(
            f"The design has format version {version}, this cnngui reads up to {VERSION}.",
            "Open it with a newer version of cnngui.",
        )
    entries = _typed(design.get("blocks"), list, "blocks")
    if len(entries) > MAX_BLOCKS:
        raise FormatError(f"The design has {len(entries):,} blocks; at most {MAX_BLOCKS:,} are read.")
    blocks = [_block(entry, f"block {number}") for number, entry in enumerate(entries, 1)]
    ids = {block.id for block in blocks}
    if len(ids) < len(blocks):
        raise FormatError("Two blocks of the design have the same id.", "Give each block an id of its own.")
    wires = _typed(design.get("wires"), list, "wires")
    graph = Graph(tuple(blocks), tuple(_wire(entry, ids, n) for n, entry in enumerate(wires, 1)))
    _check_wires(graph)
    return graph


def _block(value: object, where: str) -> Block:
    entry = _typed(value, dict, where)
    block_id = _typed(entry.get("id"), str, f"{where}, id")
    if not block_id or len(block_id) > 200:
        raise FormatError(f"{where}: an id has 1 to 200 characters, got {len(block_id)}.")
    kind = _typed(entry.get("kind"), str, f"{where}, kind")
    name = _typed(entry.get("name", block_id), str, f"{where}, name")
    settings = _typed(entry.get("settings", {}), dict, f"{where}, settings")
    place = _typed(entry.get("position", [0, 0]), list, f"{where}, position")
    if len(place) != 2 or not all(_is_place(number) for number in place):
        raise FormatError(f"{where}, position: expected two numbers, got {place!r}.")
    return Block(block_id, _layer(kind, settings), name, (float(place[0]), float(place[1])))


def _is_place(value: object) -> bool:
    return isinstance(value, (int, float)) and not isinstance(value, bool) and abs(value) < 1e9


def _layer(kind: str, settings: dict[str, Any]) -> Layer:
    """The declared layer, or a placeholder where this version lacks the kind or one of the settings."""
    if kind not in LAYERS:
        return Unknown(kind, settings)
    declared = LAYERS[kind]
    params = {p.name: p for p in params_of(declared)}
    if not settings.keys() <= params.keys():
        return Unknown(kind, settings)
    return declared(**{name: params[name].parse(value) for name, value in settings.items()})


def _wire(value: object, ids: set[str], number: int) -> Wire:
    where = f"wire {number}"
    entry = _typed(value, dict, where)
    source = _typed(entry.get("from"), str, f"{where}, from")
    target = _typed(entry.get("to"), str, f"{where}, to")
    for end in (source, target):
        if end not in ids:
            raise FormatError(f"{where} leads to the block {end[:80]!r}, which the design doesn't have.")
    place = _typed(entry.get("input", 0), int, f"{where}, input")
    if not 0 <= place < MAX_BLOCKS:
        raise FormatError(f"{where}, input: expected a number from 0, got {place}.")
    return Wire(source, target, place)


def _check_wires(graph: Graph) -> None:
    """Refuses what no edit can make: two wires into one input, an input too many. Cycles become a Problem."""
    for block in graph.blocks:
        places = [wire.input for wire in graph.incoming(block.id)]
        number = block.layer.inputs
        limit = math.inf if isinstance(block.layer, Unknown) else len(places) if number is None else number
        if len(set(places)) < len(places) or any(place >= limit for place in places):
            raise FormatError(f"The wires into {block.name} don't fit its inputs: {places}.")


def _typed(value: object, wanted: type[Any], where: str) -> Any:
    """`value` if it has the wanted type. Raises FormatError otherwise."""
    if not isinstance(value, wanted) or (wanted is int and isinstance(value, bool)):
        names = {dict: "an object", list: "a list", str: "a text", int: "a whole number"}
        raise FormatError(
            f"{where}: expected {names[wanted]}, got {type(value).__name__}.", "The file may be damaged."
        )
    return value
