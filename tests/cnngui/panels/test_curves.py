"""The curves: what is drawn is what was measured, at any length, and the mouse reads it out."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path
from typing import get_args

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from PySide6.QtCore import QPointF
from PySide6.QtGui import QContextMenuEvent, QImage
from PySide6.QtWidgets import QApplication, QMenu
from pytestqt.qtbot import QtBot

from cnngui.compute.jobs.load import Load
from cnngui.compute.thread import ComputeThread
from cnngui.models.models import Models
from cnngui.models.shown_run import ShownRun, run_from_file
from cnngui.panels.studio.curves import CurvesPanel, Shown
from cnngui.theme.theme import DARK, LIGHT, ThemeManager
from cnngui.widgets.plot import Plot, curve_colors, thinned
from core.formats.project import ProjectFile, load_project, save_project
from core.schema.making import changed
from core.training.curves import LOSS, Curves
from core.training.events import RateChange
from tests.cnngui.runs import (
    BATCHES,
    GRAPH,
    PATIENCE,
    answered,
    hold,
    regression_graph,
    run,
    steps,
    texts,
    wait_for_step,
    write_sums,
)


@pytest.fixture
def panel(qtbot: QtBot, models: Models, themes: ThemeManager) -> CurvesPanel:
    made = CurvesPanel(models.run, themes)
    qtbot.addWidget(made)
    made.resize(640, 240)
    made.show()
    return made


def drawn(plot: Plot) -> tuple[float, ...]:
    _, values = plot.training.getOriginalDataset()
    return () if values is None else tuple(values)


def test_before_any_run_it_says_what_to_do(panel: CurvesPanel) -> None:
    assert "Train (Space) to see" in texts(panel)


def test_raw_values_are_drawn(qtbot: QtBot, models: Models, panel: CurvesPanel) -> None:
    run(qtbot, models)
    assert drawn(panel.loss_plot) == models.run.curves.losses
    assert drawn(panel.metric_plot) == models.run.curves.metrics
    steps, losses = panel.loss_plot.validation.getOriginalDataset()
    assert list(steps) == [BATCHES, 2 * BATCHES]
    assert list(losses) == [e.validation.loss for e in models.run.curves.epochs if e.validation]


def test_another_run_begins_with_empty_plots(qtbot: QtBot, models: Models, panel: CurvesPanel) -> None:
    run(qtbot, models)
    hold(qtbot, models, step=3)
    assert len(drawn(panel.loss_plot)) == 3
    assert drawn(panel.loss_plot) == models.run.curves.losses


def test_all_curves_are_within_sight(qtbot: QtBot, models: Models, panel: CurvesPanel) -> None:
    run(qtbot, models)
    for plot, values in (
        (panel.loss_plot, models.run.curves.losses),
        (panel.metric_plot, models.run.curves.metrics),
    ):
        (left, right), (bottom, top) = plot.getViewBox().viewRange()
        assert left <= 1
        assert right >= 2 * BATCHES
        assert bottom <= min(values)
        assert top >= max(values)


def test_the_logarithmic_axis_shows_the_same_curve(qtbot: QtBot, models: Models, panel: CurvesPanel) -> None:
    run(qtbot, models)
    panel.set_log(True)
    _, shown = panel.loss_plot.training.getData()
    assert shown == pytest.approx(np.log10(models.run.curves.losses))
    _, (bottom, top) = panel.loss_plot.getViewBox().viewRange()
    assert bottom <= shown.min()
    assert top >= shown.max()


def test_the_plots_can_be_chosen(qtbot: QtBot, models: Models, panel: CurvesPanel) -> None:
    run(qtbot, models)
    seen: dict[Shown, tuple[bool, bool]] = {}
    for shown in get_args(Shown):
        panel.show_plots(shown)
        seen[shown] = panel.loss_plot.isVisible(), panel.metric_plot.isVisible()
    assert seen == {"loss": (True, False), "metric": (False, True), "both": (True, True)}


def test_both_plots_show_the_same_steps(qtbot: QtBot, models: Models, panel: CurvesPanel) -> None:
    run(qtbot, models)
    panel.loss_plot.setXRange(3, 9, padding=0)
    assert panel.metric_plot.getViewBox().viewRange()[0] == pytest.approx([3, 9])
    panel.metric_plot.setXRange(2, 5, padding=0)
    assert panel.loss_plot.getViewBox().viewRange()[0] == pytest.approx([2, 5])


def test_the_mouse_reads_the_nearest_step(qtbot: QtBot, models: Models, panel: CurvesPanel) -> None:
    run(qtbot, models)
    box = panel.loss_plot.getViewBox()
    place = box.mapViewToScene(QPointF(4.2, sum(box.viewRange()[1]) / 2))
    panel.loss_plot.scene().sigMouseMoved.emit(place)
    assert panel.readout.startswith("step 4 ")
    assert f"loss {models.run.curves.losses[3]:.4g}" in panel.readout
    panel.loss_plot.scene().sigMouseMoved.emit(QPointF(-10, -10))
    assert panel.readout.startswith(f"step {2 * BATCHES} ")


def test_zooming_stops_following_until_everything_is_shown_again(
    qtbot: QtBot, models: Models, panel: CurvesPanel
) -> None:
    hold(qtbot, models, step=2)
    box = panel.loss_plot.getViewBox()
    box.setRange(xRange=(1, 2), padding=0)
    box.sigRangeChangedManually.emit(box.state["mouseEnabled"])
    for _ in range(120):
        models.run.step()
    qtbot.waitUntil(lambda: models.run.curves.count == 122, timeout=PATIENCE)
    assert box.viewRange()[0] == pytest.approx([1, 2])
    panel.show_everything()
    assert box.viewRange()[0][1] >= 122


def test_regression_shows_the_error_in_place_of_the_accuracy(
    qtbot: QtBot, models: Models, panel: CurvesPanel, thread: ComputeThread, tmp_path: Path
) -> None:
    with answered(qtbot, thread, Load):
        models.data.choose(str(write_sums(tmp_path / "sums.npz")))
    with qtbot.waitSignal(models.run.ended, timeout=PATIENCE):
        models.run.start(regression_graph())
    assert "mean absolute error" in panel.readout
    assert "%" not in panel.readout
    assert panel.metric_plot.getViewBox().viewRange()[1][1] >= max(models.run.curves.metrics)
    axis = panel.metric_plot.getAxis("left")
    for height, name in ((140, "error"), (600, "mean absolute error"), (140, "error")):
        panel.resize(640, height)
        QApplication.processEvents()
        assert axis.labelText == name
        label = axis.label.mapRectToItem(axis, axis.label.boundingRect())
        assert label.height() <= axis.height()
        assert label.center().y() == pytest.approx(axis.height() / 2, abs=2)


def test_the_theme_changes_while_it_is_shown(
    qtbot: QtBot, models: Models, panel: CurvesPanel, themes: ThemeManager
) -> None:
    run(qtbot, models)
    for mode, theme in (("dark", DARK), ("light", LIGHT)):
        themes.mode = mode  # type: ignore[assignment]
        assert panel.loss_plot.backgroundBrush().color() == theme.canvas
        assert panel.loss_plot.training.opts["pen"].color() == curve_colors(theme)[0]


def test_the_picture_can_be_saved(qtbot: QtBot, models: Models, panel: CurvesPanel, tmp_path: Path) -> None:
    run(qtbot, models)
    assert panel.save_picture(tmp_path / "curves.png")
    assert QImage(str(tmp_path / "curves.png")).width() >= panel.width()
    assert not panel.save_picture(tmp_path / "missing" / "curves.png")


@given(st.integers(1, 5000), st.integers(10, 400))
def test_a_thinned_curve_keeps_its_ends_and_peaks(count: int, points: int) -> None:
    values = np.random.default_rng(count).standard_normal(count)
    steps = np.arange(1.0, count + 1)
    x, y = thinned(steps, values, points)
    assert len(x) == len(y) <= points + 3
    assert (y.min(), y.max()) == (values.min(), values.max())
    assert (np.diff(x) >= 0).all()
    assert x[0] == 1
    assert (x[-1], y[-1]) == (count, values[-1])


def test_of_a_very_long_run_every_peak_is_drawn(models: Models, panel: CurvesPanel) -> None:
    curves = Curves()
    losses = np.linspace(2.0, 1.0, 1_000_000)
    losses[777_777] = 9.0
    curves.extend(0, {LOSS: losses, "accuracy": np.ones(len(losses))})
    models.run.show(ShownRun(GRAPH, curves=curves))
    values = drawn(panel.loss_plot)
    assert len(values) < 10_000
    assert (min(values), max(values)) == (1.0, 9.0)
    assert panel.loss_plot.getViewBox().viewRange()[0][1] >= 1_000_000
    assert "steps 999,993 to 1,000,000  loss 1" in panel.readout


def test_a_changed_learning_rate_is_marked_where_it_counts(
    qtbot: QtBot, models: Models, panel: CurvesPanel
) -> None:
    hold(qtbot, models, step=3)
    assert panel.loss_plot.marks == []
    plan = models.document.plan
    models.document.set_plan(replace(plan, optimizer=changed(plan.optimizer, learning_rate=0.025)))
    for plot in (panel.loss_plot, panel.metric_plot):
        assert plot.marks == [(3, "rate 0.025")]
    models.run.stop()
    qtbot.waitUntil(lambda: not models.run.active, timeout=PATIENCE)
    assert list(models.run.shown.curves.rates[1:]) == [RateChange(3, 0.025)]
    hold(qtbot, models, step=1)
    assert panel.loss_plot.marks == []


def test_the_marks_come_back_with_a_saved_run_and_further_ones_are_added(
    qtbot: QtBot, models: Models, panel: CurvesPanel, tmp_path: Path
) -> None:
    hold(qtbot, models, step=3)
    plan, before = models.document.plan, steps(models)
    models.document.set_plan(replace(plan, optimizer=changed(plan.optimizer, learning_rate=0.025)))
    models.run.step()
    wait_for_step(qtbot, models, before + 1)
    models.run.stop()
    qtbot.waitUntil(lambda: not models.run.active, timeout=PATIENCE)
    project = models.document.project
    save_project(tmp_path / "run.cnn", ProjectFile(project, models.run.checkpoint))
    models.run.show(ShownRun())
    found = load_project(tmp_path / "run.cnn").checkpoint
    assert found is not None
    models.run.show(run_from_file(GRAPH, found))
    first, second = (before, "rate 0.025"), (before + 1, "rate 0.0125")
    for plot in (panel.loss_plot, panel.metric_plot):
        assert plot.marks == [first]
    models.document.set_plan(replace(plan, optimizer=changed(plan.optimizer, learning_rate=0.0125)))
    models.run.start(GRAPH, resume=True, held=True)
    wait_for_step(qtbot, models, before + 2)
    assert panel.loss_plot.marks == [first, second]
    models.run.stop()
    qtbot.waitUntil(lambda: not models.run.active, timeout=PATIENCE)
    assert panel.loss_plot.marks == [first, second]


def test_its_menu_has_icons(qtbot: QtBot, models: Models, panel: CurvesPanel) -> None:
    run(qtbot, models)
    place = panel.rect().center()
    QApplication.sendEvent(
        panel, QContextMenuEvent(QContextMenuEvent.Reason.Mouse, place, panel.mapToGlobal(place))
    )
    menu = QApplication.activePopupWidget()
    assert isinstance(menu, QMenu)
    entries = [action for action in menu.actions() if not action.isSeparator()]
    assert [action.text() for action in entries if action.icon().isNull()] == []
    menu.close()
