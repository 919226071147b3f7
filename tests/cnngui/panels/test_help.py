"""The help of a block: the manual's own words, for what is selected."""

from __future__ import annotations

import pytest
from pytestqt.qtbot import QtBot

from cnngui.models.document import Document
from cnngui.models.selection import Selection
from cnngui.panels.design.help import HelpPanel
from cnngui.theme.theme import ThemeManager
from core.design.edits import set_param
from core.explain.illustration import Curve, Maps
from core.explain.manual import description, settings
from core.layers import LAYERS
from tests.cnngui.canvas.conftest import chain


@pytest.fixture
def panel(qtbot: QtBot, themes: ThemeManager) -> HelpPanel:
    panel = HelpPanel(Document(), Selection(), themes)
    qtbot.addWidget(panel)
    return panel


@pytest.mark.parametrize("kind", [layer.kind for layer in LAYERS])
def test_every_layer_has_its_page(panel: HelpPanel, kind: str) -> None:
    layer = LAYERS[kind]
    panel.show_layer(layer())
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


def test_until_something_is_selected_it_tells_of_the_first_block_with_feature_maps(
    qtbot: QtBot, themes: ThemeManager
) -> None:
    document, selection = Document(), Selection()
    panel = HelpPanel(document, selection, themes)
    qtbot.addWidget(panel)
    document.open(chain("input"))
    assert panel.title.text() == "Input"
    document.open(chain("input", "conv2d", "relu"))
    assert panel.title.text() == "Conv 2D"


def test_the_picture_follows_the_settings(qtbot: QtBot, themes: ThemeManager) -> None:
    document, selection = Document(), Selection()
    document.open(chain("input", "conv2d", "relu"))
    panel = HelpPanel(document, selection, themes)
    qtbot.addWidget(panel)
    panel.show()
    selection.set(["conv2d_1"])
    shown = panel.picture.shown
    assert isinstance(shown, Maps)
    assert shown.output.shape == (16, 26, 26)
    document.edit("Set stride", lambda graph: set_param(graph, "conv2d_1", "stride", (2, 2)))
    shown = panel.picture.shown
    assert isinstance(shown, Maps)
    assert shown.output.shape == (16, 13, 13)
    assert "16 × 13 × 13" in panel.picture.accessibleDescription()
    selection.set(["relu_1"])
    assert isinstance(panel.picture.shown, Curve)


def test_no_picture_is_better_than_a_wrong_one(panel: HelpPanel) -> None:
    panel.show()
    panel.show_layer(LAYERS["conv2d"]())
    assert panel.picture.isVisible()
    panel.show_layer(LAYERS["input"]())
    assert not panel.picture.isVisible()
