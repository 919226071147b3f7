"""What a typed line can add to a design at some spot, and what would come out of it there."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import Final

from PySide6.QtCore import QPointF

from cnngui.canvas.drawing.blocks.face import Face
from cnngui.canvas.drawing.ports import Port
from cnngui.models.document import Document
from cnngui.theme.theme import CATEGORIES
from core.design import edits
from core.design.infer import infer_block
from core.design.typed import Typed, read
from core.errors import DesignError, Problem
from core.layers import Layer
from core.maths.arrays import Shape
from core.templates import SNIPPETS, Snippet
from core.templates.inserting import open_end, snippet_shape

_GROUPS: Final = tuple(CATEGORIES)


@dataclass(frozen=True)
class Spot:
    """Where a block goes: behind a block, before an input, to a place on the plane."""

    after: str | None = None
    before: Port | None = None
    position: QPointF | None = None


@dataclass(frozen=True)
class Candidate:
    """A layer as it was understood. `shape` is what it would give out, where that is known.

    `problem`: why it doesn't fit here, or what wasn't understood of its settings. What was
    understood can be added all the same: a block that doesn't fit shows its remedy on the canvas.
    """

    typed: Typed
    shape: Shape | None = None
    problem: str = ""

    @property
    def layer(self) -> Layer:
        return self.typed.layer

    @property
    def fits(self) -> bool:
        return not self.problem

    @property
    def understood(self) -> bool:
        return not self.typed.problem


@dataclass(frozen=True)
class SnippetCandidate:
    """A snippet that was meant, what it would give out here, or why it doesn't fit."""

    snippet: Snippet
    shape: Shape | None = None
    problem: str = ""

    @property
    def fits(self) -> bool:
        return not self.problem

    @property
    def understood(self) -> bool:
        return True


def candidates(
    text: str, document: Document, spot: Spot, complete: Callable[[str], Layer]
) -> list[Candidate]:
    """The meanings of a text, the likeliest first; all layers for an empty one, those that fit first.

    What has been typed is meant: another layer of a similar name, which happens to fit, comes after it.
    `complete` makes a layer without typed settings.
    """
    meant = [typed if typed.settings else Typed(complete(typed.layer.kind)) for typed in read(text)]
    found = [_candidate(typed, document, spot) for typed in meant]
    if not text.strip():
        found.sort(key=lambda candidate: (not candidate.fits, _GROUPS.index(candidate.layer.group)))
    if not document.graph.blocks:  # a design begins where the data enters
        found.sort(key=lambda candidate: candidate.layer.inputs != 0)
    return sorted(found, key=lambda candidate: not candidate.understood)


def _candidate(typed: Typed, document: Document, spot: Spot) -> Candidate:
    if typed.problem:
        return Candidate(typed, problem=typed.problem[:1].upper() + typed.problem[1:])
    outcome = _outcome(typed.layer, document, spot)
    return Candidate(typed, problem=outcome) if isinstance(outcome, str) else Candidate(typed, outcome)


def _outcome(layer: Layer, document: Document, spot: Spot) -> Shape | str | None:
    """The shape, why the layer doesn't fit, or None where neither is known."""
    before = spot.before.block if spot.before else None
    neighbours = edits.part(document.graph, {i for i in (spot.after, before) if i is not None})
    block = edits.new_block(document.graph, layer)
    graph = edits.add(neighbours, block)
    for source, target in ((spot.after, block.id), (block.id, before)):
        if source is not None and target is not None:
            reason = edits.refusal(graph, source, target)
            if reason is not None:
                return reason
    if spot.after is not None:
        graph = edits.connect(graph, spot.after, block.id)
    waits = layer.inputs is None or (layer.inputs > 0 and spot.after is None)
    if waits and not layer.problems():
        return None
    found = infer_block(graph, block, document.inference.shapes)
    return Face(block, problem=found).message if isinstance(found, Problem) else found


def snippet_candidates(text: str, document: Document, spot: Spot) -> list[SnippetCandidate]:
    """The snippets whose titles have a word for each word of the text; none where a wire ends here."""
    words = text.lower().split()
    if not words or spot.before is not None:
        return []
    return [_snippet_candidate(snippet, document, spot) for snippet in SNIPPETS if _is_meant(snippet, words)]


def _is_meant(snippet: Snippet, words: Sequence[str]) -> bool:
    names = f"{snippet.title} {snippet.name}".lower().replace("_", " ").split()
    return all(any(name.startswith(word) for name in names) for word in words)


def _snippet_candidate(snippet: Snippet, document: Document, spot: Spot) -> SnippetCandidate:
    graph = document.graph
    if not graph.blocks:
        return SnippetCandidate(snippet)
    try:
        source = spot.after or open_end(graph)
        shape = snippet_shape(graph, snippet, source, document.inference.shapes, document.data)
    except DesignError as error:
        return SnippetCandidate(snippet, problem=error.problem.message)
    return SnippetCandidate(snippet, shape)
