"""Zoom, pan, fit, and what is drawn at which zoom."""

from __future__ import annotations

import pytest
from PySide6.QtCore import QPoint, QPointF, QRect, QRectF, Qt
from PySide6.QtGui import QColor, QImage, QPainter
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QApplication, QLabel
from pytestqt.qtbot import QtBot

from cnngui.canvas.drawing.layout import THUMBNAIL
from cnngui.canvas.drawing.picking import tooltip
from cnngui.canvas.drawing.style import DETAILS_FROM, LABELS_FROM, OVERVIEW_BELOW
from cnngui.canvas.view.plane import MAX_ZOOM, MIN_ZOOM
from cnngui.theme.theme import BLOCK_HEADER, DARK, LIGHT, TEXT_SIZE, ThemeManager
from core.design import edits
from core.design.graph import Block, Wire
from tests.cnngui.canvas.conftest import MIDDLE, Hand, chain, loose
from tests.cnngui.canvas.view.wheel import turn_wheel


def picture(hand: Hand) -> QImage:
    QApplication.processEvents()
    return hand.canvas.viewport().grab().toImage()


def color_at(hand: Hand, point: QPointF) -> QColor:
    return picture(hand).pixelColor(hand.pixel(point))


@pytest.mark.parametrize("notches", [1, -1, 5, -8])
def test_the_wheel_keeps_the_point_under_the_cursor(hand: Hand, notches: int) -> None:
    hand.show(chain("input", "relu"))
    cursor = QPoint(913, 207)
    before = hand.canvas.mapToScene(cursor)
    turn_wheel(hand.canvas, cursor, notches)
    after = hand.canvas.mapToScene(cursor)
    assert (hand.canvas.zoom > 1) == (notches > 0)
    assert (after - before).manhattanLength() * hand.canvas.zoom <= 2


def test_zoom_has_limits(hand: Hand) -> None:
    for notches, limit in ((100, MAX_ZOOM), (-200, MIN_ZOOM)):
        turn_wheel(hand.canvas, QPoint(100, 100), notches)
        assert hand.canvas.zoom == pytest.approx(limit)


def test_the_middle_button_drags_the_plane(hand: Hand) -> None:
    hand.show(chain("input", "relu"))
    start, end = hand.pixel(hand.header("input_1")), QPoint(700, 600)
    QTest.mousePress(hand.canvas.viewport(), MIDDLE, pos=start)
    QTest.mouseMove(hand.canvas.viewport(), end)
    assert hand.pixel(hand.header("input_1")) == end
    hand.key(Qt.Key.Key_Escape)
    assert hand.pixel(hand.header("input_1")) == start
    QTest.mouseRelease(hand.canvas.viewport(), MIDDLE, pos=end)


def test_fit_shows_everything_and_never_magnifies_much(hand: Hand) -> None:
    hand.show(chain(*["relu"] * 30))
    hand.canvas.fit()
    assert hand.canvas.visible_area().contains(hand.canvas.drawing.content_rect())
    hand.show(chain("relu"))
    hand.canvas.fit()
    assert hand.canvas.zoom <= 1.25


@pytest.mark.parametrize("size", [(640, 300), (300, 640), (1800, 900)])
def test_what_is_fitted_stays_so_in_another_size_until_somebody_moves_it(
    hand: Hand, size: tuple[int, int]
) -> None:
    canvas = hand.canvas
    hand.show(chain(*["relu"] * 9))
    canvas.fit()
    canvas.resize(*size)
    QApplication.processEvents()
    width = canvas.drawing.whole().width() * canvas.zoom
    assert canvas.visible_area().contains(canvas.drawing.whole())
    assert width == pytest.approx(size[0] - 80, abs=2)
    turn_wheel(canvas, QPoint(150, 150), 3)
    zoom, center = canvas.zoom, canvas.visible_area().center()
    canvas.resize(1280, 800)
    QApplication.processEvents()
    assert canvas.zoom == zoom
    assert ((canvas.visible_area().center() - center) * zoom).manhattanLength() <= 4


def test_what_is_fitted_stays_so_when_pictures_make_blocks_larger(hand: Hand) -> None:
    blocks = hand.show(chain(*["relu"] * 3))
    hand.canvas.resize(900, 150)
    hand.canvas.fit()
    images = {block_id: QImage(8, 8, QImage.Format.Format_RGB32) for block_id in blocks}
    hand.canvas.set_thumbnails(images)
    assert hand.canvas.visible_area().contains(hand.canvas.drawing.whole())
    turn_wheel(hand.canvas, QPoint(150, 50), 3)
    place = hand.canvas.visible_area()
    hand.canvas.set_thumbnails({})
    assert hand.canvas.visible_area() == place


def test_fit_selection_shows_the_selected_blocks_larger(hand: Hand) -> None:
    hand.show(chain(*["relu"] * 30))
    hand.canvas.fit()
    far = hand.canvas.zoom
    hand.canvas.editor.select(["relu_3", "relu_4"])
    hand.canvas.fit_selection()
    assert hand.canvas.zoom > far
    assert hand.canvas.visible_area().contains(hand.canvas.drawing.content_rect(["relu_3", "relu_4"]))


def test_revealing_a_block_brings_it_into_sight(hand: Hand) -> None:
    hand.show(chain(*["relu"] * 30))
    assert not hand.canvas.visible_area().contains(hand.header("relu_30"))
    hand.canvas.selection.reveal("relu_30")
    assert hand.canvas.visible_area().contains(hand.header("relu_30"))


def test_an_empty_canvas_says_what_to_do(hand: Hand) -> None:
    empty = hand.canvas.empty_state
    assert empty.isVisible()
    said = " ".join(label.text() for label in empty.findChildren(QLabel))
    assert "double-click" in said
    assert "connected" in said
    hand.canvas.editor.blocks.add("relu")
    assert not empty.isVisible()
    hand.canvas.document.undo_stack.undo()
    assert empty.isVisible()


def test_from_far_away_blocks_are_rectangles_in_the_color_of_their_category(hand: Hand) -> None:
    hand.show(chain("input", "relu"))
    below_header = hand.header("relu_1") + QPointF(60, 40)
    assert color_at(hand, below_header) != DARK.category("Activation")
    hand.canvas.zoom_to(OVERVIEW_BELOW * 0.9)
    assert color_at(hand, below_header) == DARK.category("Activation")


def test_a_block_whose_text_is_too_small_to_read_is_no_empty_box(hand: Hand) -> None:
    hand.show(chain("input", "relu"))
    below_header = hand.header("relu_1") + QPointF(-78, 34)
    for zoom in (DETAILS_FROM * 0.99, OVERVIEW_BELOW * 1.01):
        hand.canvas.zoom_to(zoom)
        assert color_at(hand, below_header) == DARK.category("Activation")
    hand.canvas.set_thumbnails({"relu_1": QImage(8, 8, QImage.Format.Format_RGB32)})
    assert color_at(hand, below_header) == DARK.category("Activation")


def test_a_title_takes_the_room_of_the_text_that_is_too_small_to_read(hand: Hand) -> None:
    hand.show(chain("input", "conv2d", "classification"))
    item = hand.canvas.drawing.block_item("conv2d_1")
    assert item.far_title.pixels >= 2 * TEXT_SIZE
    hand.canvas.set_thumbnails({"conv2d_1": QImage(8, 8, QImage.Format.Format_RGB32)})
    assert item.far_title.pixels >= 2 * TEXT_SIZE
    hand.canvas.zoom_to(DETAILS_FROM * 0.99)
    for block, category in (("conv2d_1", "Convolution"), ("classification_1", "Output")):
        face = hand.canvas.drawing.block_item(block)
        above_picture = face.body.adjusted(4, BLOCK_HEADER, -4, -60)
        letters = picture(hand).copy(hand.canvas.pixels_of(above_picture))
        assert _colors(letters) > 1
        assert letters.pixelColor(0, 0) == DARK.category(category)
    hand.canvas.document.edit("Rename", lambda graph: edits.rename(graph, "conv2d_1", "Word" * 20))
    assert item.far_title.pixels == TEXT_SIZE  # cut, as the others are


@pytest.mark.parametrize(("ratio", "shown"), [(1.0, False), (1.5, True), (2.0, True)])
def test_a_screen_with_more_pixels_shows_details_from_further_away(
    hand: Hand, ratio: float, shown: bool
) -> None:
    hand.show(chain("input", "conv2d"))
    hand.canvas.zoom_to(DETAILS_FROM - 0.05)
    viewport = hand.canvas.viewport().rect()
    image = QImage(viewport.size() * ratio, QImage.Format.Format_RGB32)
    image.setDevicePixelRatio(ratio)
    painter = QPainter(image)
    hand.canvas.render(painter, QRectF(viewport), viewport)
    painter.end()
    below_header = hand.canvas.drawing.body("conv2d_1").adjusted(12, 36, -12, -12)
    area = hand.canvas.mapFromScene(below_header).boundingRect()
    part = image.copy(QRect(area.topLeft() * ratio, area.size() * ratio))
    colors = {part.pixelColor(x, y).rgba() for x in range(part.width()) for y in range(part.height())}
    assert (DARK.raised.rgba() in colors) == shown


def test_wires_carry_their_shape_from_a_zoom_on_and_only_where_there_is_room(hand: Hand) -> None:
    hand.show(edits.move(chain("input", "relu"), {"relu_1": (500.0, 0.0)}))

    def label() -> QImage:
        shown = picture(hand)
        middle = hand.pixel(hand.middle(Wire("input_1", "relu_1")))
        return shown.copy(middle.x() - 40, middle.y() - 8, 80, 16)

    hand.canvas.zoom_to(LABELS_FROM + 0.01)
    with_label = _colors(label())
    hand.canvas.zoom_to(LABELS_FROM - 0.01)
    assert with_label > _colors(label())
    hand.canvas.zoom_to(1)
    far_apart = _colors(label())
    hand.canvas.document.edit("Move", lambda graph: edits.move(graph, {"relu_1": (220.0, 0.0)}))
    assert _colors(label()) < far_apart


def _colors(image: QImage) -> int:
    return len({image.pixel(x, y) for x in range(image.width()) for y in range(image.height())})


def test_the_theme_changes_the_picture_at_once(hand: Hand, themes: ThemeManager) -> None:
    hand.show(chain("input"))
    for mode, theme in (("light", LIGHT), ("dark", DARK)):
        themes.mode = mode  # type: ignore[assignment]
        empty_spot = QPointF(101, 301)
        assert color_at(hand, empty_spot) == theme.canvas
        assert color_at(hand, hand.header("input_1") + QPointF(60, 40)) == theme.raised


def test_blocks_show_live_pictures_and_shrink_again_without(hand: Hand) -> None:
    hand.show(chain("input", "relu"))
    compact = hand.canvas.drawing.block_item("relu_1").body
    live = QImage(THUMBNAIL, QImage.Format.Format_RGB32)
    live.fill(QColor("magenta"))
    hand.canvas.set_thumbnails({"relu_1": live})
    item = hand.canvas.drawing.block_item("relu_1")
    assert item.body.height() > compact.height()
    assert color_at(hand, item.pos() + item.layout.thumbnail.center()) == QColor("magenta")
    assert hand.canvas.drawing.block_item("input_1").layout.has_thumbnail is False
    hand.canvas.set_thumbnails({})
    assert item.body == compact


def test_a_problem_shows_on_the_block_and_in_its_tooltip(hand: Hand) -> None:
    hand.show(chain("input", "dense"))
    item = hand.canvas.drawing.block_item("dense_1")
    assert item.layout.message_lines > 0
    assert color_at(hand, item.pos() + item.layout.badge.center() - QPointF(6, 0)) == DARK.error
    told = tooltip(hand.canvas.drawing, hand.header("dense_1"))
    problem = hand.canvas.document.inference.problem("dense_1")
    assert problem is not None
    assert problem.message in told
    assert problem.hint in told
    hand.canvas.document.edit("Insert", lambda g: edits.insert(g, _flatten(), g.wires[0]))
    assert hand.canvas.drawing.block_item("dense_1").face.problem != problem


def _flatten() -> Block:
    return loose("flatten").blocks[0]


def test_the_cursor_lights_up_ports(hand: Hand, qtbot: QtBot) -> None:
    hand.show(chain("input", "relu"))
    hand.move(hand.output("relu_1"))
    assert hand.canvas.viewport().cursor().shape() == Qt.CursorShape.CrossCursor
    lit = hand.canvas.drawing.snapshot()
    hand.move(hand.header("relu_1"))
    assert hand.canvas.viewport().cursor().shape() == Qt.CursorShape.ArrowCursor
    assert hand.canvas.drawing.snapshot() != lit
