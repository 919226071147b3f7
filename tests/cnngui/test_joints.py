"""A declared entry is found in the window, with no other line anywhere."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import numpy as np
import pytest
from PySide6.QtCore import Qt
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QFileDialog
from pytestqt.qtbot import QtBot

from cnngui.compute.jobs.adopt import Adopt
from cnngui.compute.jobs.ask import Ask
from cnngui.compute.thread import ComputeThread
from cnngui.models.models import Models
from cnngui.models.selection import Selection
from cnngui.panels.costs.analysis import AnalysisPanel
from cnngui.panels.data.data import DataPanel
from cnngui.panels.design.palette import Palette
from cnngui.panels.studio.schedule import ScheduleSettings
from cnngui.theme.theme import ThemeManager
from core.data.dataset import Dataset, Source
from core.data.sources.base import SOURCES, Name, Opener, source
from core.exchange.base import EXPORTERS, Exporter, Material, exporter
from core.layers.base import LAYERS, Layer, layer
from core.maths.schedules import SCHEDULES, Schedule, schedule
from core.probes.base import PROBES, Probe, probe
from core.running.program import Program
from core.schema.param import param
from tests.cnngui.runs import GRAPH, PATIENCE
from tests.registries import declared_for_a_moment


def test_a_layer_is_in_the_palette(qtbot: QtBot, themes: ThemeManager) -> None:
    with declared_for_a_moment(LAYERS):

        @layer("invented", group="Shape", title="Invented")
        class Invented(Layer):
            """Does nothing that anybody needs."""

            def forward(self, params: object, mode: object, *inputs: object, **_: object) -> object:  # type: ignore[override]
                return inputs[0], None

            def backward(self, params: object, saved: object, grad: object) -> object:  # type: ignore[override]
                return (grad,), {}

        palette = Palette(themes)
        qtbot.addWidget(palette)
        assert palette.layers.item_of("invented").text(0) == "Invented"


def test_a_schedule_has_a_choice_and_a_form(qtbot: QtBot, themes: ThemeManager) -> None:
    with declared_for_a_moment(SCHEDULES):

        @schedule("halved", title="Halved")
        class Halved(Schedule):
            """Half of it."""

            part: float = param(0.5, min=0.0, max=1.0, help="What is left.")

            def share(self, epoch: float, epochs: float) -> float:
                return self.part

        settings = ScheduleSettings(themes, 100)
        qtbot.addWidget(settings)
        with qtbot.waitSignal(settings.changed) as changed:
            settings.choice.chosen.emit(len(SCHEDULES) - 1)
        assert changed.args == [Halved()]


@pytest.fixture
def rain() -> Iterator[None]:
    with declared_for_a_moment(SOURCES):

        @source("rain", title="Rain")
        class Rain(Opener):
            """Numbers that fall."""

            form = "rain"
            names = (Name("rain", "Rain, all day", {}),)
            patterns = ("*.rain",)

            def open(self) -> Source:
                data = Dataset(np.ones((40, 2), np.float32), np.arange(40) % 2, ("wet", "dry"))
                return Source("rain", "rain", data)

        yield


@pytest.mark.usefixtures("rain")
def test_a_source_is_offered_and_loaded(
    qtbot: QtBot, models: Models, themes: ThemeManager, monkeypatch: pytest.MonkeyPatch
) -> None:
    panel = DataPanel(models, themes)
    qtbot.addWidget(panel)
    panel.show()
    button = panel.embedded["rain"]
    assert button.text() == "Rain, all day"
    with qtbot.waitSignal(models.data.changed, timeout=PATIENCE):
        button.click()
    qtbot.waitUntil(lambda: models.data.loading is None, timeout=PATIENCE)
    assert models.data.source is not None
    assert models.data.source.train.classes == ("wet", "dry")
    asked: list[str] = []

    def give_up(*given: str) -> tuple[str, str]:
        asked.append(given[-1])
        return "", ""

    monkeypatch.setattr(QFileDialog, "getOpenFileName", give_up)
    panel.open_file.click()
    assert "*.rain" in asked[0]


def test_the_compute_thread_answers_a_probe(qtbot: QtBot, thread: ComputeThread) -> None:
    with declared_for_a_moment(PROBES):

        @probe("count", title="Count")
        class Count(Probe[tuple[int, int]]):
            """How many blocks there are."""

            def ask(self, program: Program, step: int) -> tuple[int, int]:
                return len(self.blocks & program.shapes.keys()), step

        thread.send(Adopt(GRAPH, {}, 7))
        for viewer, blocks in (("one", {"input_1"}), ("other", {"input_1", "conv2d_1"})):
            thread.send(Ask(viewer, Count(frozenset(blocks), np.zeros((1, 8, 8)))))
        answers: dict[str, object] = {}

        def all_there() -> bool:
            for viewer in ("one", "other"):
                if (found := thread.mailbox.take_answer(viewer)) is not None:
                    _, answers[viewer] = found
            return len(answers) == 2

        qtbot.waitUntil(all_there, timeout=PATIENCE)
        assert answers == {"one": (1, 7), "other": (2, 7)}
        assert thread.mailbox.take_answer("one") is None


def test_an_exporter_is_offered_with_the_costs(
    qtbot: QtBot, models: Models, themes: ThemeManager, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    with declared_for_a_moment(EXPORTERS):

        @exporter("names", title="Names", suffix=".txt", needs=frozenset({"graph"}))
        class Names(Exporter):
            """The blocks' names."""

            def content(self, material: Material) -> bytes:
                assert material.graph is not None
                return " ".join(block.name for block in material.graph.blocks).encode()

        models.document.open(GRAPH)
        panel = AnalysisPanel(models, Selection(), themes)
        qtbot.addWidget(panel)
        panel.show()
        asked: list[str] = []

        def choose(*given: str) -> tuple[str, str]:
            asked.append(given[-2])
            return str(tmp_path / "mine.txt"), "Names (*.txt)"

        monkeypatch.setattr(QFileDialog, "getSaveFileName", choose)
        QTest.mouseClick(panel.export, Qt.MouseButton.LeftButton)
        assert asked == ["Cost table (*.csv);;Names (*.txt)"]
        assert (tmp_path / "mine.txt").read_text().startswith("Input 1 ")
