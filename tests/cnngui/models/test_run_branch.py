"""A changed design goes on with the trained weights: blocks keep them where their shapes are the same."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest
from PySide6.QtCore import Qt
from pytestqt.qtbot import QtBot

from cnngui.models.run import State
from cnngui.models.settings import Settings
from cnngui.models.shown_run import ShownRun
from cnngui.theme.theme import ThemeManager
from cnngui.window.workbench import Workbench
from core.compile import compile_graph
from core.design.edits import insert, new_block, set_param
from core.design.graph import Graph
from core.layers.activation import ReLU
from core.maths.optim import Adam
from core.training.branch import carried
from tests.cnngui.models.test_run_history import ON, choose, finished, other_pool, prediction, shown
from tests.cnngui.runs import BATCHES, ENDLESS, GRAPH, PATIENCE, PLAN, wait_for
from tests.cnngui.windows import open_window, press, undo


@pytest.fixture
def bench(qtbot: QtBot, settings: Settings, themes: ThemeManager, tmp_path: Path) -> Iterator[Workbench]:
    """A window with GRAPH, trained to the end of PLAN."""
    bench = open_window(qtbot, settings, themes, tmp_path)
    with qtbot.waitSignal(bench.run.ended, timeout=PATIENCE):
        press(qtbot, bench, Qt.Key.Key_Space)
    yield bench
    bench.run.stop()
    wait_for(qtbot, bench.models, State.IDLE)


def other_filters(graph: Graph) -> Graph:
    """All weights are others."""
    return set_param(graph, "conv2d_1", "filters", 6)


def test_a_changed_design_goes_on_with_the_trained_weights(qtbot: QtBot, bench: Workbench) -> None:
    models = bench.models
    former, said = shown(models), prediction(qtbot, models)
    parent = models.run.checkpoint
    assert parent is not None
    bench.document.edit("Insert", lambda graph: insert(graph, new_block(graph, ReLU()), graph.wires[2]))
    models.document.set_plan(replace(PLAN, optimizer=Adam(learning_rate=0.0)))
    press(qtbot, bench, Qt.Key.Key_Space)
    with qtbot.waitSignal(models.run.ended, timeout=PATIENCE):
        choose(bench, *ON)
    branch = models.run.checkpoint
    assert branch is not None
    assert models.run.graph == bench.document.graph
    assert finished(models) == 2
    assert len(models.run.curves.losses) == 2 * BATCHES  # its history begins anew
    for name, weights in parent.weights.items():
        assert np.array_equal(branch.weights[name], weights)  # a rate of 0 leaves them as they were
    assert np.array_equal(prediction(qtbot, models), said)  # ReLU twice is ReLU
    assert bench.actions["undo"].text().replace("&", "") == "Undo Go on with the trained weights"
    for _ in ("run", "plan"):
        undo(qtbot, bench)
    assert shown(models)[1:] == former[1:]
    undo(qtbot, bench)
    assert bench.document.graph == GRAPH
    assert np.array_equal(prediction(qtbot, models), said)


def test_blocks_that_begin_untrained_are_known_while_the_run_is_on(qtbot: QtBot, bench: Workbench) -> None:
    models = bench.models
    bench.document.edit("Set kernel", other_pool)
    models.document.set_plan(ENDLESS)
    press(qtbot, bench, Qt.Key.Key_Space, Qt.KeyboardModifier.ShiftModifier)
    said = bench.run_choice.branch.toolTip()
    assert said == f"Untrained at first: {GRAPH['dense_1'].name}. Undo brings the run back"
    choose(bench, *ON)
    wait_for(qtbot, models, State.PAUSED)
    assert models.run.untrained == {"dense_1"}
    with qtbot.waitSignal(models.run.ended, timeout=PATIENCE):
        models.run.stop()
    assert models.run.untrained == frozenset()


def test_where_nothing_can_be_carried_over_only_the_others_are_offered(
    qtbot: QtBot, bench: Workbench
) -> None:
    models = bench.models
    bench.document.edit("Set filters", other_filters)
    press(qtbot, bench, Qt.Key.Key_Space)
    assert not bench.run_choice.branch.isEnabled()
    assert bench.run_choice.activeAction() is bench.run_choice.over
    with qtbot.waitSignal(models.run.ended, timeout=PATIENCE):
        choose(bench, Qt.Key.Key_Return)
    assert models.run.graph == other_filters(GRAPH)


def test_a_branch_that_is_called_off_leaves_the_run(qtbot: QtBot, bench: Workbench) -> None:
    models = bench.models
    former = shown(models)
    bench.document.edit("Set kernel", other_pool)
    press(qtbot, bench, Qt.Key.Key_Space)
    choose(bench, *ON)
    with qtbot.waitSignal(models.run.ended, timeout=PATIENCE):
        undo(qtbot, bench)
    assert shown(models) == former


def test_a_branch_that_has_made_no_step_yet_still_holds_what_was_learned(
    qtbot: QtBot, bench: Workbench
) -> None:
    models = bench.models
    assert models.run.checkpoint is not None
    begun = carried(models.run.checkpoint, GRAPH, compile_graph(GRAPH)).checkpoint
    models.run.show(ShownRun(GRAPH, begun))
    assert models.run.has_learned
    assert bench.files.saving.unsaved
    bench.document.edit("Set kernel", other_pool)
    press(qtbot, bench, Qt.Key.Key_Space)
    choose(bench, Qt.Key.Key_Escape)  # it asks, and begins nothing by itself
    assert not models.run.active
