"""The automatic layout's picture of a block is the canvas's."""

from __future__ import annotations

from cnngui.canvas.layout import input_point, output_point
from cnngui.canvas.view import Canvas
from cnngui.theme import GRID
from core import arrange, edits
from core.arrange import frame
from tests.core import designs_for_layout as designs
from tests.core.drawing import Drawing


def test_ports_and_grid_are_where_the_layout_expects_them() -> None:
    assert frame.PORT_LINE == designs.FIRST_PORT == output_point().y() == input_point(0).y()
    assert input_point(1).y() - input_point(0).y() == designs.PORT_STEP
    assert frame.GRID == GRID


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
