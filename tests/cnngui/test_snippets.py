"""Snippets from the palette: put behind the current block, connected, in one step that can be undone."""

from __future__ import annotations

import pytest
from PySide6.QtCore import Qt
from PySide6.QtTest import QTest
from pytestqt.qtbot import QtBot

from cnngui.canvas.view import Canvas
from cnngui.document import Document
from cnngui.panels.palette import Palette
from cnngui.selection import Selection
from cnngui.snippets import insert
from cnngui.theme import ThemeManager
from core.templates import SNIPPETS
from tests.cnngui.runs import GRAPH


@pytest.fixture
def canvas(qtbot: QtBot, themes: ThemeManager) -> Canvas:
    made = Canvas(Document(), Selection(), themes)
    qtbot.addWidget(made)
    made.document.open(GRAPH)
    return made


def test_a_chosen_snippet_is_inserted_and_selected(
    qtbot: QtBot, themes: ThemeManager, canvas: Canvas
) -> None:
    palette = Palette(themes)
    qtbot.addWidget(palette)
    palette.snippet_chosen.connect(lambda name: insert(canvas, name))
    palette.search.setText("residual")
    canvas.selection.set(["relu_1"])
    QTest.keyClick(palette.search, Qt.Key.Key_Return)
    new = canvas.document.graph.by_id.keys() - GRAPH.by_id.keys()
    assert set(canvas.selection.ids) == new
    assert not canvas.document.inference.errors
    assert {wire.source for wire in canvas.document.graph.incoming("max_pool_1")} <= new
    canvas.document.undo_stack.undo()
    assert canvas.document.graph == GRAPH


def test_a_snippet_that_cannot_stand_there_says_why(canvas: Canvas) -> None:
    said: list[str] = []
    canvas.message.connect(said.append)
    canvas.selection.set(["dense_1"])
    insert(canvas, SNIPPETS[0].name)
    assert canvas.document.graph == GRAPH
    assert "needs an image" in said[0]
