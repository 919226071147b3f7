"""Choosing data: what is in them, what went wrong, and that nothing waits for them."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pytest
from PySide6.QtWidgets import QApplication, QFileDialog, QWidget
from pytestqt.qtbot import QtBot

from cnngui.compute.jobs.load import Load
from cnngui.compute.thread import ComputeThread
from cnngui.models.document import Document
from cnngui.models.models import Models, make_models
from cnngui.models.selection import Selection
from cnngui.models.settings import Settings
from cnngui.panels.data.data import DataPanel
from cnngui.panels.studio.feature_maps import FeatureMapsPanel
from cnngui.theme.theme import ThemeManager
from tests.cnngui.runs import PATIENCE, answered, hold, texts, write_bars, write_sums


@pytest.fixture
def panel(qtbot: QtBot, models: Models, themes: ThemeManager) -> DataPanel:
    made = DataPanel(models, themes)
    qtbot.addWidget(made)
    made.resize(700, 420)
    made.show()
    return made


def load(qtbot: QtBot, models: Models, path: Path) -> None:
    models.data.choose(str(path))
    qtbot.waitUntil(lambda: models.data.loading is None, timeout=PATIENCE)


def test_without_data_it_says_what_to_do(qtbot: QtBot, thread: ComputeThread, themes: ThemeManager) -> None:
    made = DataPanel(make_models(Document(), thread), themes)
    qtbot.addWidget(made)
    assert "No data yet" in texts(made)


def test_data_on_their_way_are_not_called_missing(
    qtbot: QtBot, thread: ComputeThread, themes: ThemeManager, tmp_path: Path
) -> None:
    models, selection = make_models(Document(), thread), Selection()
    made = [DataPanel(models, themes), FeatureMapsPanel(models, selection, themes)]
    for widget in made:
        qtbot.addWidget(widget)
    models.data.choose(str(write_bars(tmp_path / "bars.npz")))
    for widget in made:
        assert "The data are being loaded." in texts(widget)
        assert "No data yet" not in texts(widget)
    qtbot.waitUntil(lambda: models.data.loading is None, timeout=PATIENCE)


def test_samples_counts_and_sizes_are_shown(panel: DataPanel) -> None:
    assert panel.preview.facts == "1 × 8 × 8, 3 classes: 60 training, 6 validation, 12 test"
    assert set(panel.preview.samples.labels) == {"low", "middle", "high"}
    assert [(row.name, row.text) for row in panel.preview.counts.rows] == [
        ("low", "20"),
        ("middle", "20"),
        ("high", "20"),
    ]


def test_other_samples_can_be_shown(panel: DataPanel, models: Models) -> None:
    grid = panel.preview.samples
    grid.show_samples(models.data.parts["training"], seed=1)
    first = grid.labels
    grid.show_samples(models.data.parts["training"], seed=1)
    assert grid.labels == first
    grid.show_samples(models.data.parts["training"], seed=2)
    assert grid.labels != first


def test_more_samples_are_shown_where_there_is_more_room(panel: DataPanel) -> None:
    few = len(panel.preview.samples.labels)
    panel.resize(1000, 800)
    assert len(panel.preview.samples.labels) > few


@pytest.mark.parametrize("height", [420, 455, 490, 800])
def test_samples_and_counts_leave_no_gap(panel: DataPanel, height: int) -> None:
    panel.resize(700, height)
    QApplication.processEvents()
    preview, counts = panel.preview, panel.preview.counts
    picture = preview.grab().toImage()
    ground = picture.pixelColor(preview.width() - 1, 0)

    def is_blank(row: int) -> bool:
        return all(picture.pixelColor(x, row) == ground for x in range(0, preview.width(), 3))

    blank = longest = 0
    for row in range(preview.samples.y(), preview.height()):
        blank = blank + 1 if is_blank(row) else 0
        longest = max(longest, blank)
    assert longest <= counts.fontMetrics().height() + 8


def test_values_to_predict_have_no_classes(
    qtbot: QtBot, models: Models, panel: DataPanel, tmp_path: Path
) -> None:
    load(qtbot, models, write_sums(tmp_path / "sums.npz"))
    assert panel.preview.facts.startswith("5 numbers, values to predict")
    assert not panel.preview.counts.rows
    assert "2 per sample" in texts(panel)


def test_embedded_digits_are_loaded_in_the_compute_thread(
    qtbot: QtBot, models: Models, panel: DataPanel, thread: ComputeThread
) -> None:
    panel.embedded["digits"].click()
    assert models.data.loading == "digits"
    assert "Loading" in texts(panel)
    assert panel.cancel.isVisible()
    with answered(qtbot, thread, Load):
        pass
    assert models.data.source is not None
    assert models.data.source.spec == "digits"
    assert "Loading" not in texts(panel)
    assert len(panel.preview.counts.rows) == 10


def test_loading_can_be_called_off(
    qtbot: QtBot, models: Models, panel: DataPanel, thread: ComputeThread, tmp_path: Path
) -> None:
    before = panel.preview.facts
    with answered(qtbot, thread, Load):
        models.data.choose(str(write_bars(tmp_path / "other.npz", train=30)))
        panel.cancel.click()
    assert panel.preview.facts == before
    assert not panel.cancel.isVisible()


@pytest.mark.parametrize("button", ["folder", "file"])
def test_a_folder_or_a_file_can_be_opened(
    qtbot: QtBot,
    models: Models,
    panel: DataPanel,
    tmp_path: Path,
    monkeypatch: pytest.MonkeyPatch,
    *,
    button: str,
) -> None:
    path = write_bars(tmp_path / "chosen.npz", train=90)
    shown: list[QFileDialog.Option] = []

    def choose_folder(parent: QWidget, title: str, folder: str, options: QFileDialog.Option) -> str:
        shown.append(options)
        return str(path)

    monkeypatch.setattr(QFileDialog, "getExistingDirectory", choose_folder)
    monkeypatch.setattr(QFileDialog, "getOpenFileName", lambda *_: (str(path), ""))
    (panel.open_folder if button == "folder" else panel.open_file).click()
    assert not any(options & QFileDialog.Option.ShowDirsOnly for options in shown)
    qtbot.waitUntil(lambda: models.data.loading is None, timeout=PATIENCE)
    assert panel.preview.facts.endswith("81 training, 9 validation, 12 test")
    assert str(path) in texts(panel)
    assert panel.own.text() == "chosen.npz"
    panel.own.click()
    assert [b.isChecked() for b in (panel.own, *panel.embedded.values())] == [True, False, False]
    assert Settings().folder("data") == (tmp_path if button == "file" else None)


def test_what_cannot_be_read_is_said_and_the_data_stay(
    qtbot: QtBot, models: Models, panel: DataPanel, tmp_path: Path
) -> None:
    before = panel.preview.facts
    np.savez(tmp_path / "empty.npz", nothing=np.zeros(3))
    load(qtbot, models, tmp_path / "empty.npz")
    assert panel.banner.isVisible()
    assert "empty.npz" in panel.banner.text
    assert "x_train" in panel.banner.text
    assert panel.preview.facts == before
    load(qtbot, models, write_bars(tmp_path / "good.npz"))
    assert not panel.banner.isVisible()


def test_the_validation_share_splits_the_data(qtbot: QtBot, models: Models, panel: DataPanel) -> None:
    panel.share.edited.emit(0.5)
    qtbot.waitUntil(lambda: "33 training, 33 validation" in panel.preview.facts, timeout=PATIENCE)
    assert models.document.plan.validation == 0.5


def test_a_run_keeps_its_data(qtbot: QtBot, models: Models, panel: DataPanel) -> None:
    hold(qtbot, models)
    assert not panel.open_folder.isEnabled()
    assert "Stop the run" in panel.banner.text
