"""Finding blocks on the canvas, with real keys."""

from __future__ import annotations

import itertools

import pytest
from PySide6.QtCore import Qt
from PySide6.QtGui import QImage
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QToolButton

from cnngui.canvas.popups.search_bar import hits
from core.design import edits
from core.design.graph import Graph
from tests.cnngui.canvas.conftest import NO_KEY, SHIFT, Hand, chain


def design() -> Graph:
    graph = chain("input", "conv2d", "relu", "conv2d", "relu", "flatten", "dense")
    graph = edits.set_param(graph, "conv2d_2", "kernel", (5, 5))
    return edits.rename(graph, "dense_1", "Scores")


@pytest.mark.parametrize(
    ("text", "found"),
    [
        ("relu", ["relu_1", "relu_2"]),
        ("SCORES", ["dense_1"]),
        ("dense", ["dense_1"]),
        ("convolution", ["conv2d_1", "conv2d_2"]),
        ("conv kernel=5", ["conv2d_2"]),
        ("5×5", ["conv2d_2"]),
        ("filters", ["conv2d_1", "conv2d_2"]),
        ("nothing like it", []),
        ("  ", []),
    ],
)
def test_blocks_are_found_by_name_kind_and_setting(text: str, found: list[str]) -> None:
    assert hits(design(), text) == found


def test_enter_goes_through_the_hits_and_round(hand: Hand) -> None:
    hand.show(design())
    bar = hand.canvas.search_bar
    bar.open()
    QTest.keyClicks(bar.line, "conv")
    assert (hand.selected(), bar.count.text()) == (["conv2d_1"], "1 of 2")
    QTest.keyClick(bar.line, Qt.Key.Key_Return)
    assert (hand.selected(), bar.count.text()) == (["conv2d_2"], "2 of 2")
    QTest.keyClick(bar.line, Qt.Key.Key_Return)
    assert hand.selected() == ["conv2d_1"]
    QTest.keyClick(bar.line, Qt.Key.Key_Return, SHIFT)
    assert hand.selected() == ["conv2d_2"]


def test_a_hit_is_brought_into_sight(hand: Hand) -> None:
    hand.show(design())
    hand.canvas.centerOn(-3000, -3000)
    bar = hand.canvas.search_bar
    bar.open()
    QTest.keyClicks(bar.line, "scores")
    assert hand.canvas.visible_area().contains(hand.canvas.drawing.block_item("dense_1").body)


def test_the_hits_follow_the_design(hand: Hand) -> None:
    hand.show(design())
    bar = hand.canvas.search_bar
    bar.open()
    QTest.keyClicks(bar.line, "relu")
    hand.canvas.editor.edit("Delete", lambda graph: edits.remove(graph, ["relu_1"]))
    assert bar.count.text() == "1 found"
    QTest.keyClick(bar.line, Qt.Key.Key_Return)
    assert hand.selected() == ["relu_2"]


def test_escape_closes_and_keeps_the_selection(hand: Hand) -> None:
    hand.show(design())
    bar = hand.canvas.search_bar
    bar.open()
    QTest.keyClicks(bar.line, "flat")
    QTest.keyClick(bar.line, Qt.Key.Key_Escape, NO_KEY)
    assert bar.isHidden()
    assert hand.canvas.hasFocus()
    assert hand.selected() == ["flatten_1"]


def test_what_is_not_there_is_said(hand: Hand) -> None:
    hand.show(design())
    bar = hand.canvas.search_bar
    bar.open()
    QTest.keyClicks(bar.line, "zebra")
    assert bar.count.text() == "No block"
    QTest.keyClick(bar.line, Qt.Key.Key_Return)
    assert hand.selected() == []


def click(button: QToolButton) -> None:
    QTest.mouseClick(button, Qt.MouseButton.LeftButton)


def test_buttons_go_through_the_hits_and_close(hand: Hand) -> None:
    hand.show(design())
    bar = hand.canvas.search_bar
    bar.open()
    assert not bar.buttons["next"].isEnabled()
    QTest.keyClicks(bar.line, "conv")
    click(bar.buttons["next"])
    assert hand.selected() == ["conv2d_2"]
    click(bar.buttons["previous"])
    assert hand.selected() == ["conv2d_1"]
    click(bar.buttons["close"])
    assert bar.isHidden()
    assert hand.canvas.hasFocus()


def test_all_hits_are_marked_while_the_bar_is_open(hand: Hand) -> None:
    hand.show(design())
    bar, found = hand.canvas.search_bar, hand.canvas.drawing.found
    bar.open()
    before = picture_of(hand)
    QTest.keyClicks(bar.line, "relu")
    assert list(found.parts) == ["relu_1", "relu_2"]
    assert hand.selected() == ["relu_1"]
    assert picture_of(hand) != before
    hand.canvas.editor.edit("Delete", lambda graph: edits.remove(graph, ["relu_1"]))
    assert list(found.parts) == ["relu_2"]
    QTest.keyClick(bar.line, Qt.Key.Key_Escape)
    assert list(found.parts) == []


def picture_of(hand: Hand) -> QImage:
    """What is painted around the second of the blocks that aren't selected."""
    canvas = hand.canvas
    around = canvas.drawing.block_item("relu_2").body.adjusted(-8, -8, 8, 8)
    return canvas.viewport().grab(canvas.pixels_of(around)).toImage()


def test_the_current_hit_is_told_from_the_others(hand: Hand) -> None:
    hand.show(design())
    bar, found = hand.canvas.search_bar, hand.canvas.drawing.found
    bar.open()
    QTest.keyClicks(bar.line, "relu")
    assert found.current == "relu_1"
    before = picture_of(hand)
    QTest.keyClick(bar.line, Qt.Key.Key_Return)
    assert found.current == "relu_2"
    for zoom in (1.0, 0.3):
        hand.canvas.zoom_to(zoom)
        with_current = picture_of(hand)
        found.show(found.parts)
        assert picture_of(hand) != with_current
        found.show(found.parts, "relu_2")
    assert before != with_current
    hand.canvas.editor.select(["input_1"], ())
    assert found.current is None


def test_find_takes_over_from_quick_add(hand: Hand) -> None:
    hand.show(design())
    hand.canvas.editor.select(["relu_1"], ())
    bar, adding = hand.canvas.search_bar, hand.canvas.quick_add
    adding.open_after_current()
    QTest.keyClick(adding.line, "f")
    bar.open()
    assert adding.isHidden()
    assert bar.line.hasFocus()
    QTest.keyClicks(bar.line, "conv")
    QTest.keyClick(bar.line, Qt.Key.Key_Return)
    assert hand.selected() == ["conv2d_2"]
    QTest.keyClick(bar.line, Qt.Key.Key_Escape)
    assert bar.isHidden()
    assert hand.canvas.hasFocus()


def test_of_all_popups_one_is_open(hand: Hand) -> None:
    hand.show(design())
    canvas = hand.canvas
    canvas.editor.select(["relu_1"], ())
    popups = {
        canvas.quick_add: canvas.quick_add.open_after_current,
        canvas.connect_to: canvas.connect_to.open_for_current,
    }
    for first, second in itertools.permutations(popups, 2):
        popups[first]()
        assert first.isVisible()
        popups[second]()
        assert first.isHidden()
        assert second.line.hasFocus()
        second.dismiss()
        assert canvas.hasFocus()


def test_a_popup_takes_over_from_a_comment_that_is_written(hand: Hand) -> None:
    hand.show(design())
    canvas = hand.canvas
    canvas.editor.notes.add_comment()
    QTest.keyClicks(canvas.note_editor, "Look here")
    canvas.quick_add.open_after_current()
    assert canvas.note_editor.isHidden()
    assert [comment.text for comment in hand.graph.comments] == ["Look here"]
    assert canvas.quick_add.line.hasFocus()
    canvas.editor.notes.add_comment()
    assert canvas.quick_add.isHidden()
    assert canvas.note_editor.hasFocus()
