"""The help of a block: the manual's own words, for what is selected."""

from __future__ import annotations

import pytest
from pytestqt.qtbot import QtBot

from cnngui.document import Document
from cnngui.panels.help import HelpPanel
from cnngui.selection import Selection
from cnngui.theme import ThemeManager
from core.layers import LAYERS
from core.manual import description, settings
from tests.cnngui.canvas.conftest import chain


@pytest.fixture
def panel(qtbot: QtBot, themes: ThemeManager) -> HelpPanel:
    panel = HelpPanel(Document(), Selection(), themes)
    qtbot.addWidget(panel)
    return panel


@pytest.mark.parametrize("kind", [layer.kind for layer in LAYERS])
def test_every_layer_has_its_page(panel: HelpPanel, kind: str) -> None:
    layer = LAYERS[kind]
    panel.show_layer(layer)
    shown = " ".join(panel.text.toPlainText().split())
    assert panel.title.text() == layer.title
    assert " ".join(description(layer).split()) in shown
    for setting in settings(layer):
        for text in (setting.label, setting.name, setting.default, setting.limits, setting.meaning):
            assert text in shown


def test_the_page_follows_the_selection_and_stays_without_one(qtbot: QtBot, themes: ThemeManager) -> None:
    document, selection = Document(), Selection()
    document.open(chain("input", "dense"))
    panel = HelpPanel(document, selection, themes)
    qtbot.addWidget(panel)
    selection.set(["dense_1"])
    assert panel.title.text() == "Dense"
    selection.set(["dense_1", "input_1"])
    assert panel.title.text() == "Input"
    selection.set([])
    assert panel.title.text() == "Input"
