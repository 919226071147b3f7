"""Frames and comments, with real presses, keys and menus."""

from __future__ import annotations

import pytest
from PySide6.QtCore import QPointF, QRectF, Qt
from PySide6.QtGui import QAccessible, QImage
from PySide6.QtTest import QTest

from cnngui.canvas.drawing.notes.frame_item import TITLE
from cnngui.canvas.drawing.scene import Scene
from cnngui.canvas.drawing.style import Style
from cnngui.canvas.view.view import Canvas
from cnngui.models.settings import ThemeMode
from cnngui.theme.theme import DARK, FRAMES, ThemeManager
from core.design import edits, notes
from core.design.graph import COLORS, Comment, Frame, Graph
from tests.cnngui.canvas.conftest import ALT, CTRL, LEFT, NO_KEY, Hand, Menu, chain
from tests.cnngui.drags import click_twice


def framed() -> Graph:
    """Two blocks, the first of them in a frame."""
    graph, _ = notes.add_frame(chain("input", "relu"), (-40.0, -60.0), (220.0, 240.0), "Start")
    return graph


def commented() -> Graph:
    return notes.add_comment(chain("input"), (0.0, 200.0), "Look here")[0]


def title(hand: Hand, frame: str = "frame_1") -> QPointF:
    return hand.canvas.drawing.notes.title(frame).center()


def selected(hand: Hand) -> str | None:
    return hand.canvas.editor.notes.chosen


def parts(hand: Hand) -> list[str]:
    return list(hand.canvas.selection.parts)


def type_in(canvas: Canvas, text: str, key: Qt.Key, keys: Qt.KeyboardModifier = NO_KEY) -> None:
    QTest.keyClicks(canvas.note_editor, text)
    QTest.keyClick(canvas.note_editor, key, keys)


def entries(menu: Menu) -> dict[str, object]:
    return {action.text(): action for action in menu(QPointF(0, 0)).actions() if action.text()}


def test_a_frame_around_the_selection_asks_for_its_title_in_one_step(hand: Hand) -> None:
    graph = chain("input", "relu", "tanh")
    hand.show(graph)
    hand.canvas.editor.select(["input_1", "relu_1"])
    hand.canvas.editor.notes.add_frame()
    type_in(hand.canvas, "Encoder", Qt.Key.Key_Return)
    (frame,) = hand.graph.frames
    assert frame.title == "Encoder"
    body = hand.canvas.drawing.notes.body(frame.id)
    inside = [block for block in graph.by_id if body.contains(hand.canvas.drawing.block_item(block).body)]
    assert inside == ["input_1", "relu_1"]
    hand.canvas.document.undo_stack.undo()
    assert hand.graph == graph


def test_live_pictures_keep_blocks_in_their_frame(hand: Hand) -> None:
    hand.show(chain("input", "relu"))
    hand.canvas.editor.select(["input_1", "relu_1"])
    hand.canvas.editor.notes.add_frame()
    type_in(hand.canvas, "Encoder", Qt.Key.Key_Return)
    drawing, frames = hand.canvas.drawing, [frame.id for frame in hand.graph.frames]
    held = [(b, f) for b in drawing.bodies() for f in frames if drawing.body(f).contains(drawing.body(b))]
    assert held
    picture = QImage(8, 8, QImage.Format.Format_RGB32)
    picture.fill(0)
    hand.canvas.set_thumbnails(dict.fromkeys(hand.graph.by_id, picture))
    assert all(drawing.body(frame).contains(drawing.body(block)) for block, frame in held)


def test_a_frame_carries_what_lies_in_it(hand: Hand) -> None:
    graph = framed()
    hand.show(graph)
    hand.drag(title(hand), title(hand) + QPointF(60, 100))
    assert hand.graph.frames[0].position == (20.0, 40.0)
    assert hand.graph["input_1"].position == (60.0, 100.0)
    assert hand.graph["relu_1"] == graph["relu_1"]
    assert hand.canvas.document.undo_stack.undoText() == "Move frame"
    hand.canvas.document.undo_stack.undo()
    assert hand.graph == graph


def test_an_edge_is_dragged_and_the_content_stays(hand: Hand) -> None:
    graph = framed()
    hand.show(graph)
    corner = hand.canvas.drawing.notes.body("frame_1").bottomRight()
    hand.drag(corner, corner + QPointF(40, -20))
    assert hand.graph.frames[0].size == (260.0, 220.0)
    assert hand.graph.frames[0].position == graph.frames[0].position
    assert hand.graph.blocks == graph.blocks
    corner = hand.canvas.drawing.notes.body("frame_1").bottomRight()
    hand.drag(corner, corner + QPointF(-900, -900))
    assert hand.graph.frames[0].size == (notes.SMALLEST, notes.SMALLEST)


def test_inside_a_frame_blocks_are_selected_as_everywhere(hand: Hand) -> None:
    hand.show(framed())
    body = hand.canvas.drawing.notes.body("frame_1")
    hand.drag(body.bottomRight() - QPointF(30, 30), body.topLeft() + QPointF(20, TITLE + 10))
    assert hand.selected() == ["input_1"]
    assert selected(hand) is None


def test_a_gesture_on_a_note_can_be_cancelled(hand: Hand) -> None:
    graph = framed()
    hand.show(graph)
    before = hand.canvas.drawing.snapshot()
    hand.press(title(hand))
    hand.move(title(hand) + QPointF(80, 80))
    assert hand.canvas.drawing.snapshot() != before
    hand.key(Qt.Key.Key_Escape)
    hand.release(title(hand))
    hand.canvas.editor.select((), ())
    assert hand.canvas.drawing.snapshot() == before
    assert hand.graph == graph


def test_a_title_is_edited_in_place(hand: Hand) -> None:
    hand.show(framed())
    hand.click(title(hand))
    click_twice(hand.canvas.viewport(), LEFT, NO_KEY, hand.pixel(title(hand)))
    hand.release(title(hand))
    assert hand.canvas.note_editor.toPlainText() == "Start"
    type_in(hand.canvas, "Encoder", Qt.Key.Key_Return)
    assert hand.graph.frames[0].title == "Encoder"
    hand.canvas.editor.notes.edit()
    type_in(hand.canvas, "Something else", Qt.Key.Key_Escape)
    assert hand.graph.frames[0].title == "Encoder"


def test_the_title_of_a_frame_larger_than_the_view_comes_into_sight(hand: Hand) -> None:
    hand.show(Graph(frames=(Frame("frame_1", "Large", (0.0, 0.0), (4000.0, 4000.0)),)))
    hand.canvas.editor.select(["frame_1"], ())
    hand.key(Qt.Key.Key_Return)
    assert hand.canvas.note_editor.isVisible()
    assert hand.canvas.viewport().rect().contains(hand.canvas.note_editor.geometry().topLeft())
    hand.canvas.note_editor.hide()


def test_a_frame_gets_a_colour_from_its_menu(hand: Hand, menu: Menu) -> None:
    hand.show(framed())
    hand.canvas.editor.select(["frame_1"], ())
    assert set(FRAMES) == set(COLORS)
    assert {"Rename Frame", "Colour of the Frame", "Delete"} <= entries(menu).keys()
    hand.canvas.editor.notes.color("green")
    assert hand.graph.frames[0].color == "green"


def test_a_comment_is_written_where_it_is_wanted(hand: Hand) -> None:
    hand.show(chain("input"))
    hand.canvas.editor.notes.add_comment(QPointF(101, 199))
    QTest.keyClicks(hand.canvas.note_editor, "Why five")
    QTest.keyClick(hand.canvas.note_editor, Qt.Key.Key_Return)
    type_in(hand.canvas, "by five?", Qt.Key.Key_Return, CTRL)
    assert hand.graph.comments == (Comment("comment_1", "Why five\nby five?", (100.0, 200.0)),)
    assert selected(hand) == "comment_1"
    lines = hand.canvas.drawing.notes.body("comment_1").height()
    hand.canvas.editor.edit("Edit", lambda graph: notes.set_text(graph, "comment_1", "Why five by five?"))
    assert hand.canvas.drawing.notes.body("comment_1").height() < lines


def covered(hand: Hand, area: QRectF) -> list[str]:
    """The blocks, comments and wires on an area of the plane."""
    found = [block for block, body in hand.canvas.drawing.bodies().items() if body.intersects(area)]
    wires = hand.canvas.drawing.wire_items()
    return found + [f"to {wire.target}" for wire, item in wires.items() if item.passes(area)]


@pytest.mark.parametrize("pointed", [False, True])
def test_a_comment_is_written_where_it_covers_nothing_near_the_mouse(
    hand: Hand, menu: Menu, pointed: bool
) -> None:
    hand.show(chain("input", *["relu"] * 8))
    seen = hand.canvas.visible_area()
    wanted = seen.center()
    if pointed:
        wanted = hand.canvas.drawing.body("relu_3").center()
        hand.move(wanted)
    QTest.keyClick(hand.canvas, Qt.Key.Key_M, CTRL | ALT)
    editor = hand.canvas.note_editor
    assert editor.isVisible()
    place = hand.canvas.mapToScene(editor.geometry()).boundingRect()
    assert seen.contains(place)
    assert covered(hand, place) == []
    type_in(hand.canvas, "Look here", Qt.Key.Key_Return, CTRL)
    body = hand.canvas.drawing.notes.body("comment_1")
    assert covered(hand, body) == []
    assert (body.topLeft() - wanted).manhattanLength() < 200


def test_a_comment_leaves_a_wire_free_that_passes_far_from_all_blocks(hand: Hand) -> None:
    graph = edits.move(chain("input", "relu"), {"relu_1": (900.0, 0.0)})
    hand.show(graph)
    wanted = hand.middle(graph.wires[0]) - QPointF(Comment.width / 2, 12)
    assert covered(hand, QRectF(wanted.x(), wanted.y(), Comment.width, 24)) == ["to relu_1"]
    hand.canvas.editor.notes.add_comment(wanted)
    type_in(hand.canvas, "Look here", Qt.Key.Key_Return, CTRL)
    body = hand.canvas.drawing.notes.body("comment_1")
    assert covered(hand, body) == []
    assert (body.topLeft() - wanted).manhattanLength() < 200


def test_a_long_comment_moves_to_where_it_has_room(hand: Hand) -> None:
    hand.show(edits.move(chain("input", "relu"), {"relu_1": (0.0, 220.0)}))
    hand.canvas.editor.notes.add_comment(QPointF(0, 110))
    type_in(hand.canvas, "many words " * 30, Qt.Key.Key_Return, CTRL)
    body = hand.canvas.drawing.notes.body("comment_1")
    assert body.height() > 110
    assert covered(hand, body) == []
    assert hand.canvas.visible_area().contains(body)


def test_a_comment_finds_a_place_beside_a_block_that_fills_the_view(hand: Hand) -> None:
    hand.show(chain("input"))
    hand.canvas.zoom_to(4.0)
    hand.canvas.show_area(hand.canvas.drawing.body("input_1").adjusted(70, 30, -70, -30))
    hand.canvas.zoom_to(4.0)
    hand.canvas.resize(400, 300)
    hand.canvas.editor.notes.add_comment()
    place = hand.canvas.note_editor.geometry()
    assert hand.canvas.viewport().rect().contains(place.topLeft())
    type_in(hand.canvas, "Look here", Qt.Key.Key_Return, CTRL)
    assert covered(hand, hand.canvas.drawing.notes.body("comment_1")) == []


def test_a_comment_without_text_is_none(hand: Hand) -> None:
    hand.show(chain("input"))
    hand.canvas.editor.notes.add_comment()
    type_in(hand.canvas, "  ", Qt.Key.Key_Return, CTRL)
    assert hand.graph.comments == ()
    hand.show(commented())
    hand.canvas.editor.select(["comment_1"], ())
    hand.canvas.editor.notes.edit()
    hand.canvas.note_editor.clear()
    type_in(hand.canvas, "", Qt.Key.Key_Return, CTRL)
    assert hand.graph.comments == ()


def test_a_narrower_comment_is_higher(hand: Hand) -> None:
    graph, _ = notes.add_comment(chain("input"), (0.0, 200.0), "Some words that need more than a line", 300.0)
    hand.show(graph)
    before = hand.canvas.drawing.notes.body("comment_1")
    edge = QPointF(before.right(), before.center().y())
    hand.drag(edge, edge - QPointF(180, 0))
    after = hand.canvas.drawing.notes.body("comment_1")
    assert hand.graph.comments[0].width == 120
    assert after.height() > before.height()


def test_keys_move_and_delete_the_selected_note(hand: Hand) -> None:
    hand.show(framed())
    hand.click(title(hand))
    assert selected(hand) == "frame_1"
    hand.key(Qt.Key.Key_Right)
    hand.key(Qt.Key.Key_Right)
    assert hand.graph.frames[0].position == (-32.0, -60.0)
    assert hand.graph["input_1"].position == (8.0, 0.0)
    hand.key(Qt.Key.Key_Delete)
    assert hand.graph.frames == ()
    assert set(hand.graph.by_id) == {"input_1", "relu_1"}
    assert selected(hand) is None
    hand.canvas.document.undo_stack.undo()
    assert len(hand.graph.frames) == 1


def test_a_selected_block_takes_the_place_of_a_selected_note(hand: Hand) -> None:
    hand.show(commented())
    hand.click(hand.canvas.drawing.notes.body("comment_1").center())
    assert selected(hand) == "comment_1"
    hand.click(hand.header("input_1"))
    assert selected(hand) is None
    assert hand.selected() == ["input_1"]


def mixed() -> Graph:
    """A block in a frame, one beside it, and a comment."""
    return notes.add_comment(framed(), (0.0, 240.0), "Look here")[0]


def test_blocks_frames_and_comments_are_selected_and_moved_together(hand: Hand) -> None:
    hand.show(mixed())
    hand.click(title(hand))
    hand.click(hand.canvas.drawing.notes.body("comment_1").center(), CTRL)
    hand.click(hand.header("relu_1"), CTRL)
    assert parts(hand) == ["relu_1", "frame_1", "comment_1"]
    assert selected(hand) is None
    hand.drag(hand.header("relu_1"), hand.header("relu_1") + QPointF(40, 60), ALT)
    assert hand.graph.frames[0].position == (0.0, 0.0)
    assert hand.graph.comments[0].position == (40.0, 300.0)
    assert hand.graph["input_1"].position == (40.0, 60.0)  # carried by the frame
    assert hand.graph["relu_1"].position == (260.0, 60.0)
    undo = hand.canvas.document.undo_stack
    assert undo.undoText() == "Move 1 block, 1 frame and 1 comment"
    hand.drag(title(hand), title(hand) - QPointF(40, 60))
    assert hand.graph == mixed()
    hand.key(Qt.Key.Key_Down)
    assert hand.graph.comments[0].position == (0.0, 244.0)
    hand.click(title(hand), CTRL)
    assert parts(hand) == ["relu_1", "comment_1"]
    hand.click(title(hand))
    assert parts(hand) == ["frame_1"]


def test_a_band_selects_the_comments_it_touches_and_the_frames_in_it(hand: Hand) -> None:
    hand.show(mixed())
    hand.drag(QPointF(-60, 300), QPointF(210, -80))
    assert parts(hand) == ["input_1", "frame_1", "comment_1"]
    hand.drag(QPointF(-60, 300), QPointF(60, 20))
    assert parts(hand) == ["input_1", "comment_1"]


def test_notes_are_cut_pasted_and_duplicated_with_the_blocks(hand: Hand) -> None:
    hand.show(mixed())
    hand.canvas.editor.select_all()
    assert set(parts(hand)) == {"input_1", "relu_1", "frame_1", "comment_1"}
    hand.canvas.editor.clipboard.duplicate()
    graph, chosen = hand.graph, parts(hand)
    assert (len(graph.blocks), len(graph.frames), len(graph.comments)) == (4, 2, 2)
    assert graph.frames[1].title == "Start"
    assert set(chosen) == {block.id for block in graph.blocks[2:]} | {"frame_2", "comment_2"}
    hand.key(Qt.Key.Key_Delete)
    assert hand.graph == mixed()
    hand.canvas.editor.select(["frame_1", "comment_1"])
    hand.canvas.editor.clipboard.cut()
    assert not hand.graph.frames + hand.graph.comments
    assert len(hand.graph.blocks) == 2
    hand.canvas.editor.clipboard.paste()
    frame, comment = hand.graph.frames[0], hand.graph.comments[0]
    assert (comment.position[0] - frame.position[0], comment.position[1] - frame.position[1]) == (40, 300)
    assert len(hand.graph.blocks) == 2
    assert set(parts(hand)) == {frame.id, comment.id}


def test_a_screen_reader_hears_the_selected_note(hand: Hand) -> None:
    hand.show(framed())
    hand.canvas.editor.select(["frame_1"], ())
    text = QAccessible.queryAccessibleInterface(hand.canvas).text(QAccessible.Text.Description)
    assert text == "Frame Start\nGray, 1 block inside"


def test_the_scene_with_notes_equals_one_drawn_from_nothing(hand: Hand) -> None:
    hand.show(framed())
    canvas = hand.canvas
    for change in (
        lambda g: notes.add_frame(g, (300.0, 0.0), (100.0, 100.0))[0],
        lambda g: notes.add_comment(g, (0.0, 300.0), "Text")[0],
        lambda g: notes.set_text(g, "comment_1", "Another text"),
        lambda g: notes.set_color(g, "frame_2", "red"),
        lambda g: notes.set_bounds(g, "frame_1", (-80.0, -80.0), (400.0, 200.0)),
    ):
        canvas.editor.edit("Edit", change)
    for _ in range(3):
        canvas.document.undo_stack.undo()
        fresh = Scene(Style(DARK))
        fresh.show(hand.graph, canvas.document.inference)
        assert canvas.drawing.snapshot() == fresh.snapshot()


def test_a_smaller_frame_lies_on_a_larger_one(hand: Hand) -> None:
    hand.show(
        Graph(frames=(Frame("small", "", (50.0, 50.0), (100.0, 100.0)), Frame("large", "", (0.0, 0.0))))
    )
    found = hand.canvas.drawing.notes.hit(QPointF(100, 60))
    assert found is not None
    assert found.id == "small"


@pytest.mark.parametrize("name", COLORS)
@pytest.mark.parametrize("theme", ["dark", "light"])
def test_a_frame_is_drawn_in_each_theme(
    canvas: Canvas, themes: ThemeManager, name: str, theme: ThemeMode
) -> None:
    canvas.document.open(Graph(frames=(Frame("frame_1", "Title", (0.0, 0.0), (200.0, 100.0), name),)))
    themes.mode = theme
    canvas.fit()
    picture = canvas.grab().toImage()
    place = canvas.mapFromScene(QPointF(100, 70))
    assert picture.pixelColor(place) != canvas.theme.canvas


def test_escape_loses_no_text_that_was_written(hand: Hand) -> None:
    graph = chain("input")
    hand.show(graph)
    undo = hand.canvas.document.undo_stack
    hand.canvas.editor.notes.add_comment()
    type_in(hand.canvas, "Look here", Qt.Key.Key_Escape)
    assert [comment.text for comment in hand.graph.comments] == ["Look here"]
    hand.canvas.editor.notes.edit()
    type_in(hand.canvas, "Look there", Qt.Key.Key_Escape)
    assert hand.graph.comments[0].text == "Look there"
    undo.undo()
    assert hand.graph.comments[0].text == "Look here"
    undo.undo()
    assert hand.graph == graph
    undo.redo()
    hand.canvas.editor.select([hand.graph.comments[0].id], ())
    hand.canvas.editor.notes.edit()
    QTest.keyClick(hand.canvas.note_editor, Qt.Key.Key_Delete)
    QTest.keyClick(hand.canvas.note_editor, Qt.Key.Key_Escape)
    assert hand.graph.comments[0].text == "Look here"  # emptied, it stays as it was
    hand.canvas.editor.notes.edit()
    QTest.keyClick(hand.canvas.note_editor, Qt.Key.Key_Escape)
    assert undo.undoText() == "Add comment"  # nothing was changed
