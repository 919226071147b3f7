"""Designs that run top down: ports above and below, and everything that is built, moved or said follows."""

from __future__ import annotations

import itertools

import pytest
from PySide6.QtCore import QPointF, QRectF, Qt

from cnngui.canvas.drawing.scene import Scene
from cnngui.canvas.drawing.style import Style
from cnngui.canvas.drawing.wires.wire_item import WireItem
from cnngui.canvas.editor.mime import layer_mime, snippet_mime
from cnngui.canvas.view.view import Canvas
from cnngui.models.designs import open_design
from cnngui.theme.theme import DARK
from core.design import edits, groups
from core.design.direction import Direction
from core.design.graph import Graph, Wire
from tests.cnngui.canvas.conftest import CTRL, Hand, Menu, chain
from tests.core.drawing import designs_for_layout as designs

DOWN = Direction.DOWN


def column(*kinds: str) -> Graph:
    """A chain from the top down."""
    graph = edits.set_direction(chain(*kinds), DOWN)
    return edits.move(graph, {block.id: (0.0, 200.0 * n) for n, block in enumerate(graph.blocks)})


def bodies(hand: Hand) -> dict[str, QRectF]:
    """With room for live pictures."""
    found = {}
    for block in hand.canvas.drawing.bodies():
        item = hand.canvas.drawing.block_item(block)
        found[block] = QRectF(*item.pos().toTuple(), *item.layout.room)
    return found


def overlaps(found: dict[str, QRectF]) -> list[tuple[str, str]]:
    return [(a, b) for a, b in itertools.combinations(found, 2) if found[a].intersects(found[b])]


def tops(hand: Hand, *blocks: str) -> list[float]:
    return [hand.graph[block].position[1] for block in blocks]


def wires(canvas: Canvas) -> list[WireItem]:
    return [item for item in canvas.drawing.items() if isinstance(item, WireItem)]


def test_arranging_turns_the_design_in_one_step(hand: Hand) -> None:
    graph = chain("input", "conv2d", "relu")
    hand.show(graph)
    canvas = hand.canvas
    canvas.following.set_animations(False)
    canvas.editor.arranging.arrange(DOWN)
    assert hand.graph.direction is DOWN
    assert {block.position[0] for block in hand.graph.blocks} == {0.0}
    assert canvas.document.undo_stack.count() == 1
    canvas.document.undo_stack.undo()
    assert hand.graph == graph
    assert hand.output("conv2d_1") == canvas.drawing.body("conv2d_1").topRight() + QPointF(0, 44)
    canvas.document.undo_stack.redo()
    canvas.editor.arranging.arrange(Direction.RIGHT)
    assert hand.graph.direction is Direction.RIGHT
    assert {block.position[1] for block in hand.graph.blocks} == {0.0}


def test_turning_alone_moves_the_ports_and_no_block(hand: Hand) -> None:
    graph = chain("input", "relu", "add")
    hand.show(graph)
    hand.canvas.editor.arranging.turn()
    assert hand.graph == edits.set_direction(graph, DOWN)
    body = hand.canvas.drawing.body("relu_1")
    assert hand.input("relu_1") == QPointF(body.center().x(), body.top())
    assert hand.output("relu_1") == QPointF(body.center().x(), body.bottom())
    first, second = hand.input("add_1"), hand.input("add_1", 1)
    assert (first.y(), second.y()) == (hand.canvas.drawing.body("add_1").top(),) * 2
    assert first.x() + 24 == second.x()
    fresh = Scene(Style(DARK))
    fresh.show(hand.graph, hand.canvas.document.inference)
    hand.canvas.editor.select((), ())
    assert hand.canvas.drawing.snapshot() == fresh.snapshot()


def test_a_folded_group_has_its_ports_above_and_below(hand: Hand) -> None:
    graph = column("input", "conv2d", "relu", "tanh")
    hand.show(groups.fold(groups.group(graph, ["conv2d_1", "relu_1"]), "group_1"))
    body = hand.canvas.drawing.body("group_1")
    assert hand.input("conv2d_1") == QPointF(body.center().x(), body.top())
    assert hand.output("relu_1") == QPointF(body.center().x(), body.bottom())


def test_what_folded_groups_hide_is_turned_as_well(hand: Hand) -> None:
    graph = groups.fold(
        groups.group(chain("input", "conv2d", "relu", "tanh"), ["conv2d_1", "relu_1"]), "group_1"
    )
    hand.show(graph)
    hand.canvas.following.set_animations(False)
    hand.canvas.editor.arranging.arrange(DOWN)
    hand.canvas.editor.groups.toggle("group_1")
    assert {block.position[0] for block in hand.graph.blocks} == {hand.graph["input_1"].position[0]}
    assert tops(hand, "input_1", "conv2d_1", "relu_1", "tanh_1") == sorted(
        tops(hand, "input_1", "conv2d_1", "relu_1", "tanh_1")
    )
    assert not overlaps(bodies(hand))


def test_a_wire_is_drawn_from_below_a_block_to_the_top_of_another(hand: Hand) -> None:
    graph = column("input", "relu")
    hand.show(edits.without_wires(graph, graph.wires))
    hand.drag(hand.output("input_1"), hand.input("relu_1"))
    assert hand.graph.wires == graph.wires
    (item,) = wires(hand.canvas)
    assert item.path.boundingRect().width() == 0, "straight down"


@pytest.mark.parametrize("name", ["resnet20", "inception", "lenet5"])
@pytest.mark.parametrize("opened", [False, True])
def test_no_wire_is_hidden_and_no_label_in_the_way(canvas: Canvas, name: str, opened: bool) -> None:
    graph = open_design(name).project.design
    for group in graph.groups if opened else ():
        graph = groups.fold(graph, group.id, False)
    canvas.document.open(graph)
    canvas.following.set_animations(False)
    canvas.editor.arranging.arrange(DOWN)
    drawn = [canvas.drawing.block_item(block).body for block in canvas.drawing.bodies()]
    assert not [1 for a, b in itertools.combinations(drawn, 2) if a.intersects(b)]
    inside = [body.adjusted(1, 1, -1, -1) for body in drawn]
    for wire in wires(canvas):
        course = [wire.start + wire.path.pointAtPercent(step / 100) for step in range(101)]
        assert not any(body.contains(point) for body in inside for point in course)
    labels = [area for area in (wire.label_area() for wire in wires(canvas)) if area is not None]
    assert len(labels) > len(drawn) / 2
    assert not [1 for a, b in itertools.combinations(labels, 2) if a.intersects(b)]
    assert not [1 for area in labels for body in drawn if area.intersects(body)]


def test_a_selection_is_arranged_the_way_that_the_design_runs(hand: Hand, menu: Menu) -> None:
    hand.show(column("input", "relu", "tanh", "sigmoid"))
    hand.canvas.following.set_animations(False)
    hand.canvas.editor.select(["relu_1", "tanh_1"])
    assert "Arrange Selection" in [action.text() for action in menu(QPointF()).actions()]
    hand.canvas.editor.arranging.arrange(Direction.RIGHT)
    assert hand.graph.direction is DOWN
    assert hand.graph["relu_1"].position[0] == hand.graph["tanh_1"].position[0]


def test_a_block_dropped_on_a_wire_makes_room_below(hand: Hand) -> None:
    graph = column("input", "relu", "tanh", "sigmoid")
    graph = edits.move(graph, {"sigmoid_1": (600.0, 500.0)})
    hand.show(graph)
    hand.drop(layer_mime("conv2d"), hand.middle(Wire("input_1", "relu_1")))
    order = ["input_1", "conv2d_1", "relu_1", "tanh_1"]
    assert list(hand.graph.order) == [*order, "sigmoid_1"]
    assert tops(hand, *order) == sorted(tops(hand, *order))
    assert {hand.graph[block].position[0] for block in order} == {0.0}
    assert hand.graph["sigmoid_1"] == graph["sigmoid_1"], "another column"
    assert not overlaps(bodies(hand))
    assert hand.canvas.document.undo_stack.count() == 1


@pytest.mark.parametrize("direction", Direction)
def test_a_block_dropped_between_folded_groups_makes_room_among_them(
    hand: Hand, direction: Direction
) -> None:
    graph = groups.group(chain("input", "conv2d", "relu", "tanh", "sigmoid"), ["conv2d_1", "relu_1"])
    hand.show(groups.fold(groups.group(graph, ["tanh_1", "sigmoid_1"]), "group_1"))
    hand.canvas.following.set_animations(False)
    hand.canvas.editor.groups.toggle("group_2")
    hand.canvas.editor.arranging.arrange(direction)
    drawing = hand.canvas.drawing
    wire = Wire("relu_1", "tanh_1")
    before = hand.graph
    hand.drop(layer_mime("flatten"), (hand.output("relu_1") + hand.input("tanh_1")) / 2)
    assert wire not in hand.graph.wires
    assert not overlaps(bodies(hand))
    begin, new, end = (
        direction.turn(drawing.body(i).topLeft().toTuple()) for i in ("group_1", "flatten_1", "group_2")
    )
    assert begin[0] < new[0] < end[0]
    assert begin[1] == new[1] == end[1]
    inside = ("tanh_1", "sigmoid_1")
    ways = {
        (hand.graph[i].position[0] - before[i].position[0], hand.graph[i].position[1] - before[i].position[1])
        for i in inside
    }
    assert len(ways) == 1, "what a group hides moves with it"


def test_appended_blocks_go_below_and_beside_what_is_there(hand: Hand) -> None:
    hand.show(column("input"))
    hand.canvas.editor.select(["input_1"])
    for kind in ("conv2d", "relu", "max_pool"):
        hand.canvas.editor.blocks.add(kind)
    assert {block.position[0] for block in hand.graph.blocks} == {0.0}
    assert len(hand.graph.wires) == 3
    hand.canvas.editor.select(["input_1"])
    beside = hand.canvas.editor.blocks.add("tanh")
    assert beside is not None
    assert hand.graph[beside].position[0] > hand.canvas.drawing.body("conv2d_1").right()
    assert not overlaps(bodies(hand))


@pytest.mark.parametrize("direction", Direction)
def test_a_snippet_dropped_between_folded_groups_lies_on_neither(hand: Hand, direction: Direction) -> None:
    graph = groups.group(chain("input", "conv2d", "relu", "tanh", "sigmoid"), ["conv2d_1", "relu_1"])
    graph = groups.group(groups.fold(graph, "group_1"), ["tanh_1", "sigmoid_1"])
    hand.show(groups.fold(graph, "group_2"))
    hand.canvas.following.set_animations(False)
    hand.canvas.editor.arranging.arrange(direction)
    hand.drop(snippet_mime("lenet_stage"), (hand.output("relu_1") + hand.input("tanh_1")) / 2)
    assert len(hand.graph.blocks) == 8
    assert not overlaps(bodies(hand))
    corners = {
        part: direction.turn(hand.canvas.drawing.body(part).topLeft().toTuple())
        for part in ("group_1", "group_2")
    }
    new = [direction.turn(hand.graph[block].position) for block in ("conv2d_2", "relu_2")]
    assert all(corners["group_1"][0] < along < corners["group_2"][0] for along, _ in new)


@pytest.mark.parametrize("snippet", ["residual", "inception", "lenet_stage"])
def test_a_snippet_dropped_on_a_wire_runs_down(hand: Hand, snippet: str) -> None:
    hand.show(column("input", "relu", "tanh"))
    hand.drop(snippet_mime(snippet), hand.middle(Wire("input_1", "relu_1")))
    added = hand.graph.by_id.keys() - {"input_1", "relu_1", "tanh_1"}
    assert added
    assert all(tops(hand, wire.source) < tops(hand, wire.target) for wire in hand.graph.wires)
    assert not overlaps(bodies(hand))


def test_a_remedy_puts_its_block_below(hand: Hand) -> None:
    hand.show(column("input", "dense", "classification"))
    problem = hand.canvas.document.inference.problem("dense_1")
    assert problem is not None
    fix = hand.canvas.document.with_fixes(problem).fixes[0]
    hand.canvas.editor.mend(fix)
    assert tops(hand, *hand.graph.order) == sorted(tops(hand, *hand.graph.order))
    assert not overlaps(bodies(hand))


def test_opening_a_group_makes_room_below_and_folding_closes_it(hand: Hand) -> None:
    arranged = column("input", "conv2d", "relu", "tanh")
    hand.show(arranged)
    hand.canvas.editor.select(["conv2d_1", "relu_1"])
    hand.canvas.editor.groups.group()
    assert hand.graph["tanh_1"].position[1] < arranged["tanh_1"].position[1]
    hand.canvas.editor.groups.toggle("group_1")
    assert not hand.canvas.drawing.body("group_1").intersects(hand.canvas.drawing.body("tanh_1"))
    assert hand.graph["tanh_1"].position[0] == arranged["tanh_1"].position[0]


def test_the_arrow_keys_go_along_the_design(hand: Hand) -> None:
    hand.show(column("input", "relu", "tanh"))
    hand.canvas.editor.select(["input_1"])
    for block in ("relu_1", "tanh_1"):
        hand.key(Qt.Key.Key_Down, CTRL)
        assert hand.selected() == [block]
    hand.key(Qt.Key.Key_Up, CTRL)
    assert hand.selected() == ["relu_1"]
    hand.key(Qt.Key.Key_Right, CTRL)
    assert hand.selected() == ["relu_1"]


def test_a_design_pasted_into_an_empty_one_brings_its_direction(hand: Hand) -> None:
    hand.show(column("input", "relu"))
    hand.canvas.editor.select_all()
    hand.canvas.editor.clipboard.copy()
    hand.canvas.document.open(Graph())
    hand.canvas.editor.clipboard.paste()
    assert hand.graph.direction is DOWN
    hand.show(chain("input", "relu"))
    hand.canvas.editor.clipboard.paste()
    assert hand.graph.direction is Direction.RIGHT


def test_merging_blocks_have_their_ports_within_their_width(hand: Hand) -> None:
    graph = edits.set_direction(designs.dense_block(12), DOWN)
    hand.show(graph)
    last = max((block.id for block in graph.blocks), key=lambda block: len(graph.incoming(block)))
    ports = [hand.input(last, number).x() for number in range(len(graph.incoming(last)))]
    body = hand.canvas.drawing.body(last)
    assert ports == sorted(set(ports))
    assert body.left() + 20 < ports[0] and ports[-1] < body.right() - 20
