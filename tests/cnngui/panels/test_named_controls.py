"""Every control tells assistive technology what it sets, what it is, and its value."""

from __future__ import annotations

from pathlib import Path

import pytest
from PySide6.QtGui import QAccessible
from PySide6.QtWidgets import QApplication, QToolButton
from pytestqt.qtbot import QtBot

from cnngui.commands.shortcuts import ShortcutsDialog
from cnngui.forms.form import Form
from cnngui.models.settings import Settings
from cnngui.panels.panel import PANELS, discover
from cnngui.panels.studio.feature_maps import FeatureMapsPanel
from cnngui.theme.theme import ThemeManager
from cnngui.window.workbench import Workbench
from core.design.edits import add
from core.design.graph import Block
from core.layers import LAYERS
from core.maths.optim import OPTIMIZERS
from core.maths.schedules import SCHEDULES
from core.training.plan import Plan
from tests.cnngui.contents import content
from tests.cnngui.declared import setting_id
from tests.cnngui.named import controls, faults, said
from tests.cnngui.runs import PATIENCE
from tests.cnngui.windows import open_window

discover()


@pytest.fixture
def bench(qtbot: QtBot, settings: Settings, themes: ThemeManager, tmp_path: Path) -> Workbench:
    return open_window(qtbot, settings, themes, tmp_path)


def test_every_control_of_every_panel_is_named(qtbot: QtBot, bench: Workbench) -> None:
    bench.document.set_plan(Plan(epochs=1))
    bench.views.show("training")
    with qtbot.waitSignal(bench.run.rested, timeout=PATIENCE):
        bench.run_control.start()
    qtbot.waitUntil(lambda: bench.judging.samples is not None, timeout=PATIENCE)
    bench.select_first_image_block()
    for declared in PANELS:
        bench.views.show(declared.panel.name)
        QApplication.processEvents()
        made = bench.views.content(declared.panel.name)
        assert not list(faults(made)), declared.panel.name


def test_problems_are_named_with_their_remedies(bench: Workbench) -> None:
    bench.document.edit("Add", lambda graph: add(graph, Block("relu_9", LAYERS["relu"](), "ReLU 9")))
    bench.selection.reveal("relu_9")
    for name in ("problems", "properties"):
        bench.views.show(name)
        QApplication.processEvents()
        made = bench.views.content(name)
        assert any("ReLU 9" in said(heard) for heard in controls(made)) or name == "properties"
        assert not list(faults(made)), name


def test_every_control_around_the_panels_is_named(bench: Workbench) -> None:
    bench.window.resize(700, 600)
    for opened in ("find", "quick_add", "palette"):
        bench.actions[opened].trigger()
        QApplication.processEvents()
        assert not list(faults(bench.window)), opened


def test_every_control_of_the_list_of_keys_is_named(bench: Workbench) -> None:
    bench.actions["keys"].trigger()
    dialog = QApplication.activeModalWidget()
    assert isinstance(dialog, ShortcutsDialog)
    assert not list(faults(dialog))
    dialog.reject()


@pytest.mark.parametrize("declared", [*LAYERS, *OPTIMIZERS, *SCHEDULES], ids=setting_id)
def test_every_setting_is_named(qtbot: QtBot, themes: ThemeManager, declared: type[object]) -> None:
    form = Form(themes)
    qtbot.addWidget(form)
    form.set_object(declared())
    form.show()
    assert not list(faults(form))


def test_the_colours_of_the_maps_are_told_as_they_are_chosen(bench: Workbench) -> None:
    maps = content(bench, "maps", FeatureMapsPanel)
    buttons = [button for button in maps.findChildren(QToolButton) if button.menu() is not None]
    heard = QAccessible.queryAccessibleInterface(buttons[0])
    assert said(heard) == "Colours of the maps: Viridis"
    next(action for action in buttons[0].menu().actions() if action.text() == "Magma").trigger()
    assert said(heard) == "Colours of the maps: Magma"
