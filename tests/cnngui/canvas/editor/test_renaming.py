"""Names are edited on the canvas, where they stand."""

from __future__ import annotations

import pytest
from PySide6.QtCore import Qt
from PySide6.QtTest import QTest

from core.design.groups import fold, group
from tests.cnngui.canvas.conftest import Hand, chain

PARTS = pytest.mark.parametrize("part", ["input_1", "group_1"])


@PARTS
@pytest.mark.parametrize("folded", [False, True])
def test_a_name_is_edited_where_it_stands(hand: Hand, part: str, *, folded: bool) -> None:
    hand.show(fold(group(chain("input", "relu", "tanh"), ["relu_1", "tanh_1"]), "group_1", folded))
    canvas, field, before = hand.canvas, hand.canvas.note_editor, hand.graph
    canvas.editor.select([part])
    canvas.editor.selected.rename()
    name = canvas.pixels_of(canvas.drawing.title(part))
    assert field.isVisible()
    assert field.geometry().contains(name.center())
    assert field.height() < 2 * name.height()
    assert field.textCursor().selectedText() == field.toPlainText() != ""
    QTest.keyClicks(field, "Something else")
    QTest.keyClick(field, Qt.Key.Key_Escape)
    assert hand.graph is before
    canvas.editor.selected.rename()
    QTest.keyClicks(field, "Eye")
    QTest.keyClick(field, Qt.Key.Key_Return)
    assert (hand.graph.group(part) if part == "group_1" else hand.graph[part]).name == "Eye"
    canvas.document.undo_stack.undo()
    assert hand.graph == before


def test_a_name_that_cannot_be_is_refused_with_the_reason(hand: Hand) -> None:
    hand.show(chain("input"))
    hand.canvas.editor.select(["input_1"])
    before = hand.graph
    told: list[str] = []
    hand.canvas.editor.refused.connect(lambda text, _: told.append(text))
    hand.canvas.editor.selected.rename()
    QTest.keyClick(hand.canvas.note_editor, Qt.Key.Key_Delete)
    QTest.keyClick(hand.canvas.note_editor, Qt.Key.Key_Return)
    assert hand.graph is before
    assert "A block needs a name." in told[0]
