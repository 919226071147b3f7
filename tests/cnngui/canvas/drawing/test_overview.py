"""The canvas from far away: what is dragged there, and the captions of groups and frames."""

from __future__ import annotations

import itertools
from collections.abc import Callable

from PySide6.QtCore import QPoint, QPointF, QRect, QRectF
from PySide6.QtGui import QImage, QPen

from cnngui.canvas.drawing.blocks.captions import Caption, Captions
from cnngui.canvas.drawing.style import Style
from cnngui.theme.theme import DARK
from core.design import edits, groups, notes
from core.design.graph import Graph
from tests.cnngui.canvas.conftest import ALT, Hand, chain

FAR = 0.2


def picture(hand: Hand) -> QImage:
    return hand.canvas.viewport().grab().toImage()


def captions(*areas: QRectF, blocks: tuple[QRectF, ...] = ()) -> Captions:
    def is_free(area: QRectF) -> bool:
        return not any(area.intersects(block) for block in blocks)

    named = [Caption(f"Stage {number}", area, QPen()) for number, area in enumerate(areas, 1)]
    return Captions(named, Style(DARK), is_free)


def test_a_drag_far_away_looks_as_if_drawn_from_nothing(hand: Hand) -> None:
    hand.show(chain("input", *["conv2d", "relu"] * 10))
    hand.canvas.zoom_to(FAR)
    start, end = hand.header("relu_4"), hand.header("relu_4") + QPointF(-600, 300)
    hand.press(start, keys=ALT)
    hand.move((start + end) / 2)
    hand.move(end)
    hand.release(end, keys=ALT)
    dropped = picture(hand)
    hand.canvas.drawing.set_style(Style(DARK))
    assert picture(hand) == dropped
    hand.canvas.document.undo_stack.undo()
    undone = picture(hand)
    hand.canvas.drawing.set_style(Style(DARK))
    assert picture(hand) == undone != dropped
    hand.canvas.document.undo_stack.redo()
    assert picture(hand) == dropped


def test_groups_and_frames_show_their_titles(hand: Hand) -> None:
    def difference(change: Callable[[Graph], Graph]) -> bool:
        hand.canvas.document.open(graph)
        hand.canvas.zoom_to(FAR)
        before = picture(hand)
        hand.canvas.document.edit("Rename", change)
        return picture(hand) != before

    graph = groups.group(chain("input", "conv2d", "relu", "conv2d"), ["conv2d_1", "relu_1"])
    group = graph.groups[0].id
    graph, frame = notes.add_frame(graph, (-100.0, 400.0), (900.0, 300.0))
    graph = notes.set_title(graph, frame, "Stem")
    hand.show(graph)
    assert difference(lambda g: edits.rename(g, group, "Neck"))
    assert difference(lambda g: notes.set_title(g, frame, "Head"))
    graph = groups.fold(graph, group)
    assert difference(lambda g: edits.rename(g, group, "Neck"))


def test_what_is_selected_is_seen_from_far_away(hand: Hand) -> None:
    hand.show(chain("input", *["conv2d", "relu"] * 10))
    hand.canvas.zoom_to(FAR)
    before = picture(hand)
    hand.canvas.editor.select(["conv2d_4"], ())
    marked = picture(hand)
    body = hand.canvas.drawing.body("conv2d_4")
    place = hand.canvas.mapFromScene(body).boundingRect()
    changed = [
        QPoint(x, y)
        for x in range(marked.width())
        for y in range(marked.height())
        if marked.pixelColor(x, y) != before.pixelColor(x, y)
    ]
    assert any(marked.pixelColor(point) == DARK.accent for point in changed)
    assert {side(point, place) for point in changed} >= {"left", "right", "above", "below"}
    hand.canvas.editor.select([], ())
    assert picture(hand) == before


def side(point: QPoint, place: QRect) -> str:
    """Where a point lies beside a place."""
    if point.x() < place.left():
        return "left"
    if point.x() > place.right():
        return "right"
    return "above" if point.y() < place.top() else "below" if point.y() > place.bottom() else "inside"


def test_captions_are_of_one_size_at_any_zoom_and_never_cover_each_other() -> None:
    around = QRectF(0, 0, 3000, 600)
    inside = [QRectF(left, 40, 900, 500) for left in (20, 1000, 2000)]
    made = captions(around, *inside, QRectF(20, 900, 168, 100))
    for zoom in (0.05, 0.1, 0.34):
        plates = [plate.area for plate in made.placed(zoom)]
        assert len({plate.height() for plate in plates}) == 1
        assert not [1 for one, other in itertools.combinations(plates, 2) if one.intersects(other)]
        assert plates[0].left() == 0
    assert len(made.placed(0.34)) == 5


def test_a_caption_stands_where_it_covers_no_block() -> None:
    area = QRectF(0, 0, 1000, 400)
    above = captions(area).placed(FAR)[0].area
    below = captions(area, blocks=(QRectF(0, -120, 168, 100),)).placed(FAR)[0].area
    assert above.bottom() <= 0
    assert below.top() >= area.bottom() * FAR


def test_a_long_title_is_cut() -> None:
    area = QRectF(0, 0, 1000, 400)
    made = Captions([Caption("Residual " * 30, area, QPen())], Style(DARK), lambda _: True)
    assert made.placed(FAR)[0].area.width() <= area.width() * FAR
