"""The courses of wires follow the blocks: whatever moves, no wire passes behind one where it needn't."""

from __future__ import annotations

import pytest
from PySide6.QtCore import QPointF
from PySide6.QtGui import QColor, QImage

from cnngui.canvas.drawing.picking import wire_at
from cnngui.canvas.drawing.ports import Port
from cnngui.canvas.drawing.scene import Scene
from cnngui.canvas.drawing.style import Style
from cnngui.canvas.drawing.wires.wire_item import WireItem
from cnngui.canvas.view.view import Canvas
from cnngui.theme.theme import DARK
from core.design import edits
from core.design.graph import Graph, Wire
from core.layers import LAYERS
from tests.cnngui.canvas.conftest import Hand, chain, loose

SKIP = Wire("input_1", "tanh_1")


@pytest.fixture
def skipping(hand: Hand) -> Hand:
    """A wire from the first to the last block of a row, and one block in its way."""
    graph = edits.disconnect(chain("input", "relu", "tanh"), Wire("relu_1", "tanh_1"))
    hand.show(edits.connect(graph, "input_1", "tanh_1"))
    return hand


def item(canvas: Canvas, wire: Wire) -> WireItem:
    ends = [
        canvas.drawing.port_point(Port(wire.source, True)),
        canvas.drawing.port_point(Port(wire.target, False)),
    ]
    found = (item for item in canvas.drawing.items() if isinstance(item, WireItem))
    return next(item for item in found if [item.outline.first(), item.outline.last()] == ends)


def hides(canvas: Canvas, wire: Wire, block: str) -> bool:
    """Whether the wire passes behind the block."""
    drawn = item(canvas, wire)
    body = canvas.drawing.block_item(block).body.adjusted(1, 1, -1, -1)
    steps = (drawn.path.pointAtPercent(step / 200) + drawn.start for step in range(201))
    return any(body.contains(point) for point in steps)


def test_a_wire_leads_around_the_block_between_its_ends(skipping: Hand) -> None:
    assert not hides(skipping.canvas, SKIP, "relu_1")
    assert item(skipping.canvas, SKIP).outline.first() == skipping.output("input_1")
    assert item(skipping.canvas, SKIP).outline.last() == skipping.input("tanh_1")


def test_a_wire_gives_way_to_a_block_while_it_is_dragged(skipping: Hand) -> None:
    canvas = skipping.canvas
    skipping.press(skipping.header("relu_1"))
    skipping.move(skipping.header("relu_1") + QPointF(0, 300))
    straight = item(canvas, SKIP)
    assert {point.y() for point in straight.outline.toList()} == {skipping.output("input_1").y()}
    skipping.move(skipping.header("relu_1") + QPointF(0, -300))
    assert not hides(canvas, SKIP, "relu_1")
    assert len({point.y() for point in straight.outline.toList()}) > 1
    skipping.release(skipping.header("relu_1"))


def test_a_wire_is_straight_again_when_the_block_in_its_way_is_deleted(skipping: Hand) -> None:
    skipping.click(skipping.header("relu_1"))
    skipping.canvas.editor.selected.delete()
    assert len({point.y() for point in item(skipping.canvas, SKIP).outline.toList()}) == 1


def test_wires_follow_blocks_that_grow_with_a_live_picture(canvas: Canvas) -> None:
    graph = edits.move(chain("input", "relu", "tanh"), {"relu_1": (220.0, -60.0)})
    graph = edits.connect(graph, "input_1", "tanh_1")
    graph = Graph(graph.blocks, (SKIP,))
    canvas.document.open(graph)
    assert not hides(canvas, SKIP, "relu_1")
    picture = QImage(8, 8, QImage.Format.Format_RGB32)
    picture.fill(QColor("white"))
    before = item(canvas, SKIP).outline
    canvas.set_thumbnails({"relu_1": picture})
    assert not hides(canvas, SKIP, "relu_1")
    assert item(canvas, SKIP).outline != before
    canvas.set_thumbnails({})
    assert item(canvas, SKIP).outline == before


def test_a_wire_that_leads_back_passes_beside_both_blocks(canvas: Canvas) -> None:
    graph = edits.connect(loose("relu", "tanh"), "tanh_1", "relu_1")
    canvas.document.open(graph)
    assert not hides(canvas, graph.wires[0], "relu_1")
    assert not hides(canvas, graph.wires[0], "tanh_1")


def test_a_click_finds_a_wire_on_its_detour(skipping: Hand) -> None:
    drawn = item(skipping.canvas, SKIP)
    assert wire_at(skipping.canvas.drawing, drawn.start + drawn.path.pointAtPercent(0.5)) == SKIP


def test_only_wires_near_a_moved_block_are_led_anew(canvas: Canvas, monkeypatch: pytest.MonkeyPatch) -> None:
    kinds = ("input", *["relu"] * 40)
    graph = chain(*kinds)
    canvas.document.open(graph)
    led = []
    lead = WireItem.set_course

    def counted(item: WireItem, *course: object) -> None:
        led.append(item)
        lead(item, *course)  # type: ignore[arg-type]

    monkeypatch.setattr(WireItem, "set_course", counted)
    canvas.document.edit("Move", lambda graph: edits.move(graph, {"relu_20": (220.0 * 20, 8.0)}))
    assert 2 <= len(led) < 8
    fresh = Scene(Style(DARK))
    fresh.show(canvas.document.graph, canvas.document.inference)
    assert {w: fresh.snapshot()[w] for w in graph.wires} == {
        w: canvas.drawing.snapshot()[w] for w in graph.wires
    }


def test_a_wire_that_leads_back_waits_for_the_end_of_a_drag(hand: Hand) -> None:
    graph = edits.move(chain("input", "relu", "tanh"), {"tanh_1": (0, 260)})
    graph = edits.add(graph, edits.new_block(graph, LAYERS["elu"](), (700, 500)))
    hand.show(graph)
    wire, drawing, inference = Wire("relu_1", "tanh_1"), hand.canvas.drawing, hand.canvas.document.inference
    before, middle = drawing.snapshot()[wire], item(hand.canvas, wire).outline.boundingRect().center()
    moved = edits.move(graph, {"elu_1": (middle.x() - 40, middle.y() - 80)})
    drawing.show(moved, inference, passing=True)
    assert drawing.snapshot()[wire] == before
    drawing.show(moved, inference)
    fresh = Scene(Style(DARK))
    fresh.show(moved, inference)
    assert drawing.snapshot()[wire] == fresh.snapshot()[wire] != before
