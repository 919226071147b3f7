"""`cnngui diff`: what is different between two designs, their plans and data."""

from __future__ import annotations

import argparse
import json
from collections.abc import Iterator
from dataclasses import dataclass, replace
from typing import Any, Final

from cnngui.cli.tables import aligned
from cnngui.models.designs import local_path, open_design
from core.design.difference import Difference
from core.design.graph import Block, Graph, Wire
from core.design.infer import cost, infer
from core.formats.project import SUFFIX
from core.maths.arrays import Shape
from core.project import Project, ProjectDifference, project_difference
from core.schema.settings_changed import SettingChange
from core.schema.written import count_text, shape_text

EXIT_DIFFERENT: Final = 1
_UNKNOWN: Final = "–"
_MATCHED: Final = {
    "ids": "Blocks are matched by their ids.",
    "order": "The designs are of different origin: blocks are matched by kind, name and place in the order.",
}


@dataclass(frozen=True)
class Outcome:
    """What a block gives out and learns; None where its design has a problem that hides it."""

    shape: Shape | None
    parameters: int | None

    def json(self) -> dict[str, Any]:
        return {
            "output_shape": None if self.shape is None else list(self.shape),
            "parameters": self.parameters,
        }


@dataclass(frozen=True)
class Side:
    """One of the two designs, with what its blocks come to."""

    graph: Graph
    outcomes: dict[str, Outcome]

    def json(self, block_id: str) -> dict[str, Any]:
        block = self.graph[block_id]
        about = {"id": block.id, "name": block.name, "kind": block.layer.kind}
        return about | self.outcomes[block_id].json()


def add_parser(commands: Any) -> None:
    """Adds the command."""
    parser = commands.add_parser("diff", help="print what is different between two designs")
    for name in ("A", "B"):
        parser.add_argument(
            name.lower(), metavar=name, help="a .cnn file, a design as JSON, or an example's name"
        )
    parser.add_argument("--json", action="store_true", help="print one JSON object")
    parser.set_defaults(run=run)


def run(arguments: argparse.Namespace) -> int:
    """Prints what leads from A to B; the status is 1 where there is something."""
    before, after = (open_design(name).project for name in (arguments.a, arguments.b))
    if not all(local_path(name).suffix == SUFFIX for name in (arguments.a, arguments.b)):
        after = replace(after, plan=before.plan, data=before.data)  # a design alone says nothing of these
    found = project_difference(before, after)
    sides = _side(before), _side(after)
    if arguments.json:
        print(json.dumps(_json(found, *sides)))
    else:
        print(*_lines(found, *sides), sep="\n")
    return EXIT_DIFFERENT if _counts(found) else 0


def _counts(found: ProjectDifference) -> bool:
    """Whether more than the drawing differs."""
    return bool(not found.design.computes_the_same or found.design.changed or found.plan or found.data)


def _side(project: Project) -> Side:
    graph, shapes = project.design, infer(project.design).shapes

    def outcome(block: Block) -> Outcome:
        price = cost(graph, block.id, shapes)
        return Outcome(shapes.get(block.id), None if price is None else price.parameters)

    return Side(graph, {block.id: outcome(block) for block in graph.blocks})


def _affected(found: Difference, before: Side, after: Side) -> list[tuple[str, str]]:
    """The unchanged blocks that come to something else, because of what is before them."""
    changed = {block.before.id for block in found.changed}
    return [
        (one, other)
        for one, other in found.partners.items()
        if one not in changed and before.outcomes[one] != after.outcomes[other]
    ]


def _lines(found: ProjectDifference, before: Side, after: Side) -> Iterator[str]:
    design = found.design
    if not _counts(found):
        if design.only_drawn:
            yield "The same network. Only places, groups, frames, comments or the direction differ."
        else:
            yield "There is no difference."
        return
    if before.graph.blocks and after.graph.blocks:
        yield _MATCHED[design.matching]
    head = ("", "Block", "Layer", "Output", "Parameters", "Changes")
    rows = list(_rows(design, before, after))
    if rows:
        yield ""
        yield from (line.rstrip() for line in aligned([head, *rows, _totals(before, after)], left=len(head)))
    others = list(_others(found, before.graph, after.graph))
    if others:
        yield ""
        yield from others


def _rows(found: Difference, before: Side, after: Side) -> Iterator[tuple[str, ...]]:
    for block in found.removed:
        yield ("-", block.name, block.layer.title, *_texts(before.outcomes[block.id]), "")
    for block in found.added:
        yield ("+", block.name, block.layer.title, *_texts(after.outcomes[block.id]), "")
    for change in found.changed:
        outcomes = before.outcomes[change.before.id], after.outcomes[change.after.id]
        text = "; ".join(change.sentences)
        yield ("~", change.after.name, change.after.layer.title, *_both(*outcomes), text)
    for one, other in _affected(found, before, after):
        block = after.graph[other]
        outcomes = before.outcomes[one], after.outcomes[other]
        yield (" ", block.name, block.layer.title, *_both(*outcomes), "")


def _totals(before: Side, after: Side) -> tuple[str, ...]:
    counts = (count_text(_total(before)), count_text(_total(after)))
    return ("", "Total", "", "", _led(*counts), "")


def _total(side: Side) -> int:
    return sum(outcome.parameters or 0 for outcome in side.outcomes.values())


def _texts(outcome: Outcome) -> tuple[str, str]:
    shape = _UNKNOWN if outcome.shape is None else shape_text(outcome.shape)
    return shape, _UNKNOWN if outcome.parameters is None else count_text(outcome.parameters)


def _both(before: Outcome, after: Outcome) -> tuple[str, ...]:
    return tuple(map(_led, _texts(before), _texts(after)))


def _led(before: str, after: str) -> str:
    return after if before == after else f"{before} → {after}"


def _others(found: ProjectDifference, before: Graph, after: Graph) -> Iterator[str]:
    design = found.design
    for wire in design.removed_wires:
        yield f"- wire  {_ends(before, wire)}"
    for wire in design.added_wires:
        yield f"+ wire  {_ends(after, wire)}"
    for group in design.groups:
        yield f"~ group {group.name}: {group.sentence}"
    for what, changes in (("plan ", found.plan), ("data ", found.data)):
        yield from (f"~ {what} {change}" for change in changes)
    if design.only_drawn:
        yield "  Places, groups, frames, comments or the direction differ, too."


def _ends(graph: Graph, wire: Wire) -> str:
    text = f"{graph[wire.source].name} → {graph[wire.target].name}"
    return text if len(graph.incoming(wire.target)) < 2 else f"{text}, input {wire.input + 1}"


def _json(found: ProjectDifference, before: Side, after: Side) -> dict[str, Any]:
    design = found.design

    def pair(one: str, other: str) -> dict[str, Any]:
        return {"before": before.json(one), "after": after.json(other)}

    def wires(some: tuple[Wire, ...]) -> list[dict[str, Any]]:
        return [vars(wire) for wire in some]

    return {
        "equal": not _counts(found),
        "matched_by": design.matching,
        "added": [after.json(block.id) for block in design.added],
        "removed": [before.json(block.id) for block in design.removed],
        "changed": [
            pair(change.before.id, change.after.id) | {"settings": _settings(change.settings)}
            for change in design.changed
        ],
        "affected": [pair(*ids) for ids in _affected(design, before, after)],
        "added_wires": wires(design.added_wires),
        "removed_wires": wires(design.removed_wires),
        "groups": [
            {
                "name": group.name,
                "repeat": [1 if g is None else g.repeat for g in (group.before, group.after)],
            }
            for group in design.groups
        ],
        "only_drawn": design.only_drawn,
        "plan": _settings(found.plan),
        "data": _settings(found.data),
        "parameters": [_total(before), _total(after)],
    }


def _settings(changes: tuple[SettingChange, ...]) -> list[dict[str, Any]]:
    return [{"name": change.name, "before": change.before, "after": change.after} for change in changes]
