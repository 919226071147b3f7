"""The parts of a design in words: what the outline and the canvas tell a screen reader of each of them."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from textwrap import shorten
from typing import Final

from cnngui.canvas.drawing.blocks.group_face import group_title
from cnngui.models.document import Document
from core.design.folding import box
from core.design.graph import Block, Comment, Frame, Group
from core.design.groups import blocks_of
from core.design.infer import cost
from core.design.notes import notes_of
from core.design.outline import OutlineRow, grouped_outline
from core.errors import Problem
from core.schema.written import count_text, counted_text, shape_text

Note = Frame | Comment
DesignPart = Block | Group | Note
_LONGEST_COMMENT: Final = 20
"""So many characters of a comment are its title."""


class Sentences:
    """Speaks of the document as it is now."""

    def __init__(self, document: Document, describe: Callable[[Note], str]) -> None:
        """`describe` puts a frame or a comment into words."""
        self._document = document
        self._describe = describe

    def rows(self) -> tuple[OutlineRow, ...]:
        """All parts that can be seen, in the order in which they are read; frames and comments come last."""
        graph = self._document.graph
        return grouped_outline(graph) + tuple(OutlineRow(note.id, 0) for note in notes_of(graph))

    def part(self, part_id: str) -> DesignPart | None:
        """What has this id; None while the document is a step ahead of who asks."""
        graph = self._document.graph
        found = graph.by_id.get(part_id) or graph.group_by_id.get(part_id)
        return found or next((note for note in notes_of(graph) if note.id == part_id), None)

    def title(self, part: DesignPart) -> str:
        """A block's or a group's name, a frame's title, a comment's first line."""
        match part:
            case Block():
                return part.name
            case Group():
                return group_title(part.name, part.repeat)
            case Frame():
                return part.title
            case Comment():
                return shorten(part.text.partition("\n")[0], _LONGEST_COMMENT, placeholder="…")

    def shape(self, part: DesignPart) -> str:
        """What it gives out; of a group, the shape of its only output."""
        shapes = self._document.inference.shapes
        if isinstance(part, Block):
            return shape_text(shapes.get(part.id, ()))
        if not isinstance(part, Group):
            return ""
        outputs = box(self._document.graph, part).outputs
        return shape_text(shapes.get(outputs[0], ())) if len(outputs) == 1 else ""

    def parameters(self, part: DesignPart) -> str:
        """Of a group, those of all its blocks."""
        count = self._parameters(part)
        return "" if count is None else count_text(count)

    def _parameters(self, part: DesignPart) -> int | None:
        """None where they aren't known."""
        graph, shapes = self._document.graph, self._document.inference.shapes
        found = [cost(graph, block, shapes) for block in self._blocks(part)]
        known = [one.parameters for one in found if one is not None]
        return sum(known) if known and len(known) == len(found) else None

    def problem(self, part: DesignPart) -> Problem | None:
        """Of a group, the first of its blocks' worst."""
        blocks = set(self._blocks(part))
        own = [problem for problem in self._document.inference.problems if problem.block in blocks]
        return min(own, key=lambda problem: problem.severity, default=None)

    def sentence(self, row: OutlineRow) -> str:
        """All of a part, with what feeds it: a list doesn't show the wires."""
        part = self.part(row.part)
        if part is None:
            return ""
        if not isinstance(part, Block | Group):
            return ", ".join(self._describe(part).split("\n"))
        found, shape, parameters = self.problem(part), self.shape(part), self._parameters(part)
        before = self._before(part)
        parts = (
            self.title(part),
            *(self._about_block(part) if isinstance(part, Block) else self._about_group(part)),
            f"after {' and '.join(before)}" if before else "",
            f"branch level {row.depth}" if row.depth else "",
            f"group level {row.level}" if row.level else "",
            f"output {shape}" if shape else "",
            counted_text(parameters, "parameter") if parameters else "",
            f"{found.severity}: {found}" if found is not None else "",
        )
        return ", ".join(filter(None, parts))

    def feeds(self, part: DesignPart) -> str:
        """Where its wires lead: `Feeds ReLU 1 and Add 1.`"""
        graph, blocks = self._document.graph, self._blocks(part)
        targets = (wire.target for block in blocks for wire in graph.outgoing(block))
        names = self._seen(target for target in targets if target not in blocks)
        return f"Feeds {' and '.join(names)}." if names else ""

    def _before(self, part: DesignPart) -> tuple[str, ...]:
        graph, blocks = self._document.graph, self._blocks(part)
        sources = (wire.source for block in blocks for wire in graph.incoming(block))
        return self._seen(source for source in sources if source not in blocks)

    def _seen(self, blocks: Iterable[str]) -> tuple[str, ...]:
        """The names of what is drawn for these blocks, each once."""
        graph = self._document.graph
        seen = dict.fromkeys(graph.hidden.get(block, block) for block in blocks)
        parts = (graph.by_id.get(i) or graph.group(i) for i in seen)
        return tuple(self.title(part) for part in parts)

    def _blocks(self, part: DesignPart) -> dict[str, None]:
        """The block itself, or all in the group; none for a frame or a comment."""
        ids = blocks_of(self._document.graph, [part.id]) if isinstance(part, Block | Group) else ()
        return dict.fromkeys(ids)

    def _about_block(self, block: Block) -> tuple[str]:
        layer = block.layer
        return (": ".join(filter(None, (layer.title if layer.title != block.name else "", layer.caption()))),)

    def _about_group(self, group: Group) -> tuple[str, str]:
        graph = self._document.graph
        count = counted_text(len(graph.inside(group.id)), "block")
        around = graph.parent.get(group.id)
        state = "folded" if group.folded else "open"
        return f"{state} group of {count}", f"in {graph.group(around).name}" if around else ""
