"""Snippets: put behind a block, into a wire or at the open end, in one step that can be undone."""

from __future__ import annotations

import pytest
from PySide6.QtCore import QPointF, Qt
from PySide6.QtTest import QTest
from pytestqt.qtbot import QtBot

from cnngui.canvas.editor.mime import snippet_mime
from cnngui.canvas.view.view import Canvas
from cnngui.panels.design.palette import Palette
from cnngui.theme.theme import BLOCK_HEADER, ThemeManager
from core.design.graph import Graph, Wire
from core.design.spec import DataSpec
from core.drawing.measures import BLOCK_WIDTH
from core.templates import SNIPPETS, TEMPLATES, Snippet
from tests.cnngui.canvas.conftest import LEFT, NO_KEY, Hand, chain
from tests.cnngui.drags import click_twice

DIGITS = DataSpec((1, 28, 28), 10)


@pytest.fixture
def palette(qtbot: QtBot, themes: ThemeManager, canvas: Canvas) -> Palette:
    made = Palette(themes)
    qtbot.addWidget(made)
    made.chosen.connect(canvas.editor.blocks.add)
    made.snippet_chosen.connect(canvas.editor.snippets.add)
    made.resize(220, 1400)
    made.show()
    return made


def kinds(graph: Graph) -> list[str]:
    return [graph[block].layer.kind for block in graph.order]


def overlaps(hand: Hand) -> list[tuple[str, str]]:
    drawing = hand.canvas.drawing
    bodies = {block: drawing.block_item(block).body for block in drawing.graph.by_id}
    return [(a, b) for a in bodies for b in bodies if a < b and bodies[a].intersects(bodies[b])]


def double_click(palette: Palette, title: str) -> None:
    found = palette.layers.findItems(title, Qt.MatchFlag.MatchExactly | Qt.MatchFlag.MatchRecursive)
    (item,) = (item for item in found if item.parent())  # a heading may have the same name
    palette.layers.scrollToItem(item)
    place = palette.layers.visualItemRect(item).center()
    QTest.mouseClick(palette.layers.viewport(), LEFT, pos=place)
    click_twice(palette.layers.viewport(), LEFT, pos=place)
    QTest.mouseRelease(palette.layers.viewport(), LEFT, pos=place)


def test_lenet5_is_four_double_clicks(hand: Hand, palette: Palette) -> None:
    hand.canvas.document.data = DIGITS
    for gesture in ("Input", "LeNet stage", "LeNet stage", "Dense head"):
        double_click(palette, gesture)
    lenet5 = next(template for template in TEMPLATES if template.name == "lenet5").build()
    assert [block.layer for block in hand.graph.blocks] == [block.layer for block in lenet5.blocks]
    assert not hand.canvas.document.inference.problems
    assert not overlaps(hand)


def test_lenet5_is_three_drags(hand: Hand) -> None:
    hand.canvas.document.data = DIGITS
    for number, name in enumerate(("lenet_stage", "lenet_stage", "dense_head")):
        hand.drop(snippet_mime(name), QPointF(-300, -200 + 150 * number))
    assert len(hand.graph.blocks) == 14
    assert not hand.canvas.document.inference.problems
    assert not overlaps(hand)


def test_a_typed_snippet_says_what_it_gives_and_is_added(hand: Hand) -> None:
    hand.show(chain("input"))
    hand.canvas.editor.select(["input_1"])
    hand.key(Qt.Key.Key_Tab)
    popup = hand.canvas.quick_add
    QTest.keyClicks(popup.line, "lenet")
    (choice,) = popup.list.choices.choices
    assert choice.detail == "Output 6 × 14 × 14"
    QTest.keyClick(popup.line, Qt.Key.Key_Return, NO_KEY)
    assert kinds(hand.graph) == ["input", "conv2d", "relu", "max_pool"]
    assert hand.selected() == ["conv2d_1", "relu_1", "max_pool_1"]


def test_a_typed_snippet_says_why_it_does_not_fit(hand: Hand) -> None:
    hand.show(chain("input", "flatten"))
    hand.canvas.editor.select(["flatten_1"])
    hand.key(Qt.Key.Key_Tab)
    popup = hand.canvas.quick_add
    QTest.keyClicks(popup.line, "residual")
    (choice,) = popup.list.choices.choices
    assert not choice.possible
    assert "needs an image" in choice.detail


def test_a_layer_comes_before_a_snippet_of_the_same_words(hand: Hand) -> None:
    hand.show(chain("input"))
    hand.canvas.editor.select(["input_1"])
    hand.key(Qt.Key.Key_Tab)
    QTest.keyClicks(hand.canvas.quick_add.line, "conv")
    titles = [choice.title for choice in hand.canvas.quick_add.list.choices.choices]
    assert titles[0] == "Conv 2D"
    assert "Conv + Norm + ReLU" in titles


def test_dropped_on_a_wire_it_is_inserted_and_the_row_makes_room(hand: Hand) -> None:
    before = chain("input", "relu", "tanh")
    hand.show(before)
    hand.drop(snippet_mime("inception"), hand.middle(Wire("relu_1", "tanh_1")))
    new = set(hand.selected())
    assert {wire.source for wire in hand.graph.incoming("tanh_1")} <= new
    assert Wire("input_1", "relu_1") in hand.graph.wires
    assert not overlaps(hand)
    hand.canvas.document.undo_stack.undo()
    assert hand.graph == before


def test_of_several_wires_out_of_a_block_only_the_one_below_is_led_on(hand: Hand) -> None:
    graph = chain("input", "relu", "add")
    hand.show(Graph(graph.blocks, (*graph.wires, Wire("input_1", "add_1", 1))))
    hand.drop(snippet_mime("conv_norm_relu"), hand.middle(Wire("relu_1", "add_1")))
    assert Wire("input_1", "add_1", 1) in hand.graph.wires
    assert Wire("input_1", "relu_1") in hand.graph.wires


def test_it_is_seen_before_it_is_dropped(hand: Hand) -> None:
    graph = chain("input", "relu")
    hand.show(graph)
    before = hand.canvas.drawing.snapshot()
    hand.drag_in(snippet_mime("residual"), hand.middle(graph.wires[0]))
    assert len(hand.canvas.drawing.graph.blocks) == 9
    hand.drag_over(snippet_mime("residual"), QPointF(300, 250))
    assert Wire("input_1", "relu_1") in hand.canvas.drawing.graph.wires
    held = hand.canvas.drawing.block_item("conv2d_1").pos()
    assert held == QPointF(300 - BLOCK_WIDTH / 2, 250 - BLOCK_HEADER / 2)
    hand.drag_out()
    assert hand.canvas.drawing.snapshot() == before
    assert hand.graph == graph


def test_where_it_cannot_stand_the_reason_is_shown(hand: Hand) -> None:
    graph = chain("input", "flatten", "dense", "classification")
    hand.show(graph)
    hand.drag_in(snippet_mime("residual"), QPointF(300, 250))
    assert "no open end" in hand.canvas.hint_text()
    on_wire = hand.middle(Wire("flatten_1", "dense_1"))
    hand.drag_over(snippet_mime("residual"), on_wire)
    assert "needs an image" in hand.canvas.hint_text()
    hand.drop(snippet_mime("residual"), on_wire)
    assert hand.graph == graph


def test_a_chosen_snippet_goes_behind_the_current_block(hand: Hand, palette: Palette) -> None:
    graph = chain("input", "relu", "max_pool")
    hand.show(graph)
    hand.canvas.editor.select(["relu_1"])
    palette.search.setText("residual")
    QTest.keyClick(palette.search, Qt.Key.Key_Return)
    new = hand.graph.by_id.keys() - graph.by_id.keys()
    assert set(hand.selected()) == new
    assert {wire.source for wire in hand.graph.incoming("max_pool_1")} <= new
    hand.canvas.document.undo_stack.undo()
    assert hand.graph == graph


def test_a_head_in_the_middle_of_a_network_is_refused(hand: Hand) -> None:
    said: list[str] = []
    hand.canvas.editor.message.connect(said.append)
    graph = chain("input", "relu")
    hand.show(graph)
    hand.canvas.editor.select(["input_1"])
    assert hand.canvas.editor.snippets.add("dense_head") == ()
    assert hand.graph == graph
    assert "ends the network" in said[0]


@pytest.mark.parametrize("snippet", SNIPPETS, ids=lambda snippet: snippet.name)
def test_on_an_empty_canvas_a_snippet_begins_with_the_data(hand: Hand, snippet: Snippet) -> None:
    hand.canvas.document.data = DataSpec((3, 32, 32), 5)
    assert hand.canvas.editor.snippets.add(snippet.name)
    assert hand.canvas.document.inference.shapes["input_1"] == (3, 32, 32)
    assert not [p for p in hand.canvas.document.inference.errors if p.block]
