"""Connecting without a mouse: the target is typed, chosen from a list, or found with Ctrl+arrows."""

from __future__ import annotations

from collections.abc import Sequence

from PySide6.QtCore import Qt
from PySide6.QtGui import QHideEvent, QKeyEvent

from cnngui.canvas.drawing import walking
from cnngui.canvas.drawing.ports import Port
from cnngui.canvas.popups.choice_popup import ChoicePopup
from cnngui.canvas.popups.choices import Choice
from cnngui.canvas.stage import Stage
from cnngui.theme.icons import layer_icon_name
from cnngui.theme.theme import ThemeManager
from core.design import edits
from core.design.graph import Block, Graph, Wire
from core.design.groups import blocks_of
from core.design.outline import outline


class ConnectTo(ChoicePopup):
    """Lists the blocks to which a wire from the current one can lead, and why it can't lead to the others."""

    def __init__(self, stage: Stage, themes: ThemeManager) -> None:
        self._source: str | None = None
        super().__init__(
            stage,
            themes,
            "Connect to block",
            "No other block of that name.",
            "Enter connects, Ctrl+arrows go from block to block",
        )

    def open_for_current(self) -> None:
        """For a wire from the current block."""
        stage, current = self.stage, self.stage.selection.current
        if current is None:
            stage.editor.refuse("Select the block from which the wire is to start.")
            return
        block = stage.document.graph[current]
        if not block.layer.has_output:
            stage.editor.refuse(f"{block.name} ends the network: it has no output.")
            return
        self.prepare()
        self._source = current
        stage.bring_into_sight([current])
        self.open_beside(stage.pixels_of(stage.drawing.block_item(current).body))

    def choices(self, text: str) -> Sequence[Choice]:
        graph, source, words = self.stage.document.graph, self._source, text.lower().split()
        if source is None or source not in graph.by_id:
            return ()
        rows = [row.part for row in outline(graph)]
        start = rows.index(source)
        others = [graph[block_id] for block_id in rows[start + 1 :] + rows[:start]]
        found = [_choice(graph, source, block) for block in others if _is_meant(block, words)]
        return sorted(found, key=lambda choice: not choice.possible)

    def choose(self, choice: Choice, *, goes_on: bool) -> None:
        graph, source, target = self.stage.document.graph, self._source, choice.value
        if source is None or not choice.possible:
            self.stage.editor.refuse(choice.detail, self.geometry().topLeft())
            return
        text = f"Connect {graph[source].name} to {graph[target].name}"
        if self.stage.editor.edit(text, lambda graph: edits.connect(graph, source, target)) and not goes_on:
            self.dismiss()

    def show_choice(self, choice: Choice | None) -> None:
        """Marks the target, and draws the wire as it would be."""
        drawing, source = self.stage.drawing, self._source
        if source is None or self.isHidden():
            return
        drawing.clear_gesture()
        drawing.mark((source,), None if choice is None else choice.value, ())
        if choice is None:
            return
        if choice.possible:
            end = Port(choice.value, False, _input(self.stage.document.graph, choice.value))
            start, direction = drawing.port_point(Port(source, True)), drawing.graph.direction
            drawing.gesture.draw_wire(start, drawing.port_point(end), direction)
        self.stage.bring_into_sight([choice.value])
        body = drawing.block_item(choice.value).body
        self.keep_clear_of(self.stage.pixels_of(body))

    def is_lost(self) -> bool:
        return self._source not in self.stage.document.graph.by_id

    def press(self, event: QKeyEvent) -> bool:
        way = walking.ARROWS.get(Qt.Key(event.key()))
        if way is None or not event.modifiers() & Qt.KeyboardModifier.ControlModifier:
            return super().press(event)
        marked = self.list.current()
        start = marked.value if marked is not None else self._source
        target = walking.neighbour(self.stage.drawing, start, way)
        if target is not None:
            self.line.clear()
            meant = blocks_of(self.stage.document.graph, [target])
            places = [n for n, choice in enumerate(self.list.choices.choices) if choice.value in meant]
            if places:
                self.list.setCurrentIndex(self.list.choices.index(places[0]))
        return True

    def hideEvent(self, event: QHideEvent) -> None:
        self._source = None
        self.stage.drawing.clear_gesture()
        self.stage.editor.select(self.stage.selection.ids)


def _is_meant(block: Block, words: Sequence[str]) -> bool:
    text = f"{block.name} {block.layer.title}".lower()
    return all(word in text for word in words)


def _input(graph: Graph, target: str) -> int:
    """The input that a new wire takes."""
    return len(graph.incoming(target)) if graph[target].layer.inputs is None else 0


def _choice(graph: Graph, source: str, target: Block) -> Choice:
    reason = edits.refusal(graph, source, target.id)
    number = _input(graph, target.id)
    taken = [wire for wire in graph.incoming(target.id) if wire.input == number]
    if reason is None and Wire(source, target.id, number) in taken:
        reason = "These two are connected already."
    where = f"Instead of {graph[taken[0].source].name}" if taken else f"Input {number + 1}"
    layer = target.layer
    note = layer.title if layer.title != target.name else ""
    icon = layer_icon_name(layer.kind)
    return Choice(icon, layer.group, target.name, note, reason or where, target.id, reason is None)
