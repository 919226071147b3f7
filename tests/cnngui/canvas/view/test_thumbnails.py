"""The live pictures on the blocks."""

from __future__ import annotations

from PySide6.QtGui import QImage
from pytestqt.qtbot import QtBot

from cnngui.canvas.drawing.layout import THUMBNAIL
from cnngui.canvas.view.thumbnails import Thumbnails
from cnngui.models.models import Models
from tests.cnngui.runs import GRAPH, PATIENCE, run


def test_every_block_of_a_run_gets_a_thumbnail(qtbot: QtBot, models: Models) -> None:
    models.document.open(GRAPH)
    shown: dict[str, QImage] = {}
    thumbnails = Thumbnails(models, shown.update)
    run(qtbot, models)
    qtbot.waitUntil(lambda: set(shown) == set(GRAPH.by_id), timeout=PATIENCE)
    assert shown["input_1"].width() == shown["input_1"].height()
    assert shown["classification_1"].size() == THUMBNAIL * 2  # three numbers fill all of it
    assert thumbnails.parent() is models.looking
