"""The open groups of a scene: areas around their members, with titles that wires pass behind."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from functools import reduce

from PySide6.QtCore import QPointF, QRectF
from PySide6.QtWidgets import QGraphicsItem, QGraphicsScene

from cnngui.canvas.drawing.blocks.captions import Caption
from cnngui.canvas.drawing.groups.group_title import GroupTitle
from cnngui.canvas.drawing.groups.open_group import GroupArea, OpenGroupItem, area_around
from cnngui.canvas.drawing.style import Style
from core.design.graph import Graph


class OpenGroups:
    """Knows them by the ids of their groups."""

    def __init__(self, scene: QGraphicsScene, style: Style) -> None:
        self._scene = scene
        self._style = style
        self._items: dict[str, OpenGroupItem] = {}
        self._titles: dict[str, GroupTitle] = {}

    def __contains__(self, group_id: str) -> bool:
        return group_id in self._items

    def __getitem__(self, group_id: str) -> GroupArea:
        return self._items[group_id].shown

    def areas(self) -> list[GroupArea]:
        return [item.shown for item in self._items.values()]

    def items(self) -> Iterator[QGraphicsItem]:
        """What lies behind the blocks."""
        yield from self._items.values()

    def captions(self) -> Iterator[Caption]:
        """What stands at them in the overview."""
        return (item.caption for item in self._items.values())

    def snapshot(self) -> Iterator[tuple[str, tuple[object, ...]]]:
        """What a test compares, by group."""
        return ((group_id, item.snapshot()) for group_id, item in self._items.items())

    def set_style(self, style: Style) -> None:
        self._style = style
        for item in self._items.values():
            item.set_style(style)
        for title in self._titles.values():
            title.set_style(style)

    def mark(self, group: str | None) -> None:
        """Shows which one is selected as a whole."""
        for group_id, item in self._items.items():
            item.set_marked(group_id == group)

    def mark_taker(self, group: str | None) -> None:
        """Shows which one takes what is being dragged."""
        for group_id, item in self._items.items():
            item.set_takes(group_id == group)

    def title_at(self, point: QPointF) -> str | None:
        """The innermost group whose title is here."""
        here = [group_id for group_id, item in self._items.items() if item.title.contains(point)]
        return max(here, key=lambda group_id: self[group_id].depth, default=None)

    def has_button_at(self, group_id: str, point: QPointF) -> bool:
        """Whether the button that folds this group is here."""
        return self._items[group_id].button.contains(point)

    def show(self, graph: Graph, body: Callable[[str], QRectF]) -> None:
        """Draws them around their members, of which `body` tells the areas, the innermost first."""
        shown = [group for group in graph.groups if not group.folded and group.id not in graph.hidden]
        for group_id in self._items.keys() - {group.id for group in shown}:
            self._scene.removeItem(self._items.pop(group_id))
            self._scene.removeItem(self._titles.pop(group_id))
        for group in sorted(shown, key=lambda group: -len(graph.ancestors(group.id))):
            members = reduce(QRectF.united, map(body, group.members), QRectF())
            depth = len(graph.ancestors(group.id))
            area = GroupArea(group, area_around(members), len(graph.inside(group.id)), depth)
            item = self._items.get(group.id)
            if item is None:
                item = self._items[group.id] = OpenGroupItem(area, self._style)
                self._titles[group.id] = GroupTitle(item, self._style)
                self._scene.addItem(item)
                self._scene.addItem(self._titles[group.id])
            elif item.shown != area:
                item.set_shown(area)
            self._titles[group.id].follow()
