"""The card at the end of a run: what it says, the samples on it, its buttons, and when it goes."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path

import pytest
from PySide6.QtCore import QPoint, Qt
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QApplication, QWidget
from pytestqt.qtbot import QtBot

from cnngui.models.run import State
from cnngui.models.settings import Settings
from cnngui.panels.studio.run_end import RunEnd
from cnngui.panels.studio.training import TrainingPanel
from cnngui.theme.theme import ThemeManager
from cnngui.window.workbench import Workbench
from core.design.edits import set_param
from core.design.graph import Graph
from core.formats.project import load_project
from core.maths.optim import SGD
from core.training.checkpoint import Best
from tests.cnngui.contents import content
from tests.cnngui.dialogs import answering, typed
from tests.cnngui.runs import (
    BATCHES,
    PATIENCE,
    PLAN,
    hold,
    steps,
    texts,
    wait_for,
    wait_for_step,
    wait_until_saved,
)
from tests.cnngui.windows import open_window, press, save, undo


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


def _spec(bench: Workbench) -> str:
    return bench.data.source.spec if bench.data.source is not None else ""


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
        assert gallery.texts == [t if right else f"{t} as {a}" for a, t in said]
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


def test_a_sample_of_data_that_are_gone_is_not_looked_for_in_others(qtbot: QtBot, bench: Workbench) -> None:
    card = train(qtbot, bench)
    qtbot.waitUntil(lambda: bench.judging.samples is not None, timeout=PATIENCE)
    found = bench.judging.samples
    assert found is not None
    bench.data.choose("digits")
    qtbot.waitUntil(lambda: _spec(bench) == "digits", timeout=PATIENCE)
    last = max(verdict.sample for verdict in found.verdicts) + 1
    bench.looking.look_at(found.part, last)
    for gallery in card.galleries.values():
        if gallery.isVisible():
            QTest.mouseClick(gallery, Qt.MouseButton.LeftButton, pos=gallery.place(0).center().toPoint())
            assert (bench.looking.part, bench.looking.index) == (found.part, last)
    assert any(gallery.isVisible() for gallery in card.galleries.values())


def test_it_is_not_the_card_of_a_run_that_failed_before_it_began(
    qtbot: QtBot, bench: Workbench, monkeypatch: pytest.MonkeyPatch
) -> None:
    card = train(qtbot, bench)

    def fail(graph: Graph, *, seed: int) -> None:
        raise MemoryError

    monkeypatch.setattr("cnngui.compute.jobs.train.compile_graph", fail)
    with qtbot.waitSignal(bench.run.rested, timeout=PATIENCE):
        click(card.over)
    assert bench.run.problem is not None
    assert not card.isVisible()


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


def stop_in_the_middle(qtbot: QtBot, bench: Workbench) -> RunEnd:
    """Begins a run by Space and stops it in its second epoch, by its key."""
    bench.document.set_plan(replace(PLAN, epochs=3))
    press(qtbot, bench, Qt.Key.Key_Space, Qt.KeyboardModifier.ShiftModifier)
    wait_for(qtbot, bench.models, State.PAUSED)
    for _ in range(BATCHES + 1):
        bench.run.step()
    wait_for_step(qtbot, bench.models, BATCHES + 2)
    press(qtbot, bench, Qt.Key.Key_Period, Qt.KeyboardModifier.ControlModifier)
    wait_for(qtbot, bench.models, State.IDLE)
    return card_of(bench)


def test_a_run_that_was_stopped_has_the_same_three_buttons_and_goes_on_where_it_was(
    qtbot: QtBot, bench: Workbench
) -> None:
    card = stop_in_the_middle(qtbot, bench)
    assert card.title.text().startswith("Validation accuracy ")
    assert all(button.isVisible() for button in (card.save, card.further, card.over))
    assert card.ahead.text() == "Train further goes on with the 2 epochs that the plan still has."
    with qtbot.waitSignal(bench.run.rested, timeout=PATIENCE):
        click(card.further)
    assert steps(bench.models) == 3 * BATCHES
    assert bench.document.plan.epochs == 3
    assert card.ahead.text().startswith("Train further adds 3 epochs to the plan")


def test_start_over_after_a_stop_begins_anew_and_undo_brings_the_run_back(
    qtbot: QtBot, bench: Workbench
) -> None:
    card = stop_in_the_middle(qtbot, bench)
    before = bench.run.checkpoint
    with qtbot.waitSignal(bench.run.rested, timeout=PATIENCE):
        click(card.over)
    assert steps(bench.models) == 3 * BATCHES
    undo(qtbot, bench)
    assert bench.run.checkpoint is before
    assert card.further.isVisible()


def test_of_a_run_without_a_result_it_says_so(qtbot: QtBot, bench: Workbench) -> None:
    hold(qtbot, bench.models, step=2)
    bench.run.stop()
    wait_for(qtbot, bench.models, State.IDLE)
    card = card_of(bench)
    assert card.title.text() == "No epoch was completed"
    assert all(button.isVisible() for button in (card.save, card.further, card.over))


def test_of_another_design_it_offers_no_more_than_to_save_and_to_start_over(
    qtbot: QtBot, bench: Workbench
) -> None:
    card = train(qtbot, bench)
    bench.document.edit("Another", lambda graph: set_param(graph, "conv2d_1", "filters", 2))
    assert card.isVisible()
    assert not card.further.isVisible()
    assert not card.ahead.isVisible()
    with qtbot.waitSignal(bench.run.rested, timeout=PATIENCE):
        click(card.over)
    assert card.further.isVisible()


@pytest.mark.parametrize("stopped", [False, True])
def test_a_saved_run_comes_back_with_its_card(
    qtbot: QtBot, bench: Workbench, tmp_path: Path, stopped: bool
) -> None:
    card = stop_in_the_middle(qtbot, bench) if stopped else train(qtbot, bench)
    qtbot.waitUntil(lambda: bench.judging.samples is not None, timeout=PATIENCE)
    said = card.title.text(), card.result.text(), card.ahead.text()
    shown = [gallery.texts for gallery in card.galleries.values()]
    with answering(typed("net.cnn")):
        save(qtbot, bench)
    wait_until_saved(qtbot, bench.files.saving)
    bench.files.new()
    assert not card.isVisible()
    bench.data.choose("digits")
    qtbot.waitUntil(lambda: _spec(bench) == "digits", timeout=PATIENCE)
    bench.files.open_path(tmp_path / "net.cnn")
    assert card.isVisible()  # at once; its samples come with its data, and are none of the digits
    qtbot.waitUntil(lambda: bench.judging.samples is not None, timeout=PATIENCE)
    assert (card.title.text(), card.result.text(), card.ahead.text()) == said
    assert [gallery.texts for gallery in card.galleries.values()] == shown
    assert all(button.isVisible() for button in (card.save, card.further, card.over))
    epochs = 3 if stopped else 2 * PLAN.epochs
    with qtbot.waitSignal(bench.run.rested, timeout=PATIENCE):
        click(card.further)
    assert steps(bench.models) == epochs * BATCHES


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


def test_training_further_adds_as_much_each_time(qtbot: QtBot, bench: Workbench) -> None:
    card = train(qtbot, bench)
    for times in (2, 3, 4):
        with qtbot.waitSignal(bench.run.rested, timeout=PATIENCE):
            click(card.further)
        assert bench.document.plan.epochs == times * PLAN.epochs
    assert card.ahead.text().startswith(f"Train further adds {PLAN.epochs} epochs")
    undo(qtbot, bench)
    assert card.ahead.text().startswith(f"Train further adds {PLAN.epochs} epochs")


def test_its_buttons_are_where_they_were_whatever_it_says(qtbot: QtBot, bench: Workbench) -> None:
    """Another epoch than the last may be kept, which takes a longer sentence, in two places."""
    card = train(qtbot, bench)
    record = bench.run.shown
    assert record.checkpoint is not None
    places = set()
    for epoch in (1, 2):
        best = Best(epoch, record.checkpoint.weights)
        bench.run.show(replace(record, checkpoint=replace(record.checkpoint, best=best)))
        for _ in range(10):
            QApplication.processEvents()
        assert ("are kept" in card.result.text()) == (epoch == 1)
        places.add(card.further.mapTo(bench.window, QPoint()).y())
    assert len(places) == 1


def test_a_stopped_run_of_a_file_can_be_started_over_in_one_place(
    qtbot: QtBot, bench: Workbench, tmp_path: Path
) -> None:
    card = stop_in_the_middle(qtbot, bench)
    with answering(typed("net.cnn")):
        save(qtbot, bench)
    wait_until_saved(qtbot, bench.files.saving)
    bench.files.new()
    bench.files.open_path(tmp_path / "net.cnn")
    anew = content(bench, "training", TrainingPanel).anew
    assert card.over.isVisible()
    assert not anew.isVisible()
    click(card.close_button)
    assert anew.isVisible()


def test_what_is_said_as_a_run_begins_goes_as_it_ends(qtbot: QtBot, bench: Workbench) -> None:
    card = train(qtbot, bench)
    seen: list[str] = []
    bar = bench.window.statusBar()
    bar.messageChanged.connect(seen.append)
    with qtbot.waitSignal(bench.run.rested, timeout=PATIENCE):
        click(card.over)
    assert any(text.startswith("A new run begins") for text in seen)
    assert bar.currentMessage() == ""


def test_the_samples_read_wrongly_are_explained_by_the_first(qtbot: QtBot, bench: Workbench) -> None:
    bench.document.set_plan(replace(PLAN, epochs=1, optimizer=SGD(learning_rate=1e-9)))
    train(qtbot, bench)
    qtbot.waitUntil(lambda: bench.judging.samples is not None, timeout=PATIENCE)
    found = bench.judging.samples
    assert found is not None
    first = next(v for v in found.verdicts if not v.right)
    answer, truth = found.data.classes[first.answer], found.data.classes[first.truth]
    said = f"Read wrongly: “{truth} as {answer}” is {truth}, taken for {answer}"
    assert said in texts(card_of(bench))
