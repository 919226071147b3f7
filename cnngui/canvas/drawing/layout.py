"""Where the parts of a block are: pure arithmetic, in pixels from the block's top left corner."""

from __future__ import annotations

from dataclasses import dataclass, replace
from functools import cache, cached_property
from typing import Final

from PySide6.QtCore import QPointF, QRectF, QSize

from cnngui.theme.theme import BLOCK_HEADER, GRID, MARGIN, PORT_SIZE, SPACING
from core.design.direction import Direction
from core.design.graph import Wire
from core.drawing.measures import BLOCK_WIDTH
from core.layers import Layer

LINE: Final = 16
"""The height of a line of small text."""
THUMBNAIL: Final = QSize(BLOCK_WIDTH - 2 * MARGIN, 44)
"""The area of the live picture: three square feature maps with a gap of 6 between them."""
MESSAGE_LINES: Final = 3
"""A problem's message takes at most this many lines on the block; the tooltip says all of it."""
BADGE: Final = 18
ROW_DISTANCE: Final = 100
"""Blocks that are further apart, across the way the design runs, are in different rows."""

_OUTSIDE: Final = 12
"""What is drawn outside the body: half a port, the badge, the focus ring."""


@dataclass(frozen=True)
class BlockLayout:
    """The lines of one block, which decide its height, and its ports."""

    inputs: int
    has_summary: bool
    has_shape: bool
    has_cost: bool
    message_lines: int
    has_thumbnail: bool
    outputs: int = 1
    direction: Direction = Direction.RIGHT

    @property
    def shape_top(self) -> int:
        return BLOCK_HEADER + SPACING + LINE * self.has_summary

    @property
    def cost_top(self) -> int:
        return self.shape_top + LINE * self.has_shape

    @property
    def message_top(self) -> int:
        return self.cost_top + LINE * self.has_cost

    @property
    def thumbnail(self) -> QRectF:
        top = self.message_top + LINE * self.message_lines + GRID
        return QRectF(MARGIN, top, THUMBNAIL.width(), THUMBNAIL.height())

    @cached_property
    def height(self) -> int:
        text = self.message_top + LINE * self.message_lines
        if self.has_thumbnail:
            text += GRID + THUMBNAIL.height()
        ports = self.direction.room_for_ports(max(self.inputs, self.outputs))
        return int(max(text, ports)) + SPACING

    @cached_property
    def body(self) -> QRectF:
        return QRectF(0, 0, BLOCK_WIDTH, self.height)

    @cached_property
    def bounds(self) -> QRectF:
        """All that is ever painted for the block."""
        return self.body.adjusted(-_OUTSIDE, -_OUTSIDE, _OUTSIDE, _OUTSIDE)

    def along(self, direction: Direction) -> BlockLayout:
        """The same block in a design that runs this way."""
        return replace(self, direction=direction)

    @property
    def room(self) -> tuple[float, float]:
        """The size while a live picture is shown: training shall not make blocks overlap."""
        return BLOCK_WIDTH, replace(self, has_thumbnail=True).height

    @property
    def bare(self) -> tuple[float, float]:
        """The size while no live picture is shown."""
        return BLOCK_WIDTH, replace(self, has_thumbnail=False).height if self.has_thumbnail else self.height

    def input_point(self, number: int) -> QPointF:
        """The middle of an input port."""
        return self._port(0, number, self.inputs)

    def output_point(self, number: int = 0) -> QPointF:
        """The middle of an output port; a block has one, a folded group may have more."""
        return self._port(self._extent[0], number, self.outputs)

    @property
    def _extent(self) -> tuple[float, float]:
        """Along the design and across it."""
        return self.direction.turn((BLOCK_WIDTH, self.height))

    def _port(self, along: float, number: int, count: int) -> QPointF:
        return QPointF(*self.direction.turn((along, self.direction.port(number, count, self._extent[1]))))

    @property
    def badge(self) -> QRectF:
        """The mark of a problem, on the top right corner."""
        return QRectF(BLOCK_WIDTH - BADGE + 6, -6, BADGE, BADGE)


OPEN_BUTTON: Final = QRectF(BLOCK_WIDTH - BLOCK_HEADER, 0, BLOCK_HEADER, BLOCK_HEADER)
"""At the right end of a folded group's header: opens it."""


@cache
def block_layout(
    inputs: int,
    *,
    has_summary: bool,
    has_shape: bool,
    has_cost: bool,
    message_lines: int = 0,
    has_thumbnail: bool = False,
    outputs: int = 1,
    direction: Direction = Direction.RIGHT,
) -> BlockLayout:
    """A layout; the blocks of a design share few."""
    return BlockLayout(
        inputs, has_summary, has_shape, has_cost, message_lines, has_thumbnail, outputs, direction
    )


PLAIN: Final = block_layout(1, has_summary=True, has_shape=True, has_cost=True)
"""An ordinary block: a measure for the place that a new one needs."""


def input_count(layer: Layer, incoming: tuple[Wire, ...]) -> int:
    """The number of input ports: a merging block has one more than it has wires."""
    used = incoming[-1].input + 1 if incoming else 0
    return used + 1 if layer.inputs is None else max(used, layer.inputs)


def port_rect(middle: QPointF, size: float = PORT_SIZE) -> QRectF:
    """The square around a port."""
    return QRectF(middle.x() - size / 2, middle.y() - size / 2, size, size)
