"""The editor needs no widget: it edits what a scene draws, and asks a sight for what depends on a view."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from dataclasses import dataclass, field

import pytest
from PySide6.QtCore import QPoint, QPointF, QRectF
from PySide6.QtWidgets import QApplication

from cnngui.canvas.drawing.scene import Scene
from cnngui.canvas.drawing.style import Style
from cnngui.canvas.editor.editor import Editor
from cnngui.models.document import Document
from cnngui.models.selection import Selection
from cnngui.theme.theme import DARK
from core.design.direction import Direction
from core.design.graph import Graph
from tests.cnngui.canvas.conftest import chain


@dataclass
class Notebook:
    """A sight that writes down what it is asked for."""

    area: QRectF = field(default_factory=lambda: QRectF(0, 0, 1000, 600))
    seen: list[str] = field(default_factory=list)
    answer: str = ""

    def visible_area(self) -> QRectF:
        return self.area

    def pointed_at(self) -> QPointF | None:
        return None

    def bring_into_sight(self, parts: Iterable[str]) -> None:
        self.seen += parts

    def fit(self) -> None:
        self.seen.append("all")

    def end_preview(self) -> None:
        """There is none."""

    def glide(self, before: Graph) -> None:
        self.seen.append("gliding")

    def ask(
        self, what: str, text: str, area: QRectF, done: Callable[[str], object], *, one_line: bool = False
    ) -> None:
        done(self.answer)


@pytest.fixture
def sight() -> Notebook:
    return Notebook()


@pytest.fixture
def editor(qapp: QApplication, sight: Notebook) -> Editor:
    """Of an empty design, which is drawn as it changes."""
    document, drawing = Document(), Scene(Style(DARK))
    document.changed.connect(lambda: drawing.show(document.graph, document.inference))
    return Editor(document, Selection(), drawing, sight)


def test_blocks_are_added_in_the_visible_area(editor: Editor, sight: Notebook) -> None:
    sight.area = QRectF(4000, 2000, 1000, 600)
    assert editor.blocks.add("input") == "input_1"
    assert sight.area.contains(*editor.document.graph["input_1"].position)
    assert (editor.selection.ids, sight.seen) == (("input_1",), ["input_1"])


def test_comments_are_asked_for(editor: Editor, sight: Notebook) -> None:
    editor.notes.add_comment()
    assert not editor.document.graph.comments
    sight.answer = "Look here"
    editor.notes.add_comment()
    assert [comment.text for comment in editor.document.graph.comments] == ["Look here"]
    assert editor.notes.chosen == "comment_1"


def test_what_is_arranged_is_shown_as_it_comes(editor: Editor, sight: Notebook) -> None:
    editor.document.open(chain("input", "conv2d", "relu"))
    editor.arranging.arrange(Direction.DOWN)
    assert editor.document.graph.direction is Direction.DOWN
    assert sight.seen == ["all", "gliding"]


def test_a_refusal_is_told_with_its_reason(editor: Editor) -> None:
    refused: list[tuple[str, QPoint | None]] = []
    said: list[str] = []
    editor.refused.connect(lambda reason, place: refused.append((reason, place)))
    editor.message.connect(said.append)
    editor.document.open(chain("input", "relu"))
    editor.select(("input_1",))
    editor.members.take_out()
    editor.refuse("Not here.", QPoint(3, 4))
    assert refused == [("What is selected is in no group.", None), ("Not here.", QPoint(3, 4))]
    assert said == ["What is selected is in no group.", "Not here."]


def test_what_is_gone_is_not_selected(editor: Editor) -> None:
    editor.document.open(chain("input", "relu", "tanh"))
    first, second = editor.document.graph.wires
    editor.select(("relu_1", "tanh_1"), (first, second))
    editor.document.open(chain("input", "relu"))
    assert editor.selection.ids == ("relu_1",)
    assert editor.selected_wires() == (first,)
