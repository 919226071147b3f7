"""Wires pass through the border of an open group and not along it, and each runs where no other one does."""

from __future__ import annotations

from collections.abc import Iterator
from itertools import combinations, pairwise

import pytest
from PySide6.QtCore import QPointF, QRectF, QSizeF

from cnngui.canvas.drawing.wires.wire_item import WireItem
from cnngui.canvas.view.view import Canvas
from cnngui.models.designs import example_paths, open_design
from core.design import edits, groups
from core.design.direction import Direction
from core.design.graph import Graph, Wire
from core.drawing.arrange.spacing import GROUP_TITLE
from core.layers import LAYERS

_BESIDE = 5.0
"""A wire that is so near to a border, in pixels of the plane, can't be told from it."""
_PIECES = 12
"""So many straight pieces stand for a curve."""
_LONG = 8.0


@pytest.mark.parametrize("direction", Direction)
@pytest.mark.parametrize("name", example_paths())
def test_arranged_wires_keep_apart(canvas: Canvas, name: str, direction: Direction) -> None:
    for graph in foldings(open_design(name).project.design):
        canvas.document.open(graph)
        canvas.editor.arranging.arrange(direction)
        canvas.following.settle()
        assert list(crossed(canvas)) == []
        assert list(followed(canvas)) == []
        assert list(shared(canvas)) == []
        assert list(labelled(canvas)) == []


def test_a_block_between_two_rows_leads_no_wire_onto_another(canvas: Canvas) -> None:
    graph = open_design("lenet5").project.design
    canvas.document.open(graph)
    assert list(shared(canvas)) == []
    first = canvas.drawing.body(graph.blocks[1].id)
    between = edits.new_block(graph, LAYERS["conv2d"](), (first.left(), first.bottom() + 24))
    canvas.document.edit("Add", lambda before: edits.append(before, between, None))
    assert list(shared(canvas)) == []
    canvas.document.undo_stack.undo()
    assert list(shared(canvas)) == []


def foldings(graph: Graph) -> Iterator[Graph]:
    """The design with all groups open, with all folded, with the outer ones open, and with one folded."""
    ids = [group.id for group in graph.groups]
    outer = [group_id for group_id in ids if not graph.ancestors(group_id)]
    but_one = ([group_id for group_id in ids if group_id != one] for one in ids)
    for opened in dict.fromkeys(map(frozenset, (ids, (), outer, *but_one))):
        made = graph
        for group_id in ids:
            made = groups.fold(made, group_id, group_id not in opened)
        yield made


def crossed(canvas: Canvas) -> Iterator[tuple[Wire, str, int]]:
    """Wires that cross a border more often than to come in or out, with the group, and how often."""
    graph = canvas.drawing.graph
    for wire, item in canvas.drawing.wire_items().items():
        points = course(item)
        for area in canvas.drawing.open_areas():
            members = graph.inside(area.group.id)
            passes = (wire.source in members) != (wire.target in members)
            inside = [area.body.contains(point) for point in points]
            count = sum(one != other for one, other in pairwise(inside))
            if count != passes:
                yield wire, area.group.id, count


def followed(canvas: Canvas) -> Iterator[tuple[Wire, str]]:
    """Wires that run along a border, with its group."""
    for wire, item in canvas.drawing.wire_items().items():
        for area in canvas.drawing.open_areas():
            near = (runs_along(one, other, area.body) for one, other in pairwise(course(item)))
            if sum(near) > _LONG:
                yield wire, area.group.id


def runs_along(start: QPointF, end: QPointF, area: QRectF) -> float:
    """How far a piece of a wire leads beside one of the edges, nearer to its direction than across."""
    around = area.adjusted(-_BESIDE, -_BESIDE, _BESIDE, _BESIDE)
    if not (around.contains(start) and around.contains(end)):
        return 0.0
    across, down = abs(end.x() - start.x()), abs(end.y() - start.y())
    if down > across:
        edges, distances = (area.left(), area.right()), (start.x(), end.x())
    else:
        edges, distances = (area.top(), area.bottom()), (start.y(), end.y())
    beside = any(all(abs(at - edge) < _BESIDE for at in distances) for edge in edges)
    return beside * max(across, down)


def shared(canvas: Canvas) -> Iterator[tuple[Wire, Wire]]:
    """Wires from different outputs that lie on one another for a while."""
    straight = [
        (wire, item, one, other)
        for wire, item in canvas.drawing.wire_items().items()
        for one, other in pairwise(item.outline.toList())
        if one.x() == other.x() or one.y() == other.y()
    ]
    for (wire, item, *piece), (other_wire, other_item, *other_piece) in combinations(straight, 2):
        if item.start != other_item.start and lie_on_one_another(piece, other_piece):
            yield wire, other_wire


def lie_on_one_another(one: list[QPointF], other: list[QPointF]) -> bool:
    """Whether two straight pieces, each level or upright, have a length in common."""
    areas = [QRectF(*ends).normalized().adjusted(-1, -1, 1, 1) for ends in (one, other)]
    common = areas[0].intersected(areas[1])
    is_parallel = (one[0].x() == one[1].x()) == (other[0].x() == other[1].x())
    return is_parallel and max(common.width(), common.height()) > _LONG


def labelled(canvas: Canvas) -> Iterator[Wire]:
    """Wires of which the label lies on a border, or on the title of a group."""
    for wire, item in canvas.drawing.wire_items().items():
        label = item.label_area()
        if label is None:
            continue
        for area in (area.body for area in canvas.drawing.open_areas()):
            title = QRectF(area.topLeft(), QSizeF(area.width(), GROUP_TITLE))
            if label.intersects(title) or (label.intersects(area) and not area.contains(label)):
                yield wire


def test_a_shortcut_top_down_does_not_cross_the_wire_beside_it(canvas: Canvas) -> None:
    graph = open_design("resnet20").project.design
    for group in graph.groups:
        graph = groups.fold(graph, group.id, False)
    canvas.document.open(graph)
    canvas.editor.arranging.arrange(Direction.DOWN)
    canvas.following.settle()
    wires = canvas.drawing.wire_items()
    sums = [block.id for block in graph.blocks if len(graph.incoming(block.id)) > 1]
    ends = [[course(wires[wire])[-_PIECES // 2].x() for wire in graph.incoming(block)] for block in sums]
    assert len(ends) == 9
    assert all(lefts == sorted(lefts) for lefts in ends)


def course(item: WireItem) -> list[QPointF]:
    """Points of a wire, on the plane, so near to each other that it is as good as straight between them."""
    path = item.path.translated(item.start)
    nodes = [QPointF(path.elementAt(n).x, path.elementAt(n).y) for n in range(path.elementCount())]
    return [
        a * (1 - t) ** 3 + b * (3 * t * (1 - t) ** 2) + c * (3 * t**2 * (1 - t)) + d * t**3
        for a, b, c, d in (nodes[first : first + 4] for first in range(0, len(nodes) - 1, 3))
        for t in (number / _PIECES for number in range(_PIECES + 1))
    ]
