"""Where on the plane something can be read: over no block, comment or wire."""

from __future__ import annotations

from itertools import count, product, takewhile
from typing import Final

from PySide6.QtCore import QPointF, QRectF

from cnngui.canvas.drawing.blocks.block_item import BlockItem
from cnngui.canvas.drawing.notes.comment_item import CommentItem
from cnngui.canvas.drawing.placing import rect_of, snapped, way_aside
from cnngui.canvas.drawing.scene import Scene
from cnngui.canvas.drawing.wires.wire_item import WireItem
from cnngui.theme.theme import GRID

_STEP: Final = 6 * GRID
_MOST_STEPS: Final = 32
"""Of a large part of the plane, so many places are tried across and down."""


def free_area(drawing: Scene, wanted: QRectF, seen: QRectF) -> QRectF:
    """An area as large as `wanted` that covers nothing: the one nearest to it in the part `seen`.

    Wires may pass behind it where there is no other place; where all is full, it lies beside what is there.
    """
    corners = [wanted.topLeft(), *_corners(wanted, seen)]
    for in_the_way in ((BlockItem, CommentItem, WireItem), (BlockItem, CommentItem)):
        for corner in corners:
            place = QRectF(corner, wanted.size())
            around = place.adjusted(-GRID, -GRID, GRID, GRID)
            if not any(isinstance(item, in_the_way) for item in drawing.items(around)):
                return place
    comments = [item.body for item in drawing.notes.items() if isinstance(item, CommentItem)]
    taken = [rect_of(body) for body in (*drawing.bodies().values(), *comments)]
    return wanted.translated(*way_aside([rect_of(wanted)], taken))


def _corners(wanted: QRectF, seen: QRectF) -> list[QPointF]:
    """The corners of areas that are wholly in sight, on the grid, the nearest first."""
    room = seen.adjusted(_STEP, _STEP, -_STEP - wanted.width(), -_STEP - wanted.height())
    if not room.isValid():
        return []
    across, down = (max(_STEP, snapped(side / _MOST_STEPS)) for side in (room.width(), room.height()))
    columns = takewhile(lambda x: x <= room.right(), count(snapped(room.left()), across))
    rows = takewhile(lambda y: y <= room.bottom(), count(snapped(room.top()), down))
    corners = [QPointF(x, y) for x, y in product(columns, list(rows))]
    return sorted(corners, key=lambda corner: (corner - wanted.topLeft()).manhattanLength())
