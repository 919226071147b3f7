"""The feature maps: those of the selected block for the chosen sample, live, and in words what is missing."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path
from threading import Event
from typing import Any

import numpy as np
import pytest
from PySide6.QtCore import QPointF
from PySide6.QtWidgets import QApplication, QLabel
from pytestqt.qtbot import QtBot

from cnngui.compute.thread import ComputeThread
from cnngui.models.document import Document
from cnngui.models.models import Models, make_models
from cnngui.models.run import State
from cnngui.models.selection import Selection
from cnngui.models.shown_run import ShownRun
from cnngui.panels.studio.feature_maps import FeatureMapsPanel
from cnngui.panels.studio.sample import Picture
from cnngui.theme.theme import ThemeManager
from cnngui.widgets.elided import ElidedLabel
from cnngui.widgets.pictures import SHADES, to_indices
from core.design.edits import append, new_block, set_param
from core.layers import LAYERS
from core.training.checkpoint import Best
from tests.cnngui.runs import GRAPH, PATIENCE, hold, reconstruction_graph, run, texts, wait_for, wait_for_maps


@pytest.fixture
def document() -> Document:
    made = Document()
    made.open(GRAPH)
    return made


@pytest.fixture
def selection() -> Selection:
    return Selection()


@pytest.fixture
def panel(
    qtbot: QtBot, document: Document, selection: Selection, models: Models, themes: ThemeManager
) -> FeatureMapsPanel:
    made = FeatureMapsPanel(models, selection, themes)
    qtbot.addWidget(made)
    made.resize(700, 300)
    made.show()
    return made


def test_without_data_it_says_so(
    qtbot: QtBot, document: Document, selection: Selection, thread: ComputeThread, themes: ThemeManager
) -> None:
    made = FeatureMapsPanel(make_models(document, thread), selection, themes)
    qtbot.addWidget(made)
    assert "No data yet" in texts(made)


def test_before_any_run_it_says_what_to_do(panel: FeatureMapsPanel) -> None:
    assert "Train to see feature maps" in texts(panel)


def test_an_untrained_network_can_be_looked_at(
    qtbot: QtBot, panel: FeatureMapsPanel, selection: Selection, models: Models
) -> None:
    selection.set(["conv2d_1"])
    panel.untrained.click()
    wait_for_maps(qtbot, models, "conv2d_1")
    assert "4 × 6 × 6" in texts(panel)
    assert not panel.untrained.isVisible()


def test_what_was_asked_of_a_network_that_has_gone_is_not_shown(
    qtbot: QtBot, thread: ComputeThread, models: Models, monkeypatch: pytest.MonkeyPatch
) -> None:
    run(qtbot, models)
    models.looking.watch("test", ["conv2d_1"])
    wait_for_maps(qtbot, models, "conv2d_1")
    there, taken = Event(), []
    put, take = thread.mailbox.put_answer, thread.mailbox.take_answer

    def put_answer(*answer: Any) -> None:
        put(*answer)
        there.set()

    def take_answer(viewer: str) -> Any:
        found = take(viewer)
        taken.extend([found] if found is not None else [])
        return found

    monkeypatch.setattr(thread.mailbox, "put_answer", put_answer)
    monkeypatch.setattr(thread.mailbox, "take_answer", take_answer)
    models.looking.look_at("training", 3)
    assert there.wait(PATIENCE / 1000)
    models.run.show(ShownRun())
    qtbot.waitUntil(lambda: bool(taken), timeout=PATIENCE)
    assert models.looking.snapshot is None


def test_without_a_selection_it_shows_the_first_block_with_maps(
    qtbot: QtBot, panel: FeatureMapsPanel, models: Models
) -> None:
    run(qtbot, models)
    wait_for_maps(qtbot, models, "conv2d_1")
    assert "4 × 6 × 6" in texts(panel)


def test_all_channels_stand_in_one_picture(
    qtbot: QtBot, panel: FeatureMapsPanel, selection: Selection, models: Models
) -> None:
    run(qtbot, models)
    selection.set(["conv2d_1"])
    wait_for_maps(qtbot, models, "conv2d_1")
    assert models.looking.snapshot is not None
    maps = models.looking.snapshot.maps["conv2d_1"]
    shown = panel.mosaic.image.image
    wanted = to_indices(maps, panel.mosaic.levels)
    assert panel.mosaic.levels == (maps.min(), maps.max())
    assert sorted(shown[shown < SHADES]) == sorted(wanted.ravel())
    assert "Conv 2D 1" in texts(panel)
    assert "4 × 6 × 6" in texts(panel)


def test_the_mouse_reads_channel_place_and_value(
    qtbot: QtBot, panel: FeatureMapsPanel, selection: Selection, models: Models
) -> None:
    run(qtbot, models)
    selection.set(["conv2d_1"])
    wait_for_maps(qtbot, models, "conv2d_1")
    assert models.looking.snapshot is not None
    value = models.looking.snapshot.maps["conv2d_1"][0, 2, 3]
    long, short = f"channel 0, row 2, column 3: {value:.4g}", f"[0, 2, 3]: {value:.4g}"
    assert panel.mosaic.texts_at(3.5, 2.5) == (long, short)
    box = panel.mosaic.image.getViewBox()
    box.scene().sigMouseMoved.emit(box.mapViewToScene(QPointF(3.5, 2.5)))
    assert long in texts(panel) or short in texts(panel)
    assert panel.mosaic.texts_at(-1, 0) == ()


def test_a_vector_is_read_unit_by_unit(
    qtbot: QtBot, panel: FeatureMapsPanel, selection: Selection, models: Models
) -> None:
    run(qtbot, models)
    selection.set(["dense_1"])
    wait_for_maps(qtbot, models, "dense_1")
    assert models.looking.snapshot is not None
    assert panel.mosaic.texts_at(1.5, 0.5) == (f"unit 1: {models.looking.snapshot.maps['dense_1'][1]:.4g}",)


def test_maps_move_while_the_network_learns(
    qtbot: QtBot, panel: FeatureMapsPanel, selection: Selection, models: Models
) -> None:
    selection.set(["conv2d_1"])
    hold(qtbot, models)
    wait_for_maps(qtbot, models, "conv2d_1")
    before = panel.mosaic.image.image.copy()
    models.run.resume()
    qtbot.waitUntil(lambda: not np.array_equal(panel.mosaic.image.image, before), timeout=PATIENCE)


def test_a_paused_run_shows_the_maps_of_its_last_step(
    qtbot: QtBot, panel: FeatureMapsPanel, selection: Selection, models: Models
) -> None:
    selection.set(["conv2d_1"])
    hold(qtbot, models)
    wait_for_maps(qtbot, models, "conv2d_1")
    models.run.resume()
    before = models.run.last_step
    qtbot.waitUntil(lambda: models.run.last_step is not before, timeout=PATIENCE)
    models.run.pause()
    wait_for(qtbot, models, State.PAUSED)

    def is_up_to_date() -> bool:
        step, shown = models.run.last_step, models.looking.snapshot
        return step is not None and shown is not None and shown.step == step.step

    qtbot.waitUntil(is_up_to_date, timeout=PATIENCE)


def test_only_a_visible_panel_asks_for_maps(
    qtbot: QtBot, panel: FeatureMapsPanel, selection: Selection, models: Models
) -> None:
    run(qtbot, models)
    panel.hide()
    selection.set(["conv2d_1"])
    models.looking.watch("test", ["relu_1"])
    wait_for_maps(qtbot, models, "relu_1")
    assert models.looking.snapshot is not None
    assert "conv2d_1" not in models.looking.snapshot.maps
    panel.show()
    wait_for_maps(qtbot, models, "conv2d_1")


def test_the_sample_can_be_chosen(qtbot: QtBot, panel: FeatureMapsPanel, models: Models) -> None:
    buttons = panel.sample.buttons
    models.looking.look_at("training", 0)
    buttons["previous"].click()
    assert models.looking.index == 59
    buttons["next"].click()
    assert models.looking.index == 0
    panel.sample.part.setCurrentIndex(1)
    panel.sample.part.activated.emit(1)
    assert (models.looking.part, models.looking.index) == ("validation", 0)
    assert "1 of 6" in texts(panel)
    models.looking.look_at("validation", 5)
    assert "6 of 6" in texts(panel)


def test_the_prediction_marks_the_true_class(
    qtbot: QtBot, panel: FeatureMapsPanel, selection: Selection, models: Models
) -> None:
    models.looking.look_at("training", 4)
    label = models.data.parts["training"].targets[4]
    assert [row.name for row in panel.sample.prediction.rows] == [("low", "middle", "high")[label]]
    run(qtbot, models)
    selection.set(["conv2d_1"])
    wait_for_maps(qtbot, models, "conv2d_1")
    rows = panel.sample.prediction.rows
    assert [row.name for row in rows] == ["low", "middle", "high"]
    assert [row.marked for row in rows] == [k == label for k in range(3)]
    assert sum(row.share or 0 for row in rows) == pytest.approx(1)


@pytest.mark.parametrize("size", [(400, 300), (700, 300), (1200, 500)])
def test_in_every_size_it_says_what_the_sample_is_and_what_it_is_taken_for(
    qtbot: QtBot, panel: FeatureMapsPanel, selection: Selection, models: Models, size: tuple[int, int]
) -> None:
    panel.resize(*size)
    models.looking.look_at("validation", 3)
    true = ("low", "middle", "high")[models.data.parts["validation"].targets[3]]
    assert f"It is {true}" in texts(panel)
    run(qtbot, models)
    selection.set(["conv2d_1"])
    wait_for_maps(qtbot, models, "conv2d_1")
    assert models.looking.snapshot is not None
    best = ("low", "middle", "high")[int(models.looking.snapshot.prediction.argmax())]
    assert f"{best}: " in texts(panel)
    assert ("right" if best == true else f"wrong, it is {true}") in texts(panel)


def test_the_first_sample_is_one_that_the_network_does_not_learn(models: Models) -> None:
    assert models.looking.part == "validation"


@pytest.mark.parametrize("width", [700, 400])
def test_a_reconstruction_stands_beside_its_sample(
    qtbot: QtBot, panel: FeatureMapsPanel, selection: Selection, models: Models, width: int
) -> None:
    panel.resize(width, 300)
    sample = panel.sample
    assert not sample.reconstruction.isVisible()
    with qtbot.waitSignal(models.run.ended, timeout=PATIENCE):
        models.run.start(reconstruction_graph())
    selection.set(["conv2d_1"])
    wait_for_maps(qtbot, models, "conv2d_1")
    assert models.looking.snapshot is not None
    assert models.looking.snapshot.prediction.shape == (1, 8, 8)
    assert sample.reconstruction.isVisible()
    assert not sample.prediction.isVisible()
    assert sample.reconstruction.error.text().startswith("± ")
    run(qtbot, models)  # classes again
    qtbot.waitUntil(lambda: not sample.reconstruction.isVisible(), timeout=PATIENCE)
    assert sample.prediction.isVisible() == (width == 700)


def test_a_block_newer_than_the_run_is_named(
    qtbot: QtBot, panel: FeatureMapsPanel, document: Document, selection: Selection, models: Models
) -> None:
    run(qtbot, models)
    new = new_block(document.graph, LAYERS["tanh"]())
    document.edit("add", lambda graph: append(graph, new, None))
    selection.set([new.id])
    assert f"{new.name} is newer than the run" in texts(panel)


def test_a_block_that_changed_since_the_run_is_marked(
    qtbot: QtBot, panel: FeatureMapsPanel, document: Document, selection: Selection, models: Models
) -> None:
    run(qtbot, models)
    selection.set(["conv2d_1"])
    wait_for_maps(qtbot, models, "conv2d_1")
    document.edit("set", lambda graph: set_param(graph, "conv2d_1", "filters", 9))
    assert "before the change" in texts(panel)


def test_data_of_another_shape_are_named(
    qtbot: QtBot, panel: FeatureMapsPanel, models: Models, tmp_path: Path
) -> None:
    run(qtbot, models)
    np.savez(tmp_path / "wide.npz", x=np.zeros((9, 8, 16), np.uint8), y=np.arange(9) % 3)
    models.data.choose(str(tmp_path / "wide.npz"))
    qtbot.waitUntil(lambda: "don't fit the trained network" in texts(panel), timeout=PATIENCE)


def test_colors_and_scale_can_be_chosen(
    qtbot: QtBot, panel: FeatureMapsPanel, selection: Selection, models: Models
) -> None:
    run(qtbot, models)
    selection.set(["conv2d_1"])
    wait_for_maps(qtbot, models, "conv2d_1")
    panel.scale_each.setChecked(True)
    first = panel.mosaic.image.image[:6, :6]
    assert (first.min(), first.max()) == (0, SHADES - 1)
    panel.mosaic.set_color_map("gray")
    red, green, blue = panel.mosaic.image.lut[100, :3]
    assert red == green == blue


def test_it_names_the_epoch_whose_weights_are_looked_at(
    qtbot: QtBot, panel: FeatureMapsPanel, selection: Selection, models: Models
) -> None:
    """A run at rest has kept its best epoch, which needn't be the last."""
    selection.set(["conv2d_1"])
    run(qtbot, models)
    wait_for_maps(qtbot, models, "conv2d_1")
    record = models.run.shown
    assert record.checkpoint is not None
    older = replace(record.checkpoint, best=Best(1, record.checkpoint.weights))
    models.run.show(replace(record, checkpoint=older))
    wait_for_maps(qtbot, models, "conv2d_1")
    assert "4 × 6 × 6, of epoch 1" in texts(panel)
    assert "after step" not in texts(panel)


@pytest.mark.parametrize("height", [160, 180, 200, 300])
def test_the_sample_does_not_lie_over_its_caption(
    qtbot: QtBot, panel: FeatureMapsPanel, selection: Selection, models: Models, height: int
) -> None:
    run(qtbot, models)
    selection.set(["conv2d_1"])
    wait_for_maps(qtbot, models, "conv2d_1")
    panel.resize(340, height)
    QApplication.processEvents()
    sample = panel.sample
    [caption] = [label for label in sample.findChildren(QLabel) if "\n" in label.text()]
    [shown] = [p for p in sample.findChildren(Picture) if p.isVisible()]
    assert shown.geometry().bottom() < caption.y()
    assert caption.height() >= caption.heightForWidth(caption.width())
    assert caption.geometry().bottom() <= sample.height()


def test_the_shape_is_read_in_full_in_a_narrow_panel(
    qtbot: QtBot, panel: FeatureMapsPanel, selection: Selection, models: Models
) -> None:
    run(qtbot, models)
    selection.set(["conv2d_1"])
    wait_for_maps(qtbot, models, "conv2d_1")
    panel.resize(340, 200)
    QApplication.processEvents()
    [facts] = [label for label in panel.findChildren(ElidedLabel) if "4 × 6 × 6" in label.text()]
    assert facts.fontMetrics().horizontalAdvance(facts.text()) <= facts.width()


def test_an_output_shows_its_classes_by_name(
    qtbot: QtBot, panel: FeatureMapsPanel, selection: Selection, models: Models
) -> None:
    run(qtbot, models)
    selection.set(["classification_1"])
    wait_for_maps(qtbot, models, "classification_1")
    assert panel.scores.isVisible()
    assert not panel.mosaic.isVisible()
    assert [row.name for row in panel.scores.rows] == ["low", "middle", "high"]
    selection.set(["conv2d_1"])
    qtbot.waitUntil(panel.mosaic.isVisible, timeout=PATIENCE)
    assert not panel.scores.isVisible()
