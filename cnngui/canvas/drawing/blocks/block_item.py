"""A block or a folded group on the canvas: it shows a face and knows nothing of the document."""

from __future__ import annotations

import math
from collections.abc import Hashable
from typing import Final, Literal, NamedTuple

from PySide6.QtCore import QPointF, QRectF, QSizeF, Qt
from PySide6.QtGui import QImage, QPainter, QPen, QPixmap, QStaticText
from PySide6.QtWidgets import QGraphicsRectItem, QStyleOptionGraphicsItem, QWidget

from cnngui.canvas.drawing.blocks.captions import Caption
from cnngui.canvas.drawing.blocks.face import Face
from cnngui.canvas.drawing.blocks.faces import Faces
from cnngui.canvas.drawing.blocks.far_title import FarTitle
from cnngui.canvas.drawing.blocks.group_face import GroupFace
from cnngui.canvas.drawing.layout import (
    LINE,
    MESSAGE_LINES,
    OPEN_BUTTON,
    PLAIN,
    BlockLayout,
    block_layout,
    port_rect,
)
from cnngui.canvas.drawing.style import DETAILS_FROM, Style, body_path, header_path, sharpness
from cnngui.theme import icons
from cnngui.theme.theme import BLOCK_HEADER, GRID, ICON_SIZE, MARGIN, PORT_SIZE, SPACING
from core.design.direction import Direction
from core.design.graph import Block, Place
from core.drawing.measures import BLOCK_WIDTH
from core.errors import Problem

AnyFace = Face | GroupFace
Mark = Literal["", "selected", "current"]
"""The current block is the selected one that panels show and keys act on; it carries the focus ring."""

_TITLE_LEFT: Final = SPACING + ICON_SIZE + SPACING
_TEXT_WIDTH: Final = BLOCK_WIDTH - 2 * MARGIN
_ICON_PLACE: Final = QPointF(SPACING, (BLOCK_HEADER - ICON_SIZE) / 2)
_OPEN_PLACE: Final = OPEN_BUTTON.center() - QPointF(ICON_SIZE / 2, ICON_SIZE / 2)
_DIMMED: Final = 0.35
_GHOST: Final = 0.7
"""Still to be read: what it would be is why it is shown."""
_UNKNOWN_SHAPE: Final = "–"


class Outline(NamedTuple):
    """Where a block is, and what decides where its ports are."""

    body: QRectF
    layout: BlockLayout


class _Texts:
    """The lines of a face, laid out once."""

    def __init__(self, face: AnyFace, lines: list[str], style: Style) -> None:
        room = BLOCK_WIDTH - _TITLE_LEFT - (OPEN_BUTTON.width() if face.is_group else SPACING)
        self.title = style.title(face.name, room)
        self.summary = style.small(face.summary, _TEXT_WIDTH)
        self.shape = style.small(face.shape_text or _UNKNOWN_SHAPE, _TEXT_WIDTH)
        self.cost = style.small(face.cost_text, _TEXT_WIDTH)
        self.message = [style.small(line, _TEXT_WIDTH) for line in lines]


class BlockItem(QGraphicsRectItem):
    """Paints a face, a live picture and how it is marked. Its rectangle is all that it ever paints on."""

    def __init__(self, face: AnyFace, style: Style, direction: Direction = Direction.RIGHT) -> None:
        super().__init__(PLAIN.bounds)
        self.setZValue(1)
        self._style = style
        self._direction = direction
        self._thumbnail: QImage | None = None
        self._mark: Mark = ""
        self._dimmed = False
        self._ghost = False
        self._hovered_port: QPointF | None = None
        self._face: AnyFace = face
        self._later: Faces | None = None
        """Where the face is to be had, if it isn't `_face`."""
        self._layout = PLAIN
        self._place: Place | None = None
        self._texts: _Texts | None = None
        self._card: Hashable | None = None
        self._shows_details = True
        self._fresh_face(face)

    @property
    def face(self) -> AnyFace:
        if self._later is not None and isinstance(self._face, Face):
            self._face, self._later = self._later.of_block(self._face.block), None
        return self._face

    @property
    def block(self) -> Block | None:
        """The block that it shows; None where it is a group."""
        return self._face.block if isinstance(self._face, Face) else None

    @property
    def id(self) -> str:
        """Of the block or the group."""
        return self._face.id

    @property
    def category(self) -> str:
        """What gives it its colour."""
        return self._face.category

    @property
    def caption(self) -> Caption:
        """What tells it from others in the overview, where it is a group."""
        return Caption(self._face.name, self._body, self._style.group_edge)

    @property
    def layout(self) -> BlockLayout:
        return self._layout

    @property
    def body(self) -> QRectF:
        """The visible block, in scene coordinates."""
        return self._body

    @property
    def outline(self) -> Outline:
        return Outline(self._body, self._layout)

    def input_point(self, number: int) -> QPointF:
        """The middle of an input port, on the plane."""
        return self.pos() + self._layout.input_point(number)

    def output_point(self, number: int) -> QPointF:
        """The middle of an output port, on the plane."""
        return self.pos() + self._layout.output_point(number)

    def set_face(self, face: AnyFace) -> None:
        """Its size and place may become others."""
        self._later = None
        self._fresh_face(face)

    def reword(self, faces: Faces) -> None:
        """Only what its lines say is another: its face is made when somebody looks at it.

        Repainting is left to the caller: it knows whether anyone is near enough to read.
        """
        self._later, self._texts = faces, None

    def set_style(self, style: Style) -> None:
        self._style = style
        self._fresh_face(self.face)

    def set_direction(self, direction: Direction) -> None:
        """Puts the ports at the sides that this asks for."""
        self._direction = direction
        self._arrange()
        self.update()

    @property
    def is_dimmed(self) -> bool:
        return self._dimmed

    @property
    def is_marked(self) -> bool:
        return bool(self._mark)

    def set_thumbnail(self, image: QImage | None) -> None:
        if image is not self._thumbnail:
            self._thumbnail = image
            self._arrange()
            self.update()

    def set_mark(self, mark: Mark) -> bool:
        """Gives whether it is another one."""
        if mark == self._mark:
            return False
        self._mark, self._card = mark, None
        self.setZValue(1.5 if mark else 1)  # what is dragged passes over the others
        self.update()
        return True

    def set_dimmed(self, dimmed: bool) -> None:
        """Pales a block that the wire being drawn can't go to."""
        if dimmed != self._dimmed:
            self._dimmed = dimmed
            self.update()

    @property
    def is_ghost(self) -> bool:
        return self._ghost

    def set_ghost(self, ghost: bool) -> None:
        """Draws a block that is only proposed: translucent, in a dashed frame."""
        if ghost != self._ghost:
            self._ghost = ghost
            self.update()

    def set_hovered_port(self, point: QPointF | None) -> None:
        """Lights up the port at this point (in item coordinates)."""
        if point != self._hovered_port:
            self._hovered_port, self._card = point, None
            self.update()

    def snapshot(self) -> tuple[object, ...]:
        """What a test compares: all that decides the picture."""
        marks = self._mark, self._dimmed, self._ghost, self._hovered_port
        return self.face, self.pos().toTuple(), self._layout, marks

    def _fresh_face(self, face: AnyFace) -> None:
        self._face = face
        message = face.message
        self._lines = self._style.small_lines(message, _TEXT_WIDTH, MESSAGE_LINES) if message else []
        self._texts = None
        self._card = None
        self._arrange()
        self.update()

    def _arrange(self) -> None:
        face = self.face
        layout = block_layout(
            face.inputs,
            has_summary=bool(face.summary),
            has_shape=face.shape is not None or not self._lines,
            has_cost=self._style.shows_costs and face.has_cost,
            message_lines=len(self._lines),
            has_thumbnail=self._thumbnail is not None,
            outputs=face.outputs,
            direction=self._direction,
        )
        place = face.position
        if layout is self._layout and place == self._place:
            return
        self._layout, self._place, self._card = layout, place, None
        self.setPos(*place)
        self.setRect(layout.bounds)
        self._body = layout.body.translated(*place)

    def paint(
        self, painter: QPainter, option: QStyleOptionGraphicsItem, widget: QWidget | None = None
    ) -> None:
        if self._texts is None:
            self._texts = _Texts(self.face, self._lines, self._style)
        self._shows_details = sharpness(painter) >= DETAILS_FROM
        if self._dimmed:
            painter.setOpacity(_DIMMED)
        elif self._ghost:
            painter.strokePath(body_path(self._layout.height, 1), self._style.ghost_edge)
            painter.setOpacity(_GHOST)
        self._style.stamps.paint(painter, self._look(), self._layout.bounds, self._paint_card)
        if self._thumbnail is not None:
            self._paint_thumbnail(painter, self._thumbnail)
        if self._shows_details:
            self._paint_title(painter, self._texts)
            self._paint_texts(painter, self._texts)
        else:
            self._paint_far_title(painter)
        if self._face.problem is not None:
            self._paint_badge(painter, self._face.problem)

    def _look(self) -> Hashable:
        """All that decides what `_paint_card` paints."""
        if self._card is None:
            face, layout = self._face, self._layout
            severity = face.problem and face.problem.severity
            ports = face.linked, face.feeding, self._hovered_port and self._hovered_port.toTuple()
            self._card = (layout, face.category, face.icon, face.is_group, self._mark, severity, *ports)
        return self._card, self._shows_details

    def _paint_card(self, painter: QPainter) -> None:
        """All but the texts and the live picture."""
        self._paint_body(painter)
        if self._shows_details:
            self._paint_icon(painter)
            self._paint_ports(painter)
        if self._face.is_group:
            self._paint_button(painter)

    def _paint_body(self, painter: QPainter) -> None:
        style, height = self._style, self._layout.height
        edge, width = style.border, 0.5
        if self._mark:
            edge, width = style.accent.brush(), 2
        elif self._face.problem is not None:
            edge, width = style.problem[self._face.problem.severity].brush(), 1.5
        # Filling twice is several times faster than stroking the outline.
        if self._mark == "current":
            painter.fillPath(body_path(height, 5), style.focus)
        painter.fillPath(body_path(height, width), edge)
        category = style.category(self._face.category)
        if not self._shows_details:
            painter.fillPath(body_path(height), category)
            return
        painter.fillPath(body_path(height, 0 if self._mark else -0.5), style.raised)
        painter.fillPath(header_path(), category)

    def _paint_icon(self, painter: QPainter) -> None:
        painter.drawPixmap(_ICON_PLACE, self._icon(self._face.icon, painter))

    def _paint_button(self, painter: QPainter) -> None:
        painter.drawPixmap(_OPEN_PLACE, self._icon("unfold", painter))

    def _icon(self, name: str, painter: QPainter) -> QPixmap:
        color, scale = self._style.on_header.color(), max(1, math.ceil(sharpness(painter)))
        return icons.pixmap(name, color, ICON_SIZE, scale)

    def _paint_title(self, painter: QPainter, texts: _Texts) -> None:
        style = self._style
        painter.setFont(style.title_font)
        painter.setPen(style.on_header)
        top = (BLOCK_HEADER - style.title_metrics.height()) / 2
        painter.drawStaticText(QPointF(_TITLE_LEFT, top), texts.title)

    def _paint_far_title(self, painter: QPainter) -> None:
        painter.setPen(self._style.on_header)
        self.far_title.paint(painter, self._far_area)

    @property
    def far_title(self) -> FarTitle:
        """The title where there are no details: it has their room."""
        area = self._far_area
        return self._style.far_titles.of(self._face.name, area.width(), area.height())

    @property
    def _far_area(self) -> QRectF:
        layout = self._layout
        bottom = layout.thumbnail.top() if self._thumbnail is not None else layout.height
        button = OPEN_BUTTON.width() - SPACING if self._face.is_group else 0
        return QRectF(SPACING, GRID, BLOCK_WIDTH - 2 * SPACING - button, bottom - 2 * GRID)

    def _paint_texts(self, painter: QPainter, texts: _Texts) -> None:
        style, layout = self._style, self._layout
        painter.setFont(style.small_font)
        if layout.has_summary:
            self._paint_line(painter, BLOCK_HEADER + SPACING, texts.summary, style.muted)
        if layout.has_shape:
            known = self._face.shape is not None
            self._paint_line(painter, layout.shape_top, texts.shape, style.text if known else style.muted)
        if layout.has_cost:
            self._paint_line(painter, layout.cost_top, texts.cost, style.muted)
        for number, line in enumerate(texts.message):
            pen = style.problem[self._face.problem.severity if self._face.problem else "error"]
            self._paint_line(painter, layout.message_top + number * LINE, line, pen)

    def _paint_line(self, painter: QPainter, top: float, text: QStaticText, pen: QPen) -> None:
        painter.setPen(pen)
        painter.drawStaticText(QPointF(MARGIN, top + (LINE - text.size().height()) / 2), text)

    def _paint_thumbnail(self, painter: QPainter, image: QImage) -> None:
        area = self._layout.thumbnail
        size = QSizeF(image.size()).scaled(area.size(), Qt.AspectRatioMode.KeepAspectRatio)
        place = QRectF(area.center() - QPointF(size.width() / 2, size.height() / 2), size)
        painter.fillRect(area, self._style.canvas)
        painter.drawImage(place, image)

    def _paint_ports(self, painter: QPainter) -> None:
        face, layout = self._face, self._layout
        linked, feeding = face.linked, face.feeding
        for number in range(face.inputs):
            self._paint_port(painter, layout.input_point(number), number in linked)
        for number in range(face.outputs):
            self._paint_port(painter, layout.output_point(number), number in feeding)

    def _paint_port(self, painter: QPainter, point: QPointF, linked: bool) -> None:
        style = self._style
        if point == self._hovered_port:
            painter.setPen(style.accent)
            painter.setBrush(style.canvas)
            painter.drawEllipse(port_rect(point, PORT_SIZE + 2))
        elif linked:
            painter.setPen(Qt.PenStyle.NoPen)
            painter.setBrush(style.wire.brush())
            painter.drawEllipse(port_rect(point))
        else:
            painter.setPen(style.wire)
            painter.setBrush(style.canvas)
            painter.drawEllipse(port_rect(point, PORT_SIZE - style.wire.width()))

    def _paint_badge(self, painter: QPainter, problem: Problem) -> None:
        style, place = self._style, self._layout.badge
        painter.setPen(QPen(style.theme.canvas, 2))
        painter.setBrush(style.problem[problem.severity].color())
        painter.drawEllipse(place)
        painter.setFont(style.title_font)
        painter.setPen(style.theme.canvas)
        painter.drawText(place, Qt.AlignmentFlag.AlignCenter, "!")
