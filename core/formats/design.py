"""A design as JSON: what a project file holds, what the clipboard carries, and what fits into git.

Loading goes in three steps: parse the text, resolve the layers (an unknown kind becomes a placeholder that is
saved back unchanged), build the graph.
"""

from __future__ import annotations

import json
import math
import reprlib
from typing import Any, NoReturn

from core.errors import FormatError
from core.graph import MAX_NAME, Block, Graph, Wire
from core.layers import LAYERS, Layer
from core.layers.unknown import Unknown
from core.schema import params_of, to_dict

FORMAT = "cnngui-design"
VERSION = 1
MAX_BLOCKS = 100_000
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
    }


def to_text(graph: Graph) -> str:
    """The design as indented JSON with sorted keys: small, readable differences under version control."""
    return json.dumps(graph_to_json(graph), indent=2, sort_keys=True, ensure_ascii=False) + "\n"


def from_text(text: str) -> Graph:
    """Reads a design. Raises FormatError."""
    try:
        value = json.loads(text, parse_constant=_no_number)
    except (ValueError, RecursionError) as error:
        raise FormatError(f"This is no JSON: {error}.", "The file may be damaged.") from None
    return graph_from_json(value)


def _no_number(name: str) -> NoReturn:
    raise ValueError(f"{name} is no number")


def graph_from_json(value: object) -> Graph:
    """Builds a design from JSON values. Raises FormatError, which names what was expected and what came.

    Settings out of their limits are kept: they become a problem of the block, not a loss of the file.
    """
    _check_values(value)
    design = _typed(value, dict, "a design")
    if design.get("format") != FORMAT:
        raise FormatError("This is no cnngui design.", f'Its "format" should be "{FORMAT}".')
    version = _typed(design.get("version"), int, "version")
    if version < 1:
        raise FormatError(f"version: expected a number from 1, got {version}.", "The file may be damaged.")
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
    block_id = _name(entry.get("id"), f"{where}, id")
    kind = _name(entry.get("kind"), f"{where}, kind", MAX_KIND)
    name = _name(entry.get("name", block_id), f"{where}, name")
    settings = _typed(entry.get("settings", {}), dict, f"{where}, settings")
    place = _typed(entry.get("position", [0, 0]), list, f"{where}, position")
    if len(place) != 2 or not all(_is_place(number) for number in place):
        raise FormatError(f"{where}, position: expected two numbers, got {reprlib.repr(place)}.")
    return Block(block_id, _layer(kind, settings), name, (float(place[0]), float(place[1])))


def _name(value: object, where: str, limit: int = MAX_NAME) -> str:
    text: str = _typed(value, str, where)
    if not text or len(text) > limit:
        raise FormatError(f"{where}: expected 1 to {limit} characters, got {len(text):,}.")
    return text


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
            raise FormatError(f"The wires into {block.name} don't fit its inputs: {places}.")


def _check_values(value: object) -> None:
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
    raise FormatError(f"The design has more than {MAX_DEPTH} levels.", "The file may be damaged.")


def _typed(value: object, wanted: type[Any], where: str) -> Any:
    """`value` if it has the wanted type. Raises FormatError otherwise."""
    if not isinstance(value, wanted) or (wanted is int and isinstance(value, bool)):
        names = {dict: "an object", list: "a list", str: "a text", int: "a whole number"}
        raise FormatError(
            f"{where}: expected {names[wanted]}, got {type(value).__name__}.", "The file may be damaged."
        )
    return value
