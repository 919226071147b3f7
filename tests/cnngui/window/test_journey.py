"""One user's way through the whole application: from an empty canvas to a network that is trained, saved and
trained on, all through widgets."""

from __future__ import annotations

from dataclasses import replace
from itertools import pairwise
from pathlib import Path

import numpy as np
import pytest
from PySide6.QtCore import QPointF, Qt
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QComboBox, QFileDialog, QLineEdit, QMessageBox
from pytestqt.qtbot import QtBot

from cnngui.canvas.editor.mime import layer_mime
from cnngui.models.run import State
from cnngui.models.settings import Settings
from cnngui.panels.design.properties import PropertiesPanel
from cnngui.theme.theme import ThemeManager
from cnngui.window.main_window import MainWindow
from core.design.infer import cost
from core.formats.project import load_project
from tests.cnngui.canvas.conftest import Hand
from tests.cnngui.contents import content
from tests.cnngui.runs import PATIENCE, wait_until_saved

LENET5: tuple[tuple[str, dict[str, str]], ...] = (
    ("input", {}),
    ("conv2d", {"filters": "6", "kernel": "5", "padding": "same"}),
    ("relu", {}),
    ("max_pool", {"kernel": "2", "stride": "2"}),
    ("conv2d", {"filters": "16", "kernel": "5", "stride": "1"}),
    ("relu", {}),
    ("max_pool", {}),
    ("flatten", {}),
    ("dense", {"units": "120"}),
    ("relu", {}),
    ("dense", {"units": "84"}),
    ("relu", {}),
    ("dense", {"units": "10"}),
    ("classification", {}),
)
COLUMNS = 4


@pytest.fixture
def window(
    qtbot: QtBot, settings: Settings, themes: ThemeManager, monkeypatch: pytest.MonkeyPatch
) -> MainWindow:
    monkeypatch.setattr("core.data.sources.digits.DIGIT_COUNTS", (600, 100))
    window = MainWindow(settings, themes)
    # qtbot closes the window before a fixture could, and a question about unsaved weights would wait forever.
    qtbot.addWidget(window, before_close_func=MainWindow.close_without_asking)
    window.resize(1600, 1000)
    window.show()
    qtbot.waitUntil(lambda: window.workbench.data.source is not None)
    return window


def place(number: int) -> QPointF:
    return QPointF(220.0 * (number % COLUMNS), 160.0 * (number // COLUMNS))


def type_setting(window: MainWindow, name: str, text: str) -> None:
    """Sets a setting of the selected block as a user does: types into the field, or chooses in the list."""
    editor = content(window.workbench, "properties", PropertiesPanel).form.editors[name]
    choice = editor.findChild(QComboBox)
    if choice is not None:
        choice.setFocus()
        while text not in choice.currentText():
            QTest.keyClick(choice, Qt.Key.Key_Down)
        choice.activated.emit(choice.currentIndex())
        return
    field = editor.findChild(QLineEdit)
    assert field is not None
    field.setFocus()
    field.selectAll()
    QTest.keyClicks(field, text)
    QTest.keyClick(field, Qt.Key.Key_Return)


def build_lenet5(window: MainWindow, hand: Hand) -> None:
    for number, (kind, _) in enumerate(LENET5):
        hand.drop(layer_mime(kind), place(number))
    blocks = [block.id for block in window.workbench.document.graph.blocks]
    for block, (_, settings) in zip(blocks, LENET5, strict=True):
        hand.click(hand.header(block))
        assert window.workbench.selection.current == block
        for name, text in settings.items():
            type_setting(window, name, text)
    for source, target in pairwise(blocks):
        hand.drag(hand.output(source), hand.input(target))


def test_from_an_empty_canvas_to_a_run_that_goes_on(
    window: MainWindow, qtbot: QtBot, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    models, hand = window.workbench.models, Hand(window.workbench.canvas)
    document = models.document
    monkeypatch.setattr(QMessageBox, "question", lambda *_: pytest.fail("nothing is unsaved"))
    window.workbench.files.new()
    models.document.set_plan(
        replace(models.document.plan, epochs=10_000)
    )  # it is to be stopped, however fast the machine
    window.workbench.canvas.zoom_to(0.7)
    window.workbench.canvas.centerOn(place(5) + QPointF(110, 80))

    build_lenet5(window, hand)
    shapes = document.inference.shapes
    prices = [cost(document.graph, block.id, shapes) for block in document.graph.blocks]
    assert document.inference.problems == ()
    assert sum(price.parameters for price in prices if price) == 61_706

    conv = document.graph.blocks[1].id
    hand.click(hand.header(conv))
    window.workbench.canvas.setFocus()
    QTest.keyClick(window.workbench.canvas, Qt.Key.Key_Space)
    qtbot.waitUntil(lambda: len(models.run.curves.losses) > 3, timeout=PATIENCE)
    qtbot.waitUntil(
        lambda: models.looking.snapshot is not None and conv in models.looking.snapshot.maps, timeout=PATIENCE
    )
    first = models.looking.snapshot
    assert first is not None and first.maps[conv].shape == (6, 28, 28)
    qtbot.waitUntil(lambda: models.looking.snapshot is not first, timeout=PATIENCE)
    later = models.looking.snapshot
    assert later is not None and not np.array_equal(first.maps[conv], later.maps[conv])

    models.run.stop()
    qtbot.waitUntil(lambda: models.run.state is State.IDLE, timeout=PATIENCE)
    assert np.mean(models.run.curves.losses[-3:]) < np.mean(models.run.curves.losses[:3])
    checkpoint = models.run.checkpoint
    assert checkpoint is not None

    path = tmp_path / "journey.cnn"
    monkeypatch.setattr(QFileDialog, "getSaveFileName", lambda *_: (str(path), ""))
    assert window.workbench.files.save()
    wait_until_saved(qtbot, window.workbench.files.saving)
    assert not window.isWindowModified()
    saved_graph, steps = document.graph, len(checkpoint.losses)

    window.workbench.files.new()
    assert document.graph.blocks == ()
    window.workbench.files.open_path(path)
    assert document.graph == saved_graph
    reopened = load_project(path).checkpoint
    assert reopened is not None
    for name, array in checkpoint.kept.items():
        assert np.array_equal(reopened.kept[name], array)

    assert len(models.run.curves.losses) == steps
    qtbot.waitUntil(lambda: models.data.loading is None)
    window.workbench.canvas.setFocus()
    QTest.keyClick(window.workbench.canvas, Qt.Key.Key_Space)
    qtbot.waitUntil(lambda: len(models.run.curves.losses) > steps + 3, timeout=PATIENCE)
    models.run.stop()
    qtbot.waitUntil(lambda: models.run.state is State.IDLE, timeout=PATIENCE)
