"""After a divergence: what goes on from the last sound epoch, in the panel and where Train is pressed."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest
from PySide6.QtCore import Qt
from PySide6.QtTest import QTest
from pytestqt.qtbot import QtBot

from cnngui.models.run import State
from cnngui.models.settings import Settings
from cnngui.panels.studio.training import TrainingPanel
from cnngui.theme.theme import ThemeManager
from cnngui.window.workbench import Workbench
from core.maths.optim import SGD
from core.training.checkpoint import Checkpoint
from tests.cnngui.contents import content
from tests.cnngui.runs import BATCHES, PATIENCE, PLAN, texts, wait_for
from tests.cnngui.windows import open_window, press, redo, undo

BAD = replace(PLAN, optimizer=SGD(learning_rate=100.0, weight_decay=10.0), epochs=6)


@pytest.fixture
def bench(qtbot: QtBot, settings: Settings, themes: ThemeManager, tmp_path: Path) -> Iterator[Workbench]:
    """A window whose run had two sound epochs, went on with a rate that is too large, and diverged."""
    made = open_window(qtbot, settings, themes, tmp_path)
    made.views.switch("train")
    made.document.set_plan(replace(PLAN, optimizer=SGD()))
    with qtbot.waitSignal(made.run.rested, timeout=PATIENCE):
        press(qtbot, made, Qt.Key.Key_Space)
    made.document.set_plan(BAD)
    with qtbot.waitSignal(made.run.rested, timeout=PATIENCE):
        press(qtbot, made, Qt.Key.Key_Space)
    assert made.run.has_diverged
    yield made
    made.run.stop()
    wait_for(qtbot, made.models, State.IDLE)


def _checkpoint(bench: Workbench) -> Checkpoint:
    found = bench.run.checkpoint
    assert found is not None
    return found


def test_the_last_sound_epoch_is_kept(bench: Workbench) -> None:
    found = _checkpoint(bench)
    assert (found.epoch, found.position, found.steps) == (2, 0, 2 * BATCHES)
    assert all(np.isfinite(array).all() for array in found.weights.values())


@pytest.mark.parametrize(
    ("way", "text"),
    [("retry", "a tenth of the learning rate (10)"), ("clip", "gradients clipped to length 1")],
)
def test_a_button_goes_on_from_there_and_the_plan_says_how(
    qtbot: QtBot, bench: Workbench, way: str, text: str
) -> None:
    panel = content(bench, "training", TrainingPanel)
    button = panel.diverged.buttons[way]
    assert button.isVisible()
    assert button.accessibleName() == f"Go on from epoch 2 with {text}"
    assert button.text().lower() == text
    assert "Go on from epoch 2 with another plan:" in texts(panel.diverged)
    assert button.visibleRegion().boundingRect() == button.rect()
    before, diverged = bench.document.plan, bench.run.curves.count
    assert diverged > 2 * BATCHES
    with qtbot.waitSignal(bench.run.rested, timeout=PATIENCE):
        QTest.mouseClick(button, Qt.MouseButton.LeftButton)
    expected = replace(BAD, clip_norm=1.0)
    if way == "retry":
        expected = replace(BAD, optimizer=SGD(learning_rate=10.0, weight_decay=10.0))
    assert bench.document.plan == expected
    assert list(bench.run.curves.epochs)[:2] == list(_checkpoint(bench).curves.epochs)[:2]
    later = bench.run.curves.count
    undo(qtbot, bench)
    assert bench.document.plan == before
    assert bench.run.has_diverged
    assert bench.run.curves.count == diverged
    redo(bench)
    assert bench.document.plan == expected
    assert bench.run.curves.count == later


def test_train_asks_and_the_first_choice_is_a_tenth_of_the_rate(qtbot: QtBot, bench: Workbench) -> None:
    press(qtbot, bench, Qt.Key.Key_Space)
    assert bench.run_choice.isVisible()
    assert bench.run_choice.accessibleName() == "The run has diverged"
    texts = [action.text() for action in bench.run_choice.actions() if action.isVisible()]
    assert len(texts) == 3
    assert texts[0] == "Go on from epoch 2 with a tenth of the learning rate (10)"
    assert texts[2] == "&Start over with untrained weights"
    with qtbot.waitSignal(bench.run.rested, timeout=PATIENCE):
        QTest.keyClick(bench.run_choice, Qt.Key.Key_Return)
    assert bench.document.plan.optimizer == SGD(learning_rate=10.0, weight_decay=10.0)


def test_with_another_plan_train_goes_on_without_asking(qtbot: QtBot, bench: Workbench) -> None:
    bench.document.set_plan(replace(BAD, optimizer=SGD(), epochs=4))
    assert not content(bench, "training", TrainingPanel).diverged.isVisible()
    with qtbot.waitSignal(bench.run.rested, timeout=PATIENCE):
        press(qtbot, bench, Qt.Key.Key_Space)
    found = _checkpoint(bench)
    assert (found.epoch, found.steps) == (4, 4 * BATCHES)
    assert not bench.run.has_diverged
    assert bench.run.curves.count == found.steps
    assert bench.run.curves.losses == found.losses
