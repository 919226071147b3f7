"""Files with wrong settings in a whole window: they open, show what is wrong, are mended and saved back."""

from __future__ import annotations

from collections.abc import Iterator
from itertools import islice

import pytest
from PySide6.QtCore import Qt
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QLineEdit, QPushButton
from pytestqt.qtbot import QtBot

from cnngui.models.settings import Settings
from cnngui.panels.design.problems import ProblemsPanel
from cnngui.panels.design.properties import PropertiesPanel
from cnngui.panels.studio.training import TrainingPanel
from cnngui.theme.theme import ThemeManager
from cnngui.window.main_window import MainWindow
from cnngui.window.workbench import Workbench
from core.errors import CoreError
from core.formats.design import from_text
from core.layers import LAYERS
from core.layers.convolution import Conv2D
from core.layers.dense import Dense
from core.layers.output import Classification
from core.layers.reshape import Flatten
from core.project import Project
from core.schema.param import param_of
from core.training.plan import Plan
from tests.cnngui.contents import content
from tests.cnngui.window.opened import turn_events
from tests.core.designs import chain
from tests.core.formats import hostile
from tests.core.formats.wrong_settings import Case, cases, design

SAMPLES = 3
STEP = 31
"""A test goes through every 31st case, another one through those right after: all values come up."""


@pytest.fixture
def bench(qtbot: QtBot, settings: Settings, themes: ThemeManager) -> Iterator[Workbench]:
    window = MainWindow(settings, themes)
    qtbot.addWidget(window, before_close_func=MainWindow.close_without_asking)
    window.resize(1280, 720)
    window.show()
    yield window.workbench


def _open(bench: Workbench, text: str) -> None:
    bench.document.open_project(Project(from_text(text)))
    turn_events()


def _properties(bench: Workbench) -> PropertiesPanel:
    bench.views.show("properties")
    return content(bench, "properties", PropertiesPanel)


@pytest.mark.parametrize("start", range(SAMPLES))
def test_the_canvas_and_the_form_show_what_is_wrong(bench: Workbench, start: int) -> None:
    panel = _properties(bench)
    for case in islice(cases(), start, None, STEP):
        _open(bench, design(case))
        graph = bench.document.graph
        block = next(block for block in graph.blocks if block.layer.kind == case.declared.kind)
        bench.canvas.grab()
        bench.selection.set((block.id,))
        turn_events()
        row = panel.form.rows[case.param.name]
        if case.is_wrong:
            assert row.message.startswith("In the file: "), case
            assert case.param.label in row.error, case
            assert case.param.label.lower() in block.layer.caption(), case
        else:
            assert not row.message, case


def test_hostile_designs_that_load_are_drawn(bench: Workbench) -> None:
    for name, text in islice(hostile.designs(), 0, None, 4):
        try:
            _open(bench, text.decode())
        except (CoreError, UnicodeDecodeError):
            continue
        for block in bench.document.graph.blocks[:20]:
            bench.selection.set((block.id,))
            turn_events()
        assert not bench.canvas.grab().isNull(), name


def test_a_right_value_typed_in_the_form_takes_its_place(qtbot: QtBot, bench: Workbench) -> None:
    """The default, too, though it has stood there all along."""
    panel = _properties(bench)
    case = Case(LAYERS["conv2d"], param_of(Conv2D, "filters"), "text", '"many"')
    _open(bench, design(case))
    bench.selection.set(("b1",))
    turn_events()
    row = panel.form.rows["filters"]

    def note() -> str:
        return row.message

    assert note() == 'In the file: "many"'
    line = row.editor.findChild(QLineEdit)
    assert line is not None
    line.selectAll()
    QTest.keyClicks(line, "16")
    QTest.keyClick(line, Qt.Key.Key_Return)
    turn_events()
    assert bench.document.graph["b1"].layer == Conv2D(16)
    assert not note()
    assert not bench.document.inference.errors
    bench.document.undo_stack.undo()
    turn_events()
    assert bench.document.graph["b1"].layer.wrong == (("filters", '"many"'),)
    assert note() == 'In the file: "many"'


def _click_remedy(bench: Workbench, title: str) -> None:
    panel = content(bench, "problems", ProblemsPanel)
    bench.views.show("problems")
    turn_events()
    button = next(b for b in panel.findChildren(QPushButton) if b.isVisible() and b.text() == title)
    QTest.mouseClick(button, Qt.MouseButton.LeftButton)
    turn_events()


def test_a_click_mends_a_setting(bench: Workbench) -> None:
    _open(bench, design(Case(LAYERS["conv2d"], param_of(Conv2D, "kernel"), "text", '"5x5"')))
    _click_remedy(bench, "Set kernel to 5 × 5")
    assert bench.document.graph["b1"].layer == Conv2D(kernel=(5, 5))


def test_a_wrong_plan_is_said_shown_and_mended_with_a_click(bench: Workbench) -> None:
    written = {"batch_size": "big", "optimizer": {"kind": "adam", "learning_rate": [1]}}
    graph = chain((1, 8, 8), Flatten(), Dense(3), Classification())
    bench.document.open_project(Project(graph, Plan.from_json(written)))
    panel = content(bench, "training", TrainingPanel)
    turn_events()
    assert panel.plan_form.rows["batch_size"].message == 'In the file: "big"'
    assert panel.optimizer_form.rows["learning_rate"].message == "In the file: [1]"
    assert [problem.parameter for problem in bench.document.obstacles] == ["batch_size", "learning_rate"]
    _click_remedy(bench, "Set batch size to 64")
    _click_remedy(bench, "Set learning rate to 0.001")
    assert bench.document.plan == Plan()
    assert not bench.document.obstacles
    assert not panel.plan_form.rows["batch_size"].message
    bench.document.undo_stack.undo()
    turn_events()
    assert len(bench.document.obstacles) == 1
    panel.optimizer_form.changed.emit("learning_rate", 0.5)
    assert not bench.document.obstacles
