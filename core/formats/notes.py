"""Groups, frames and comments as JSON: what a design has besides blocks and wires."""

from __future__ import annotations

import reprlib
from typing import Any, Final

from core.design.graph import MAX_REPEAT, Comment, Frame, Graph, Group
from core.design.notes import flaw_in_comment, flaw_in_frame
from core.errors import FormatError
from core.formats.values import DAMAGED, name_of, number_of, place_of, typed
from core.schema.written import count_text

MAX_ENTRIES: Final = 10_000


def notes_to_json(graph: Graph) -> dict[str, Any]:
    """The part of a design's JSON that is read here."""
    return {
        "groups": [
            {"id": g.id, "name": g.name, "members": list(g.members), "folded": g.folded, "repeat": g.repeat}
            for g in graph.groups
        ],
        "frames": [
            {
                "id": f.id,
                "title": f.title,
                "position": list(f.position),
                "size": list(f.size),
                "color": f.color,
            }
            for f in graph.frames
        ],
        "comments": [
            {"id": c.id, "text": c.text, "position": list(c.position), "width": c.width}
            for c in graph.comments
        ],
    }


def groups_from_json(value: object) -> tuple[Group, ...]:
    """Raises FormatError. Whether the members exist and make a tree is to be checked with the whole."""
    return tuple(_group(entry, where) for entry, where in _entries(value, "group"))


def frames_from_json(value: object) -> tuple[Frame, ...]:
    """Raises FormatError."""
    return tuple(_frame(entry, where) for entry, where in _entries(value, "frame"))


def comments_from_json(value: object) -> tuple[Comment, ...]:
    """Raises FormatError."""
    return tuple(_comment(entry, where) for entry, where in _entries(value, "comment"))


def _entries(value: object, kind: str) -> list[tuple[dict[str, Any], str]]:
    entries = typed(value, list, f"{kind}s")
    if len(entries) > MAX_ENTRIES:
        raise FormatError(
            f"The design has {count_text(len(entries))} {kind}s; at most {count_text(MAX_ENTRIES)} are read."
        )
    places = [f"{kind} {number}" for number in range(1, len(entries) + 1)]
    return [(typed(entry, dict, where), where) for entry, where in zip(entries, places, strict=True)]


def _group(entry: dict[str, Any], where: str) -> Group:
    group_id = name_of(entry.get("id"), f"{where}, id")
    members = typed(entry.get("members"), list, f"{where}, members")
    repeat = typed(entry.get("repeat", 1), int, f"{where}, repeat")
    if not 1 <= repeat <= MAX_REPEAT:
        raise FormatError(
            f"{where}, repeat: expected 1 to {MAX_REPEAT}, got {reprlib.repr(repeat)}.", DAMAGED
        )
    return Group(
        group_id,
        name_of(entry.get("name", group_id), f"{where}, name"),
        tuple(typed(member, str, f"{where}, members") for member in members),
        typed(entry.get("folded", False), bool, f"{where}, folded"),
        repeat,
    )


def _frame(entry: dict[str, Any], where: str) -> Frame:
    frame = Frame(
        name_of(entry.get("id"), f"{where}, id"),
        typed(entry.get("title", ""), str, f"{where}, title"),
        place_of(entry.get("position"), f"{where}, position"),
        place_of(entry.get("size"), f"{where}, size"),
        typed(entry.get("color", Frame.color), str, f"{where}, color"),
    )
    _require(flaw_in_frame(frame), where)
    return frame


def _comment(entry: dict[str, Any], where: str) -> Comment:
    comment = Comment(
        name_of(entry.get("id"), f"{where}, id"),
        typed(entry.get("text"), str, f"{where}, text"),
        place_of(entry.get("position"), f"{where}, position"),
        number_of(entry.get("width", Comment.width), f"{where}, width"),
    )
    _require(flaw_in_comment(comment), where)
    return comment


def _require(flaw: str | None, where: str) -> None:
    if flaw is not None:
        raise FormatError(f"{where}: {flaw}", DAMAGED)
