"""Marks of what is new, changed and gone: a line around the block, and a sign that needs no colour."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import replace
from typing import Final, NamedTuple, Protocol

from PySide6.QtCore import QPointF, QRectF, Qt
from PySide6.QtGui import QBrush, QColor, QPainter, QPainterPath, QPen, QTransform
from PySide6.QtWidgets import QGraphicsItem, QGraphicsScene, QStyleOptionGraphicsItem, QWidget

from cnngui.canvas.drawing.changes import BlockChange, Changes, End
from cnngui.canvas.drawing.layout import BADGE, block_layout
from cnngui.canvas.drawing.placing import free_place, rect_of
from cnngui.canvas.drawing.ports import Port
from cnngui.canvas.drawing.style import Style
from cnngui.canvas.drawing.wires.wire_item import WireItem
from cnngui.canvas.drawing.wires.wire_path import loose_path
from cnngui.theme.theme import BLOCK_HEADER, GRID, RADIUS, SPACING
from core.design.direction import Direction
from core.design.graph import Block, Wire
from core.drawing.measures import BLOCK_WIDTH
from core.drawing.route import Obstacles, Rect

_BEHIND: Final = 0.4
"""Above wires, below blocks."""
_ABOVE: Final = 1.8
"""All blocks, and what a search has found."""
_WIRE_SIGN: Final = 14
_MANY: Final = 100
"""Of so many marks, more may lie on each other."""
_SPOTS: Final = (0.5, 0.3, 0.7, 0.15, 0.85, 0.05, 0.95)
"""Where on a wire its sign may be: on no block, and on no other sign."""
_SIGNS: Final = {"added": "+", "changed": "~", "gone": "−", "untrained": "new: untrained"}
_GHOST: Final = block_layout(1, has_summary=True, has_shape=False, has_cost=False)


class Shown(Protocol):
    """What the marks ask of the drawing."""

    def draws(self, part_id: str) -> bool: ...
    def shown(self, part_id: str) -> str: ...
    def body(self, part_id: str) -> QRectF: ...
    def bodies(self) -> dict[str, QRectF]: ...
    def port_point(self, port: Port) -> QPointF: ...
    def wire_items(self) -> Mapping[Wire, WireItem]: ...


class Stroke(NamedTuple):
    """Something to paint; what many have in common is made once, and painted `at` several places."""

    path: QPainterPath
    pen: QPen
    brush: QBrush
    at: QPointF = QPointF()


class ChangeMarks:
    """Follows the drawing. Nothing of it can be picked: what is marked stays as usable as it is."""

    def __init__(self, scene: QGraphicsScene, style: Style, shown: Shown) -> None:
        self._style = style
        self._shown = shown
        self._direction = Direction.RIGHT
        self._changes = Changes()
        self._ghosts: dict[str, tuple[Block, QRectF]] = {}
        self._words: dict[str, str] = {}
        self._chips: dict[tuple[str, float], list[Stroke]] = {}
        """By sign and height, at (0, 0)."""
        self._behind, self._above = _Layer(_BEHIND), _Layer(_ABOVE)
        for layer in (self._behind, self._above):
            scene.addItem(layer)

    @property
    def changes(self) -> Changes:
        """What is marked."""
        return self._changes

    def show(self, changes: Changes) -> None:
        """Marks this and nothing else."""
        if changes != self._changes:
            self._changes = changes
            self.follow(self._direction)

    def follow(self, direction: Direction, *, passing: bool = False) -> None:
        """The design may be drawn elsewhere than before. While that passes, many marks wait."""
        if passing and len(self._changes) > _MANY:
            return
        self._direction = direction
        self._words = self._worded()
        if not self._changes:
            self._ghosts = {}
            self._behind.set_strokes([])
            self._above.set_strokes([])
            return
        self._ghosts = self._places()
        self._behind.set_strokes([*self._wires(), *self._ghost_strokes()])
        self._above.set_strokes([*self._block_strokes(), *self._wire_signs])

    def set_style(self, style: Style) -> None:
        self._style = style
        self._chips.clear()
        self.follow(self._direction)

    def area(self) -> QRectF:
        """What ghosts take up."""
        found = QRectF()
        for _, body in self._ghosts.values():
            found = found.united(body)
        return found

    def words(self, part_id: str) -> str:
        """What there is to say of a block; of a folded group, what there is of all blocks in it."""
        return self._words.get(part_id, "")

    def ghost_at(self, point: QPointF) -> str:
        """What there is to say of the block that is gone and was here; nothing where there is none."""
        for block, body in self._ghosts.values():
            if body.contains(point):
                summary = block.layer.summary()
                said = (f"{block.name} is gone", block.layer.title, summary)
                return "\n".join(dict.fromkeys(filter(None, said)))
        return ""

    def ghosts(self) -> dict[str, QRectF]:
        """Where the blocks that are gone are drawn, by their ids in the other design."""
        return {block_id: body for block_id, (_, body) in self._ghosts.items()}

    def paint_behind(self, painter: QPainter) -> None:
        """Paints what is below blocks, where items don't paint themselves."""
        self._behind.paint(painter, QStyleOptionGraphicsItem())

    def paint_above(self, painter: QPainter) -> None:
        """The same for what is above them."""
        self._above.paint(painter, QStyleOptionGraphicsItem())

    def _worded(self) -> dict[str, str]:
        """What there is to say, by the ids of blocks and of the folded groups that hide them."""
        found: dict[str, list[str]] = {}
        for block_id, change in self._changes.blocks.items():
            found.setdefault(block_id, []).append(change.words)
            here = self._shown.shown(block_id)
            if here != block_id:
                found.setdefault(here, []).append(f"{change.name}: {change.words}")
        return {part_id: "\n".join(words) for part_id, words in found.items()}

    def _places(self) -> dict[str, tuple[Block, QRectF]]:
        """Where they were, or aside of it where something is; not of so many that this would take long."""
        looks = len(self._changes.ghosts) <= _MANY
        taken = [rect_of(body) for body in self._shown.bodies().values()] if looks else []
        found: dict[str, tuple[Block, QRectF]] = {}
        for block in self._changes.ghosts:
            x, y = block.position
            wanted = Rect(x, y, x + BLOCK_WIDTH, y + _GHOST.height)
            corner = free_place(wanted, taken, self._direction) if looks else (x, y)
            place = QRectF(*corner, BLOCK_WIDTH, _GHOST.height)
            taken.append(rect_of(place))
            found[block.id] = block, place
        return found

    def _block_strokes(self) -> Iterable[Stroke]:
        signs: dict[str, set[str]] = {}
        for block_id, change in self._changes.blocks.items():
            if self._shown.draws(block_id):
                here = self._shown.shown(block_id)
                signs.setdefault(here, set()).add(self._sign(block_id, here, change))
        for shown, some in signs.items():
            sign = some.pop() if len(some) == 1 else "changed"
            body = self._shown.body(shown)
            yield Stroke(_around(body), self._pen(sign, 3), QBrush())
            yield from self._tag(body.topLeft(), sign)

    @staticmethod
    def _sign(block_id: str, here: str, change: BlockChange) -> str:
        """A folded group that hides something new is no new one."""
        return change.sign if block_id == here or change.sign == "untrained" else "changed"

    def _ghost_strokes(self) -> Iterable[Stroke]:
        style = self._style
        for block, body in self._ghosts.values():
            path = QPainterPath()
            path.addRoundedRect(body, RADIUS, RADIUS)
            yield Stroke(path, self._pen("gone", 2), style.canvas)
            room = BLOCK_WIDTH - 2 * SPACING - BADGE
            lines = (
                (0, block.name, style.title_font, style.title_metrics),
                (BLOCK_HEADER - GRID, block.layer.summary(), style.small_font, style.small_metrics),
            )
            for top, text, font, metrics in lines:
                words = QPainterPath()
                shown = metrics.elidedText(text, Qt.TextElideMode.ElideRight, room)
                base = body.top() + top + (BLOCK_HEADER + metrics.ascent() - metrics.descent()) / 2
                words.addText(body.left() + SPACING + BADGE / 2, base, font, shown)
                yield Stroke(words, QPen(Qt.PenStyle.NoPen), QBrush(style.theme.muted))
            yield from self._tag(body.topLeft(), "gone")

    def _wires(self) -> Iterable[Stroke]:
        """Also notes the signs, which belong above all blocks."""
        self._wire_signs: list[Stroke] = []
        bodies = [*self._shown.bodies().values(), *self.ghosts().values()]
        self._bodies, self._labels = Obstacles(map(rect_of, bodies)), list[QRectF]()
        for wire, item in self._shown.wire_items().items():
            if wire in self._changes.added_wires:
                label = item.label_area() if len(self._labels) < _MANY else None
                if label is not None:
                    self._labels.append(label)
                yield self._wire(item.path.translated(item.start), "added")
        for gone in self._changes.gone_wires:
            start, end = self._port(gone.source, is_output=True), self._port(gone.target, is_output=False)
            if start is not None and end is not None:
                span = end - start
                path = loose_path(span.x(), span.y(), self._direction).translated(start)
                yield self._wire(path, "gone")

    def _wire(self, path: QPainterPath, sign: str) -> Stroke:
        half = QPointF(_WIRE_SIGN / 2, _WIRE_SIGN / 2)
        for middle in map(path.pointAtPercent, _SPOTS):
            area = QRectF(middle - half, middle + half)
            blocked = self._bodies.within(rect_of(area))
            if not any(True for _ in blocked) and not any(area.intersects(other) for other in self._labels):
                if len(self._labels) < _MANY:
                    self._labels.append(area)
                self._wire_signs += self._chip(area, sign)
                break
        return Stroke(path, self._pen(sign, 3 if sign == "added" else 2), QBrush())

    def _port(self, end: End, *, is_output: bool) -> QPointF | None:
        """Where a wire that is gone has ended; None where its block isn't drawn."""
        if end.is_ghost:
            body = self._ghosts[end.block][1]
        elif self._shown.draws(end.block):
            body = self._shown.body(end.block)
        else:
            return None
        ports = replace(_GHOST, direction=self._direction)
        return body.topLeft() + (ports.output_point() if is_output else ports.input_point(0))

    def _tag(self, corner: QPointF, sign: str) -> Iterable[Stroke]:
        """The sign on a block's top left corner: a problem's badge has the right one. Words stand above."""
        if len(_SIGNS[sign]) > 1:
            width = self._style.small_metrics.horizontalAdvance(_SIGNS[sign]) + 2 * SPACING
            area = QRectF(corner.x(), corner.y() - BADGE - GRID, width, BADGE)
        else:
            area = QRectF(corner.x() - BADGE / 2, corner.y() - BADGE / 2 - 1, BADGE, BADGE)
        return self._chip(area, sign)

    def _chip(self, area: QRectF, sign: str) -> list[Stroke]:
        key = sign, area.height()
        if key not in self._chips:
            theme, here = self._style.theme, QRectF(QPointF(), area.size())
            ground = QPainterPath()
            ground.addRoundedRect(here, area.height() / 2, area.height() / 2)
            self._chips[key] = [
                Stroke(ground, QPen(theme.canvas, 2), QBrush(self._color(sign))),
                Stroke(self._glyph(here, _SIGNS[sign]), QPen(Qt.PenStyle.NoPen), QBrush(theme.canvas)),
            ]
        return [stroke._replace(at=area.topLeft()) for stroke in self._chips[key]]

    def _glyph(self, area: QRectF, text: str) -> QPainterPath:
        """A sign drawn of lines is in the very middle, whatever the font; words are words."""
        path = QPainterPath()
        if len(text) > 1:
            metrics = self._style.small_metrics
            base = area.center().y() + (metrics.ascent() - metrics.descent()) / 2
            path.addText(area.left() + SPACING, base, self._style.small_font, text)
        elif text == "~":
            path.addText(QPointF(), self._style.title_font, text)
            bounds = path.boundingRect()
            scale = area.height() * 0.6 / max(bounds.width(), 1)
            path.translate(-bounds.center())
            path = QTransform().scale(scale, scale).map(path).translated(area.center())
        else:
            reach, thick = area.height() * 0.28, 2.4
            path.setFillRule(Qt.FillRule.WindingFill)
            path.addRect(QRectF(-reach, -thick / 2, 2 * reach, thick))
            if text == "+":
                path.addRect(QRectF(-thick / 2, -reach, thick, 2 * reach))
            path.translate(area.center())
        return path

    def _color(self, sign: str) -> QColor:
        theme = self._style.theme
        return {"added": theme.added, "changed": theme.changed, "gone": theme.muted}.get(sign, theme.accent)

    def _pen(self, sign: str, width: float) -> QPen:
        pen = QPen(self._color(sign), width)
        if sign == "gone":
            pen.setDashPattern([4, 3])
        elif sign == "untrained":
            pen.setDashPattern([1, 1.5])
        return pen


class _Layer(QGraphicsItem):
    """Paints strokes one after the other."""

    def __init__(self, z: float) -> None:
        super().__init__()
        self.setZValue(z)
        self._strokes: list[Stroke] = []
        self._bounds = QRectF()

    def set_strokes(self, strokes: list[Stroke]) -> None:
        if strokes or self._strokes:
            self.prepareGeometryChange()
            self._strokes, self._bounds = strokes, QRectF()
            for stroke in strokes:
                edge = stroke.pen.widthF() + 1
                around = stroke.path.controlPointRect().adjusted(-edge, -edge, edge, edge)
                around.translate(stroke.at)
                self._bounds = self._bounds.united(around)
            self.update()

    def boundingRect(self) -> QRectF:
        return self._bounds

    def shape(self) -> QPainterPath:
        """Nothing: a click means what is below."""
        return QPainterPath()

    def paint(
        self, painter: QPainter, option: QStyleOptionGraphicsItem, widget: QWidget | None = None
    ) -> None:
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        for stroke in self._strokes:
            painter.setPen(stroke.pen)
            painter.setBrush(stroke.brush)
            painter.translate(stroke.at)
            painter.drawPath(stroke.path)
            painter.translate(-stroke.at)


def _around(body: QRectF) -> QPainterPath:
    path = QPainterPath()
    path.addRoundedRect(body.adjusted(-GRID, -GRID, GRID, GRID), RADIUS + GRID, RADIUS + GRID)
    return path
