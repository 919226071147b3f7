"""The automatic layout's picture of a block is the canvas's."""

from __future__ import annotations

import itertools
import random
from dataclasses import replace

import pytest
from PySide6.QtCore import Qt
from PySide6.QtTest import QTest

from cnngui.canvas.drawing.ports import Port
from cnngui.canvas.drawing.wires.wire_item import WireItem
from cnngui.canvas.view.view import Canvas
from cnngui.models.designs import open_design
from cnngui.theme.theme import GRID
from core.design import edits
from core.design.direction import Direction
from core.drawing import arrange
from core.drawing.arrange import spacing
from tests.core.drawing import designs_for_layout as designs
from tests.core.drawing.geometry import Drawing


def test_the_grid_is_the_one_of_the_layout() -> None:
    assert spacing.GRID == GRID


@pytest.mark.parametrize("scattered", [False, True])
@pytest.mark.parametrize("name", ["resnet20", "inception"])
def test_no_label_meets_a_block_or_another_label(canvas: Canvas, name: str, scattered: bool) -> None:
    graph = open_design(name).project.design
    if scattered:
        graph = replace(graph, groups=())
        draw = random.Random(1)
        places = {block: (draw.uniform(0, 3000), draw.uniform(0, 2000)) for block in graph.by_id}
        graph = edits.move(graph, places)
    canvas.document.open(graph)
    wires = [item for item in canvas.drawing.items() if isinstance(item, WireItem)]
    areas = [area for area in (wire.label_area() for wire in wires) if area is not None]
    assert len(areas) > 2
    assert not [1 for a, b in itertools.combinations(areas, 2) if a.intersects(b)]
    bodies = canvas.drawing.bodies().values()
    assert not [1 for area in areas for body in bodies if area.intersects(body)]


def test_a_design_is_arranged_on_the_canvas(canvas: Canvas) -> None:
    graph = designs.resnet()
    canvas.document.open(graph)
    bodies = {block.id: canvas.drawing.block_item(block.id).body for block in graph.blocks}
    sizes = {block: (body.width(), body.height()) for block, body in bodies.items()}
    places = arrange.arrange(graph, sizes)
    canvas.document.edit("Arrange", lambda before: edits.move(before, places))
    moved = {block: canvas.drawing.block_item(block).body for block in sizes}
    assert {block: body.topLeft().toTuple() for block, body in moved.items()} == places
    found = Drawing(graph, places, sizes)
    assert found.overlaps() == []
    assert found.hidden() == []


@pytest.mark.parametrize("name", ["resnet20", "inception", "squeeze_excite"])
def test_no_wire_strikes_a_label_out(canvas: Canvas, name: str) -> None:
    canvas.document.open(open_design(name).project.design)
    painted = [item for item in reversed(canvas.drawing.items()) if isinstance(item, WireItem)]
    for number, wire in enumerate(painted):
        area = wire.label_area()
        assert area is None or not any(later.passes(area) for later in painted[number + 1 :])


def test_wires_that_branch_off_one_output_say_what_flows_once(canvas: Canvas) -> None:
    graph = open_design("inception").project.design
    canvas.document.open(graph)
    fork = next(block for block in graph.by_id if len(graph.outgoing(block)) > 1)
    start = canvas.drawing.port_point(Port(fork, True))
    wires = [item for item in canvas.drawing.items() if isinstance(item, WireItem) and item.start == start]
    assert sum(wire.label_area() is not None for wire in wires) == 1


def test_what_follows_an_open_group_is_level_with_what_leaves_it(canvas: Canvas) -> None:
    graph = open_design("inception").project.design
    canvas.document.open(graph)
    (leaving,) = (
        wire
        for wire in graph.wires
        if "group_1" in graph.ancestors(wire.source) and "group_1" not in graph.ancestors(wire.target)
    )
    ends = Port(leaving.source, True), Port(leaving.target, False, leaving.input)
    assert len({canvas.drawing.port_point(end).y() for end in ends}) == 1


@pytest.mark.parametrize("direction", Direction)
@pytest.mark.parametrize("name", ["resnet20", "squeeze_excite", "mobilenet"])
def test_no_label_lies_on_the_edge_of_an_open_group(canvas: Canvas, name: str, direction: Direction) -> None:
    canvas.document.open(open_design(name).project.design)
    graph = canvas.document.graph
    for group in sorted(graph.groups, key=lambda group: len(graph.ancestors(group.id))):
        if canvas.document.graph.group(group.id).folded:
            canvas.editor.select([group.id], ())
            QTest.keyClick(canvas, Qt.Key.Key_Return)
    canvas.editor.select((), ())
    canvas.editor.arranging.arrange(direction)
    canvas.following.settle()
    labels = [item.label_area() for item in canvas.drawing.items() if isinstance(item, WireItem)]
    edges = [area.body for area in canvas.drawing.open_areas()]
    assert edges
    assert not [
        (label, edge)
        for label in labels
        for edge in edges
        if label is not None and label.intersects(edge) and not edge.contains(label)
    ]
