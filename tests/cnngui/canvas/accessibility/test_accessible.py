"""What a screen reader finds on the canvas, asked in its way."""

from __future__ import annotations

from collections.abc import Iterator

import pytest
from PySide6.QtCore import QCoreApplication, QEvent, QPointF, Qt
from PySide6.QtGui import QAccessible, QAccessibleInterface
from PySide6.QtTest import QTest
from pytestqt.qtbot import QtBot

from cnngui.canvas.accessibility import accessible
from cnngui.canvas.view.view import Canvas
from cnngui.models.document import Document
from cnngui.models.selection import Selection
from cnngui.theme.theme import ThemeManager
from core.design import edits, groups, notes
from core.design.graph import Graph
from tests.cnngui.canvas.conftest import CTRL, Hand, chain

Event = QAccessible.Event
Text = QAccessible.Text


@pytest.fixture
def design() -> Graph:
    """Input, a folded group of two, ReLU, Dense with a problem; a frame and a comment."""
    graph = chain("input", "conv2d", "batch_norm", "relu", "dense")
    graph = groups.group(graph, ["conv2d_1", "batch_norm_1"], "Stem")
    graph = groups.fold(graph, "group_1")
    graph, _ = notes.add_frame(graph, (-40.0, -60.0), (300.0, 300.0), "Start")
    return notes.add_comment(graph, (0.0, 400.0), "Why so?")[0]


@pytest.fixture
def told(monkeypatch: pytest.MonkeyPatch) -> Iterator[list[tuple[str, Event]]]:
    """The names of what a screen reader was told of, and why."""
    found: list[tuple[str, Event]] = []

    def note(interface: QAccessibleInterface, event: Event) -> None:
        found.append((interface.text(Text.Name).split(",")[0], event))

    monkeypatch.setattr(accessible, "notify", note)
    QAccessible.setActive(True)
    yield found
    QAccessible.setActive(False)


def heard(hand: Hand) -> QAccessibleInterface:
    return QAccessible.queryAccessibleInterface(hand.canvas)


def parts(hand: Hand) -> list[QAccessibleInterface]:
    """What there is besides the widgets on the canvas."""
    around = heard(hand)
    children = [around.child(number) for number in range(around.childCount())]
    assert [around.indexOfChild(child) for child in children] == list(range(len(children)))
    return [child for child in children if child.object() is None]


def names(hand: Hand) -> list[str]:
    return [part.text(Text.Name) for part in parts(hand)]


def named(hand: Hand, start: str) -> QAccessibleInterface:
    return next(part for part in parts(hand) if part.text(Text.Name).startswith(start))


def test_every_part_is_a_child_with_all_that_is_known_of_it(hand: Hand, design: Graph) -> None:
    hand.canvas.document.open(design)
    first, stem, relu, dense, frame, comment = names(hand)
    assert first == "Input 1, Input: 1 × 28 × 28, output 1 × 28 × 28"
    assert stem == "Stem, folded group of 2 blocks, after Input 1, output 16 × 26 × 26, 192 parameters"
    assert relu.startswith("ReLU 1, ReLU, after Stem, output")
    assert "error: Dense 1" in dense
    assert (frame, comment) == ("Frame Start, Gray, 1 block inside", "Comment, Why so?")
    assert named(hand, "Input").text(Text.Description) == "Feeds Stem."
    assert named(hand, "Stem").state().collapsed
    assert [part.role() for part in parts(hand)] == 4 * [QAccessible.Role.ListItem] + 2 * [
        QAccessible.Role.Note
    ]


def test_a_part_is_where_it_is_drawn(hand: Hand, design: Graph) -> None:
    hand.canvas.document.open(design)
    hand.canvas.fit()
    around = heard(hand)
    for part in parts(hand)[:4]:
        middle = part.rect().center()
        assert around.childAt(middle.x(), middle.y()) is part
        assert around.rect().contains(part.rect())
        assert not part.state().offscreen
    hand.canvas.scroll_by(QPointF(5000, 0))
    assert all(part.state().offscreen for part in parts(hand)[:4])


def test_what_is_selected_and_where_the_keys_go_is_told(
    hand: Hand, design: Graph, told: list[tuple[str, Event]]
) -> None:
    hand.canvas.document.open(design)
    hand.canvas.setFocus()
    hand.canvas.editor.select(["input_1"])
    told.clear()
    QTest.keyClick(hand.canvas, Qt.Key.Key_Right, CTRL)
    assert told == [("Stem", Event.Focus)]
    stem = named(hand, "Stem")
    assert stem.state().selected
    assert stem.state().focused
    assert heard(hand).focusChild() is stem
    assert not named(hand, "Input 1").state().selected
    hand.canvas.document.edit("Repeat", lambda graph: groups.fold(graph, "group_1", folded=False))
    assert ("Stem", Event.NameChanged) in told
    assert ("Conv 2D 1", Event.ObjectCreated) in told
    hand.canvas.editor.select(["comment_1"])
    assert told[-1] == ("Comment", Event.Focus)


def test_a_part_that_is_gone_is_no_longer_valid(
    hand: Hand, design: Graph, told: list[tuple[str, Event]]
) -> None:
    hand.canvas.document.open(design)
    relu = named(hand, "ReLU")
    number = QAccessible.uniqueId(relu)
    hand.canvas.document.edit("Remove", lambda graph: edits.remove(graph, ["relu_1"]))
    assert Event.ObjectDestroyed in {event for _, event in told}
    assert QAccessible.accessibleInterface(number) is None
    hand.canvas.document.undo_stack.undo()
    assert named(hand, "ReLU").isValid()
    assert "after Stem" in named(hand, "ReLU").text(Text.Name)


def test_nothing_is_left_of_a_canvas_that_is_gone(
    qtbot: QtBot, themes: ThemeManager, design: Graph, told: list[tuple[str, Event]]
) -> None:
    canvas = Canvas(Document(), Selection(), themes)
    canvas.document.open(design)
    around = QAccessible.queryAccessibleInterface(canvas)
    numbers = [QAccessible.uniqueId(around.child(number)) for number in range(6)]
    assert all(QAccessible.accessibleInterface(number).isValid() for number in numbers)
    canvas.deleteLater()
    QCoreApplication.sendPostedEvents(None, QEvent.Type.DeferredDelete)
    assert [QAccessible.accessibleInterface(number) for number in numbers] == 6 * [None]
