"""What lies under a point of the plane, or in an area of it."""

from __future__ import annotations

from PySide6.QtCore import QPointF, QRectF, Qt
from PySide6.QtGui import QPainterPath

from cnngui.canvas.drawing.blocks.block_item import BlockItem
from cnngui.canvas.drawing.groups import open_group
from cnngui.canvas.drawing.layout import OPEN_BUTTON
from cnngui.canvas.drawing.ports import Port, ports_of
from cnngui.canvas.drawing.scene import Hit, Scene
from cnngui.canvas.drawing.wires.wire_item import WireItem
from cnngui.theme.theme import PORT_HIT_SIZE
from core.design.graph import Wire


def hit(drawing: Scene, point: QPointF) -> Hit:
    """What a click here means: a port before a block, a block before a wire."""
    reach = PORT_HIT_SIZE / 2
    near = QRectF(point.x() - reach, point.y() - reach, 2 * reach, 2 * reach)
    touched = drawing.items(near, Qt.ItemSelectionMode.IntersectsItemBoundingRect)
    items = [item for item in touched if isinstance(item, BlockItem)]
    ports = [
        port for item in items for port in ports_of(item.face) if near.contains(drawing.port_point(port))
    ]
    if ports:
        return min(ports, key=lambda port: (drawing.port_point(port) - point).manhattanLength())
    for item in items:
        if item.body.contains(point):
            return item.id
    return drawing.open_groups.title_at(point) or wire_at(drawing, point)


def part_at(drawing: Scene, point: QPointF) -> str | None:
    """The block, group, frame or comment here; of a port, the block or group that it is drawn at."""
    found = hit(drawing, point)
    if isinstance(found, Port):
        return drawing.shown(found.block)
    note = drawing.notes.hit(point) if found is None else None
    return found if isinstance(found, str) else note.id if note is not None else None


def button_at(drawing: Scene, point: QPointF) -> str | None:
    """The group whose button to fold or open it is here."""
    found = hit(drawing, point)
    if not isinstance(found, str):
        return None
    if found in drawing.open_groups:
        return found if drawing.open_groups.has_button_at(found, point) else None
    item = drawing.block_item(found)
    return found if item.face.is_group and OPEN_BUTTON.contains(point - item.pos()) else None


def wire_at(drawing: Scene, point: QPointF) -> Wire | None:
    """The wire that passes here."""
    spot = QRectF(point.x() - 1, point.y() - 1, 2, 2)
    touched = drawing.items(spot, Qt.ItemSelectionMode.IntersectsItemShape)
    found = next((item for item in touched if isinstance(item, WireItem)), None)
    return next((wire for wire, item in drawing.wire_items().items() if item is found), None)


def course(drawing: Scene, wire: Wire) -> QPainterPath:
    """The band around a wire in which a click means it."""
    item = drawing.wire_items()[wire]
    return item.shape().translated(item.start)


def group_at(drawing: Scene, point: QPointF) -> str | None:
    """The innermost open group around this point."""
    return open_group.group_at(drawing.open_areas(), point)


def blocks_in(drawing: Scene, area: QRectF) -> list[str]:
    """The blocks that an area touches, those of folded groups too."""
    found: list[str] = []
    boxes = drawing.boxes()
    for block_id, body in drawing.bodies().items():
        if body.intersects(area):
            found += boxes[block_id].blocks if block_id in boxes else (block_id,)
    return found


def tooltip(drawing: Scene, point: QPointF) -> str:
    """What there is to know about the thing here."""
    found = hit(drawing, point)
    if isinstance(found, Port):
        return "Drag to an input to connect." if found.is_output else "Drag to an output to connect."
    if button_at(drawing, point) is not None:
        return "Fold or open the group (G)"
    return drawing.describe(found) if isinstance(found, str) else drawing.changes.ghost_at(point)
