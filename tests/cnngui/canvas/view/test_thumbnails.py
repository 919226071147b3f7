"""The live pictures on the blocks."""

from __future__ import annotations

from PySide6.QtGui import QImage
from pytestqt.qtbot import QtBot

from cnngui.canvas.drawing.layout import THUMBNAIL
from cnngui.canvas.view.thumbnails import Thumbnails
from cnngui.models.models import Models
from core.design.edits import set_param
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


def test_a_block_that_is_another_than_the_run_knew_loses_its_picture(qtbot: QtBot, models: Models) -> None:
    """Its own, and those of the blocks behind it that give out another shape; Undo brings them back."""
    models.document.open(GRAPH)
    shown: list[set[str]] = []
    Thumbnails(models, lambda images: shown.append(set(images)))
    run(qtbot, models)
    qtbot.waitUntil(lambda: bool(shown) and shown[-1] == set(GRAPH.by_id), timeout=PATIENCE)
    models.document.edit("Set", lambda graph: set_param(graph, "conv2d_1", "filters", 9))
    assert not {"conv2d_1", "relu_1"} & shown[-1]
    assert {"input_1", "dense_1", "classification_1"} <= shown[-1]
    models.document.undo_stack.undo()
    assert shown[-1] == set(GRAPH.by_id)
