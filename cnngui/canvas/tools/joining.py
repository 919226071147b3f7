"""What a gesture drops in an open group becomes a member of it."""

from __future__ import annotations

from collections.abc import Collection
from dataclasses import replace
from typing import Final

from PySide6.QtCore import QPointF

from cnngui.canvas.drawing.groups.open_group import group_at
from cnngui.canvas.stage import Stage
from cnngui.canvas.tools.base import Pointer
from core.design import groups
from core.design.expand import computed
from core.design.graph import Graph, Group
from core.design.infer import Inference, infer
from core.drawing.route import Rect
from core.errors import DesignError

_STAYS: Final = ""
"""No group's id: everything stays in the group that it is in."""


class Joining:
    """The open groups as they are when a gesture begins: they grow and shrink while it is shown.

    The innermost one under the cursor takes what is dropped. In the one where the gesture began, and with Alt
    held, everything stays in the group that it is in; a gesture that brings something new begins nowhere.
    Frames and comments go `along`.
    """

    def __init__(
        self,
        stage: Stage,
        moving: Collection[str] = (),
        start: QPointF | None = None,
        along: Collection[str] = (),
    ) -> None:
        self._stage = stage
        self._along = along
        graph = stage.document.graph
        self._areas = [
            area
            for area in stage.drawing.open_areas()
            if not {area.group.id, *graph.ancestors(area.group.id)}.intersection(moving)
        ]
        self._is_new = start is None
        self._start = _STAYS if start is None else group_at(self._areas, start)
        self._known: dict[str, Rect] = {}
        self._made: dict[str | None, tuple[tuple[Group, ...], Inference] | DesignError] = {}

    def apply(self, graph: Graph, members: Collection[str], pointer: Pointer) -> Graph:
        """The design with the members where they are dropped. Raises DesignError where they can't be."""
        target, spacing = self._target(pointer), self._stage.editor.spacing
        if target == _STAYS:
            return spacing.set_down(graph, members, self._along, across_groups=pointer.free)
        return spacing.regrouped(graph, members, target, self._along)

    def show(self, graph: Graph, members: Collection[str], pointer: Pointer, inference: Inference) -> None:
        """Draws what `apply` makes of a design, and marks the group; or says why it isn't possible.

        What only moves is drawn where it is held: it passes over others.
        """
        stage, target, refusal = self._stage, self._target(pointer), None
        spacing = stage.editor.spacing
        taker: str | None = _STAYS
        if target != _STAYS:
            if target not in self._made:
                self._made[target] = self._make(graph, members, target, inference)
            match self._made[target]:
                case DesignError() as error:
                    refusal = str(error)
                case regrouped, inference if regrouped != graph.groups:
                    taker = target
                    graph = replace(graph, groups=regrouped)
        if refusal is None and (taker != _STAYS or self._is_new):
            self._known = self._known or spacing.areas(stage.document.graph)
            passes = target == _STAYS and pointer.free
            placed = spacing.set_down(graph, members, self._along, across_groups=passes)
            graph = spacing.with_room(placed, self._known)
        stage.hint(refusal, pointer.view)
        stage.drawing.show(graph, inference, passing=True)
        stage.drawing.mark_taker(taker or None)

    def stop(self) -> None:
        """Takes away what marks a group and says why."""
        self._stage.hint(None)
        self._stage.drawing.mark_taker(None)

    def way(self, pointer: Pointer) -> str:
        """For the undo history: ` into Stage 2`, ` out of Stage 1`, or nothing."""
        graph, target = self._stage.document.graph, self._target(pointer)
        if target == _STAYS:
            return ""
        if target is not None:
            return f" into {graph.group(target).name}"
        return f" out of {graph.group(self._start).name}" if self._start else ""

    def _target(self, pointer: Pointer) -> str | None:
        """The group that takes what is dropped here, None for the top level, or `_STAYS`."""
        around = group_at(self._areas, pointer.scene)
        return _STAYS if pointer.free or around == self._start else around

    def _make(
        self, graph: Graph, members: Collection[str], target: str | None, inference: Inference
    ) -> tuple[tuple[Group, ...], Inference] | DesignError:
        """The groups of the design, and its shapes: they are others where a group is repeated."""
        try:
            made = groups.regroup(graph, members, target)
        except DesignError as error:
            return error
        if computed(made) != computed(graph):
            inference = infer(made, self._stage.document.data)
        return made.groups, inference
