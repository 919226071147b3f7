"""The card at the end of a run: what it says, the samples on it, its buttons, and when it goes."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest
from PySide6.QtCore import Qt
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QApplication, QWidget
from pytestqt.qtbot import QtBot

from cnngui.models.run import State
from cnngui.models.settings import Settings
from cnngui.panels.studio.run_end import RunEnd
from cnngui.panels.studio.training import TrainingPanel
from cnngui.theme.theme import ThemeManager
from cnngui.window.workbench import Workbench
from core.formats.project import load_project
from tests.cnngui.contents import content
from tests.cnngui.dialogs import answering, typed
from tests.cnngui.runs import BATCHES, PATIENCE, hold, steps, wait_for, wait_until_saved
from tests.cnngui.windows import open_window, press, undo


@pytest.fixture
def bench(qtbot: QtBot, settings: Settings, themes: ThemeManager, tmp_path: Path) -> Iterator[Workbench]:
    made = open_window(qtbot, settings, themes, tmp_path)
    made.views.switch("train")
    yield made
    made.run.stop()
    wait_for(qtbot, made.models, State.IDLE)


def card_of(bench: Workbench) -> RunEnd:
    return content(bench, "training", TrainingPanel).end


def train(qtbot: QtBot, bench: Workbench) -> RunEnd:
    """Trains to the end by Space."""
    with qtbot.waitSignal(bench.run.rested, timeout=PATIENCE):
        press(qtbot, bench, Qt.Key.Key_Space)
    return card_of(bench)


def click(widget: QWidget) -> None:
    QTest.mouseClick(widget, Qt.MouseButton.LeftButton)


def test_it_says_what_came_of_the_run_and_shows_samples(qtbot: QtBot, bench: Workbench) -> None:
    assert not card_of(bench).isVisible()
    card = train(qtbot, bench)
    assert card.isVisible()
    assert QApplication.activeModalWidget() is None
    assert card.title.text().startswith("Validation accuracy ")
    assert card.result.text().startswith("The loss is ")
    qtbot.waitUntil(lambda: bench.judging.samples is not None, timeout=PATIENCE)
    found = bench.judging.samples
    assert found is not None
    assert found.verdicts
    names = found.data.classes
    for right, gallery in card.galleries.items():
        said = [(names[v.answer], names[v.truth]) for v in found.verdicts if v.right is right]
        assert gallery.texts == [t if right else f"{a}, is {t}" for a, t in said]
        assert gallery.isVisible() == bool(said)


def test_a_sample_on_it_is_looked_at_by_mouse_and_keyboard(qtbot: QtBot, bench: Workbench) -> None:
    card = train(qtbot, bench)
    qtbot.waitUntil(lambda: bench.judging.samples is not None, timeout=PATIENCE)
    found = bench.judging.samples
    assert found is not None
    right = max((False, True), key=lambda kind: len(card.galleries[kind].texts))
    gallery = card.galleries[right]
    samples = [v.sample for v in found.verdicts if v.right is right]
    QTest.mouseClick(gallery, Qt.MouseButton.LeftButton, pos=gallery.place(1).center().toPoint())
    assert (bench.looking.part, bench.looking.index) == (found.part, samples[1])
    gallery.setFocus()
    QTest.keyClick(gallery, Qt.Key.Key_Left)
    QTest.keyClick(gallery, Qt.Key.Key_Return)
    assert bench.looking.index == samples[0]


def test_train_further_goes_on_and_start_over_begins_anew(qtbot: QtBot, bench: Workbench) -> None:
    card = train(qtbot, bench)
    with qtbot.waitSignal(bench.run.rested, timeout=PATIENCE):
        card.further.setFocus()
        QTest.keyClick(card.further, Qt.Key.Key_Space)
        assert not card.isVisible()  # it goes as the next run begins
    assert steps(bench.models) == 4 * BATCHES
    assert card.isVisible()
    with qtbot.waitSignal(bench.run.rested, timeout=PATIENCE):
        click(card.over)
    assert card.isVisible()
    assert steps(bench.models) == 4 * BATCHES
    undo(qtbot, bench)
    assert card.isVisible()


def test_it_saves_the_network(qtbot: QtBot, bench: Workbench, tmp_path: Path) -> None:
    card = train(qtbot, bench)
    with answering(typed("net.cnn")):
        click(card.save)
    wait_until_saved(qtbot, bench.files.saving)
    assert load_project(tmp_path / "net.cnn").checkpoint is not None
    assert card.isVisible()


def test_it_can_be_closed_and_stays_so_until_another_run_ends(qtbot: QtBot, bench: Workbench) -> None:
    card = train(qtbot, bench)
    click(card.close_button)
    assert not card.isVisible()
    bench.views.switch("design")
    bench.views.switch("train")
    assert not card.isVisible()
    with qtbot.waitSignal(bench.run.rested, timeout=PATIENCE):
        bench.actions["anew"].trigger()
    assert card.isVisible()


def test_of_a_run_that_was_stopped_it_offers_what_the_panel_does_not(qtbot: QtBot, bench: Workbench) -> None:
    hold(qtbot, bench.models, step=2)
    bench.run.stop()
    wait_for(qtbot, bench.models, State.IDLE)
    card = card_of(bench)
    assert card.title.text() == "No epoch was completed"
    assert card.save.isVisible()
    assert not card.further.isVisible()


def test_in_another_workspace_the_end_is_offered(qtbot: QtBot, bench: Workbench) -> None:
    bench.views.switch("design")
    with qtbot.waitSignal(bench.run.rested, timeout=PATIENCE):
        press(qtbot, bench, Qt.Key.Key_Space)
    [button] = [
        b for b in bench.window.statusBar().findChildren(QWidget) if b.property("text") == "Go to Train"
    ]
    assert button.toolTip().startswith("Validation accuracy ")
    click(button)
    assert card_of(bench).isVisible()
    assert not button.isVisible()
