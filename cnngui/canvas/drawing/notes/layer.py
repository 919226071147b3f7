"""All frames and comments of a scene: it shows those of a graph, and finds them by place."""

from __future__ import annotations

from collections.abc import Collection, Mapping
from typing import Literal, NamedTuple

from PySide6.QtCore import QPointF, QRectF
from PySide6.QtGui import QPen
from PySide6.QtWidgets import QGraphicsScene

from cnngui.canvas.drawing.blocks.captions import Caption
from cnngui.canvas.drawing.notes.comment_item import CommentItem
from cnngui.canvas.drawing.notes.frame_item import FrameItem
from cnngui.canvas.drawing.style import Style
from core.design.graph import Comment, Graph
from core.design.notes import notes_of

Side = Literal["left", "right", "top", "bottom"]
_REACH = 6.0
"""So near to an edge it is meant, in pixels of the plane."""


class NoteHit(NamedTuple):
    """A frame or a comment under a point, and the sides by which it is held; none in its middle."""

    id: str
    sides: frozenset[Side] = frozenset()


class NoteItems:
    """Changes the items that differ and leaves the rest alone."""

    def __init__(self, scene: QGraphicsScene, style: Style) -> None:
        self._scene = scene
        self._style = style
        self._shown = Graph()
        self._frames: dict[str, FrameItem] = {}
        self._comments: dict[str, CommentItem] = {}
        self._marked: frozenset[str] = frozenset()

    def show(self, graph: Graph) -> None:
        """Draws the frames and comments of this graph."""
        before, self._shown = self._shown, graph
        if graph.frames is before.frames and graph.comments is before.comments:
            return
        known = self._items()
        for note_id in known.keys() - {note.id for note in notes_of(graph)}:
            self._scene.removeItem(known[note_id])
            self._frames.pop(note_id, None)
            self._comments.pop(note_id, None)
        for frame in graph.frames:
            if frame.id not in self._frames:
                self._frames[frame.id] = FrameItem(frame, self._style)
                self._scene.addItem(self._frames[frame.id])
            elif self._frames[frame.id].shown != frame:
                self._frames[frame.id].set_shown(frame)
        for comment in graph.comments:
            if comment.id not in self._comments:
                self._comments[comment.id] = CommentItem(comment, self._style)
                self._scene.addItem(self._comments[comment.id])
            elif self._comments[comment.id].shown != comment:
                self._comments[comment.id].set_shown(comment)
        self.mark(self._marked)

    def hold(self, areas: Mapping[str, QRectF]) -> None:
        """Lets frames take up these areas, by id, and all others their bounds."""
        for frame_id, item in self._frames.items():
            item.hold(areas.get(frame_id))

    def set_style(self, style: Style) -> None:
        self._style = style
        for item in self._items().values():
            item.set_style(style)

    def mark(self, notes: Collection[str]) -> None:
        """Shows which ones are selected."""
        self._marked = frozenset(notes)
        for note_id, item in self._items().items():
            item.set_marked(note_id in self._marked)

    def __contains__(self, note_id: str) -> bool:
        return note_id in self._frames or note_id in self._comments

    def body(self, note_id: str) -> QRectF:
        """The area of a frame or a comment."""
        return self._items()[note_id].body

    def height_of(self, comment: Comment) -> float:
        """How high a comment is, which needn't be drawn."""
        return CommentItem(comment, self._style).body.height()

    def title(self, frame_id: str) -> QRectF:
        """The line with a frame's title."""
        return self._frames[frame_id].title

    def area(self) -> QRectF:
        """The area of all of them."""
        found = QRectF()
        for item in self._items().values():
            found = found.united(item.body)
        return found

    def selected_by(self, area: QRectF) -> list[str]:
        """The comments that a band drawn over the canvas touches, and the frames that lie wholly in it."""
        frames = [note_id for note_id, frame in self._frames.items() if area.contains(frame.body)]
        return frames + [note_id for note_id, item in self._comments.items() if area.intersects(item.body)]

    def hit(self, point: QPointF) -> NoteHit | None:
        """What is held here: a comment anywhere, a frame by its title or an edge, the smallest first."""
        for note_id, comment in reversed(self._comments.items()):
            if comment.body.adjusted(0, 0, _REACH, 0).contains(point):
                return NoteHit(note_id, _sides(comment.body, point) & {"right"})
        for note_id, frame in sorted(self._frames.items(), key=lambda entry: -entry[1].zValue()):
            body = frame.body
            if body.adjusted(-_REACH, -_REACH, _REACH, _REACH).contains(point):
                sides = _sides(body, point)
                if sides or frame.title.contains(point):
                    return NoteHit(note_id, sides)
        return None

    def snapshot(self) -> dict[str, tuple[object, ...]]:
        """All that is drawn of them, as a value: what tests compare."""
        return {note_id: item.snapshot() for note_id, item in self._items().items()}

    def captions(self) -> list[Caption]:
        """The titles of the frames."""
        return [
            Caption(item.shown.title, item.body, QPen(self._style.theme.frame_color(item.shown.color)))
            for item in self._frames.values()
        ]

    def items(self) -> tuple[FrameItem | CommentItem, ...]:
        """What is drawn of them."""
        return tuple(self._items().values())

    def _items(self) -> dict[str, FrameItem | CommentItem]:
        return {**self._frames, **self._comments}


def _sides(body: QRectF, point: QPointF) -> frozenset[Side]:
    """The sides that a point is near to; two of them at a corner."""
    distances: dict[Side, float] = {
        "left": point.x() - body.left(),
        "right": point.x() - body.right(),
        "top": point.y() - body.top(),
        "bottom": point.y() - body.bottom(),
    }
    return frozenset(side for side, distance in distances.items() if abs(distance) <= _REACH)
