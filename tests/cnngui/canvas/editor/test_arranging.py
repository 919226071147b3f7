"""Arranging, aligning and distributing on the canvas, each as one step that glides and can be undone."""

from __future__ import annotations

import pytest
from PySide6.QtCore import QPointF, QRectF, QSizeF
from PySide6.QtWidgets import QProxyStyle, QStyle, QStyleHintReturn, QStyleOption, QWidget
from pytestqt.qtbot import QtBot

from cnngui.canvas.drawing.wires.wire_item import WireItem
from cnngui.canvas.view.view import Canvas
from core.design import edits, notes
from core.design.direction import Direction
from core.design.graph import Graph
from tests.cnngui.canvas.conftest import Hand, Menu, chain, loose
from tests.core.drawing import designs_for_layout as designs


class Calm(QProxyStyle):
    """As on a system that asks for less motion."""

    def styleHint(  # Qt's name
        self,
        hint: QStyle.StyleHint,
        option: QStyleOption | None = None,
        widget: QWidget | None = None,
        returned: QStyleHintReturn | None = None,
    ) -> int:
        if hint == QStyle.StyleHint.SH_Widget_Animation_Duration:
            return 0
        return super().styleHint(hint, option, widget, returned)


def settle(canvas: Canvas, qtbot: QtBot) -> None:
    qtbot.waitUntil(lambda: not canvas.following.motion.is_running)


def drawn(canvas: Canvas) -> dict[str, tuple[float, float]]:
    return {
        block.id: canvas.drawing.block_item(block.id).pos().toTuple()
        for block in canvas.document.graph.blocks
    }


def meant(canvas: Canvas) -> dict[str, tuple[float, float]]:
    return {block.id: block.position for block in canvas.document.graph.blocks}


def test_blocks_glide_to_their_new_places_and_one_undo_brings_them_back(hand: Hand, qtbot: QtBot) -> None:
    hand.show(edits.move(chain("input", "relu", "tanh"), {"relu_1": (0.0, 400.0)}))
    canvas, before = hand.canvas, drawn(hand.canvas)
    canvas.editor.arranging.arrange(Direction.RIGHT)
    assert drawn(canvas) == before
    assert meant(canvas) != before
    settle(canvas, qtbot)
    assert drawn(canvas) == meant(canvas)
    assert canvas.document.undo_stack.count() == 1
    canvas.document.undo_stack.undo()
    assert drawn(canvas) == before


def test_blocks_stand_at_once_where_the_system_or_the_user_wants_no_motion(
    hand: Hand,
) -> None:
    hand.show(edits.move(chain("input", "relu"), {"relu_1": (0.0, 400.0)}))
    hand.canvas.following.set_animations(False)
    hand.canvas.editor.arranging.arrange(Direction.RIGHT)
    assert drawn(hand.canvas) == meant(hand.canvas)
    hand.canvas.following.set_animations(True)
    calm = Calm()
    hand.canvas.setStyle(calm)
    hand.canvas.editor.arranging.arrange(Direction.DOWN)
    assert drawn(hand.canvas) == meant(hand.canvas)


def test_a_press_during_the_motion_takes_the_block_that_is_there_in_the_end(hand: Hand, qtbot: QtBot) -> None:
    hand.show(edits.move(chain("input", "relu"), {"relu_1": (0.0, 400.0)}))
    hand.canvas.editor.arranging.arrange(Direction.RIGHT)
    corner = QPointF(*hand.graph["relu_1"].position)
    hand.drag(corner + QPointF(80, 14), corner + QPointF(80, 114))
    assert not hand.canvas.following.motion.is_running
    assert hand.graph["relu_1"].position == (corner.x(), corner.y() + 100)


def test_an_edit_during_the_motion_ends_it(hand: Hand) -> None:
    hand.show(edits.move(chain("input", "relu"), {"relu_1": (0.0, 400.0)}))
    hand.canvas.editor.arranging.arrange(Direction.RIGHT)
    hand.canvas.document.edit("Delete", lambda graph: edits.remove(graph, ["input_1"]))
    assert drawn(hand.canvas) == meant(hand.canvas)


def test_only_the_selection_is_arranged(hand: Hand, qtbot: QtBot) -> None:
    graph = edits.move(chain("input", "relu", "tanh", "relu"), {"tanh_1": (660.0, 400.0)})
    hand.show(graph)
    hand.canvas.editor.select(["tanh_1", "relu_2"])
    hand.canvas.editor.arranging.arrange(Direction.DOWN)
    settle(hand.canvas, qtbot)
    moved = {block.id for block in graph.blocks if hand.graph[block.id].position != block.position}
    assert moved <= {"tanh_1", "relu_2"}
    assert hand.graph["relu_2"].position[0] > hand.graph["tanh_1"].position[0], "the way that the design runs"
    assert hand.graph.direction is Direction.RIGHT


def test_the_whole_design_is_in_sight_afterwards(hand: Hand, qtbot: QtBot) -> None:
    hand.show(designs.inception())
    hand.canvas.editor.arranging.arrange(Direction.RIGHT)
    settle(hand.canvas, qtbot)
    assert hand.canvas.visible_area().contains(hand.canvas.drawing.content_rect())


def test_arranged_blocks_have_room_for_live_pictures(canvas: Canvas) -> None:
    canvas.document.open(designs.inception())
    canvas.following.set_animations(False)
    canvas.editor.arranging.arrange(Direction.RIGHT)
    bodies: list[QRectF] = []
    for block in canvas.document.graph.blocks:
        item = canvas.drawing.block_item(block.id)
        body = item.body
        body.setSize(QSizeF(*item.layout.room))
        assert not any(body.intersects(other) for other in bodies)
        bodies.append(body)


def test_aligning_and_distributing_move_the_selection_in_one_step(hand: Hand, qtbot: QtBot) -> None:
    hand.show(
        edits.move(loose("relu", "tanh", "sigmoid"), {"tanh_1": (300.0, 80.0), "sigmoid_1": (700.0, 20.0)})
    )
    hand.canvas.following.set_animations(False)
    hand.canvas.editor.select(["relu_1", "tanh_1", "sigmoid_1"])
    hand.canvas.editor.arranging.align("top")
    assert {block.position[1] for block in hand.graph.blocks} == {0.0}
    hand.canvas.editor.arranging.distribute("horizontal")
    assert [block.position[0] for block in hand.graph.blocks] == [0.0, 352.0, 700.0]
    assert hand.canvas.document.undo_stack.count() == 2


def test_the_menu_offers_what_fits_the_selection(hand: Hand, menu: Menu) -> None:
    hand.show(loose("relu", "tanh", "sigmoid"))

    def texts() -> str:
        return " ".join(action.text() for action in menu(QPointF()).actions())

    assert "Arrange" in texts()
    hand.canvas.editor.select(["relu_1"])
    assert "Arrange" not in texts()
    hand.canvas.editor.select(["relu_1", "tanh_1"])
    assert "Arrange" in texts()
    assert "Align" in texts()


@pytest.mark.parametrize("graph", [designs.resnet(), designs.inception()], ids=["resnet", "inception"])
@pytest.mark.parametrize("direction", Direction)
def test_no_wire_of_an_arranged_design_passes_behind_a_block(
    canvas: Canvas, graph: Graph, direction: Direction
) -> None:
    canvas.document.open(graph)
    canvas.following.set_animations(False)
    canvas.editor.arranging.arrange(direction)
    drawing = canvas.drawing
    inside = [drawing.block_item(block.id).body.adjusted(1, 1, -1, -1) for block in graph.blocks]
    for wire in (item for item in drawing.items() if isinstance(item, WireItem)):
        course = [wire.start + wire.path.pointAtPercent(step / 100) for step in range(101)]
        assert not any(body.contains(point) for body in inside for point in course)


def held(hand: Hand, frame: str) -> set[str]:
    drawing = hand.canvas.drawing
    return {block for block in hand.graph.by_id if drawing.body(frame).contains(drawing.body(block))}


@pytest.mark.parametrize("direction", Direction)
def test_a_frame_follows_its_blocks_when_they_are_arranged(
    hand: Hand, qtbot: QtBot, direction: Direction
) -> None:
    graph = edits.move(chain("input", "relu", "tanh", "conv2d", "flatten"), {"tanh_1": (200.0, 200.0)})
    graph, inner = notes.add_frame(graph, (-20.0, -60.0), (450.0, 400.0), "Inner")
    graph, outer = notes.add_frame(graph, (-60.0, -120.0), (1200.0, 600.0), "Outer")
    graph, comment = notes.add_comment(graph, (0.0, 250.0), "Look here")
    hand.show(graph)
    inside, every = held(hand, inner), held(hand, outer)
    assert inside == {"input_1", "relu_1", "tanh_1"}
    assert every == set(graph.by_id)
    hand.canvas.editor.arranging.arrange(direction)
    settle(hand.canvas, qtbot)
    assert held(hand, inner) >= inside
    assert held(hand, outer) == every
    drawing = hand.canvas.drawing
    assert drawing.body(outer).contains(drawing.body(inner))
    arranged = hand.graph
    hand.canvas.editor.arranging.arrange(direction)
    assert hand.graph == arranged
    hand.canvas.document.undo_stack.undo()
    assert hand.graph == graph
    assert comment in graph.ids
