"""Adding blocks by typing: `conv 16 5x5 same`, Enter. The list shows what each meaning would give out."""

from __future__ import annotations

from collections.abc import Sequence

from PySide6.QtCore import QPoint, QPointF, QRect, QSize
from PySide6.QtGui import QHideEvent

from cnngui.canvas.drawing.placing import under_cursor
from cnngui.canvas.drawing.ports import Port
from cnngui.canvas.popups.candidates import (
    Candidate,
    SnippetCandidate,
    Spot,
    candidates,
    snippet_candidates,
)
from cnngui.canvas.popups.choice_popup import ChoicePopup
from cnngui.canvas.popups.choices import Choice
from cnngui.canvas.stage import Stage
from cnngui.theme.icons import layer_icon_name
from cnngui.theme.theme import ThemeManager
from core.design import edits
from core.design.graph import Graph
from core.layers import Layer
from core.schema.written import shape_text


class QuickAdd(ChoicePopup):
    """Opened behind the current block, at a place, or at the end of a wire; adds to the design there."""

    def __init__(self, stage: Stage, themes: ThemeManager) -> None:
        self._spot = Spot()
        self._pulled: Port | None = None
        super().__init__(
            stage,
            themes,
            "Block, with settings: name, numbers, words",
            "No block of that name.",
            "Enter adds, Shift+Enter adds and goes on, Tab completes",
        )

    def open_after_current(self) -> None:
        """For a block behind the current one, connected to it; anywhere, where there is none."""
        stage, current = self.stage, self.stage.selection.current
        self.prepare()
        self._pulled = None
        if current is None:
            self._spot = Spot()
            middle = stage.viewport().rect().center() - QPoint(self.width() // 2, 0)
            self.open_beside(QRect(middle, QSize(1, 1)))
            return
        stage.bring_into_sight([current])
        ends = not stage.document.graph[current].layer.has_output
        self._spot = Spot(None if ends else current)
        self.open_beside(stage.pixels_of(stage.drawing.block_item(current).body))

    def open_at(self, position: QPointF) -> None:
        """For a block at this point of the plane."""
        self._pulled = None
        self._spot = Spot(position=position)
        self._open_at(position)

    def open_for_wire(self, port: Port, position: QPointF) -> None:
        """For a block at this point of the plane, at the other end of a wire from `port`."""
        self._pulled = port
        after, before = (port.block, None) if port.is_output else (None, port)
        self._spot = Spot(after, before, position)
        drawing = self.stage.drawing
        held = drawing.port_point(port)
        start, end = (held, position) if port.is_output else (position, held)
        drawing.gesture.draw_wire(start, end, drawing.graph.direction)
        self._open_at(position)

    def choices(self, text: str) -> Sequence[Choice]:
        found: list[Candidate | SnippetCandidate] = [
            *candidates(text, self.stage.document, self._spot, self.stage.editor.blocks.new_layer),
            *snippet_candidates(text, self.stage.document, self._spot),
        ]
        found.sort(key=lambda candidate: not candidate.understood)
        if self._pulled is not None and not text.strip():  # a wire wants what fits, unless a name is typed
            found = [candidate for candidate in found if candidate.fits] or found
        return [_snippet_choice(c) if isinstance(c, SnippetCandidate) else _choice(c) for c in found]

    def choose(self, choice: Choice, *, goes_on: bool) -> None:
        candidate: Candidate | SnippetCandidate = choice.value
        if isinstance(candidate, SnippetCandidate):
            added = bool(self._add_snippet(candidate))
        elif candidate.understood:
            added = self._add(candidate.layer) is not None
        else:
            self.stage.editor.refuse(candidate.problem, self.geometry().topLeft())
            return
        if not added:
            return
        if goes_on:
            self.stage.drawing.clear_gesture()
            self.open_after_current()
        else:
            self.dismiss()

    def completed(self, choice: Choice) -> str:
        candidate: Candidate | SnippetCandidate = choice.value
        if isinstance(candidate, SnippetCandidate):
            return choice.title
        return f"{choice.title} {candidate.typed.settings}".rstrip() + " "

    def is_lost(self) -> bool:
        ends = (self._spot.after, self._spot.before.block if self._spot.before else None)
        return any(end is not None and end not in self.stage.document.graph.by_id for end in ends)

    def hideEvent(self, event: QHideEvent) -> None:
        if self._pulled is not None:
            self.stage.drawing.clear_gesture()

    def _open_at(self, position: QPointF) -> None:
        self.prepare()
        self.open_beside(QRect(self.stage.mapFromScene(position), QSize(1, 1)))

    def _add_snippet(self, candidate: SnippetCandidate) -> tuple[str, ...]:
        after = self._spot.after
        if after is None and self._spot.position is None:
            after = self.stage.selection.current
        return self.stage.editor.snippets.add(candidate.snippet.name, after, self._spot.position)

    def _add(self, layer: Layer) -> str | None:
        editor, spot = self.stage.editor, self._spot
        before = spot.before
        if before is None or spot.position is None:
            return editor.blocks.add_layer(layer, spot.position, spot.after)
        block = edits.new_block(editor.document.graph, layer, under_cursor(spot.position))

        def change(graph: Graph) -> Graph:
            connected = edits.connect(edits.add(graph, block), block.id, before.block, before.number)
            return editor.spacing.landed(connected, [block.id], spot.position)

        if not editor.edit(f"Add {block.name}", change):
            return None
        editor.select((block.id,), ())
        return block.id


def _choice(candidate: Candidate) -> Choice:
    layer = candidate.layer
    gives = f"Output {shape_text(candidate.shape)}" if candidate.shape else ""
    detail = candidate.problem or gives or layer.group
    icon = layer_icon_name(layer.kind)
    return Choice(icon, layer.group, layer.title, layer.summary(), detail, candidate, candidate.fits)


def _snippet_choice(candidate: SnippetCandidate) -> Choice:
    gives = f"Output {shape_text(candidate.shape)}" if candidate.shape else ""
    detail = candidate.problem or gives or candidate.snippet.help
    return Choice(
        "snippet", "Snippets", candidate.snippet.title, "several blocks", detail, candidate, candidate.fits
    )
