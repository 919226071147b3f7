"""What a script saves opens in the window, and the other way round: design, plan, data, what was learned."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import numpy as np
import pytest
from pytestqt.qtbot import QtBot

import cnngui
from cnngui.models.run import State
from cnngui.models.settings import Settings
from cnngui.theme.theme import ThemeManager
from cnngui.window.workbench import Workbench
from core.data.sources.base import load_source
from tests.cnngui.dialogs import answering, typed
from tests.cnngui.runs import GRAPH, PATIENCE, run, wait_for, wait_for_maps, wait_until_saved
from tests.cnngui.windows import open_window, save


@pytest.fixture
def bench(qtbot: QtBot, settings: Settings, themes: ThemeManager, tmp_path: Path) -> Iterator[Workbench]:
    made = open_window(qtbot, settings, themes, tmp_path)
    yield made
    made.run.stop()
    wait_for(qtbot, made.models, State.IDLE)


def trained(folder: Path) -> cnngui.Network:
    """A network with a branch that a script has trained on the data of the window."""
    net = cnngui.Network(cnngui.Input(1, 8, 8), ("Stem", cnngui.Conv2D(4, padding="same")))
    aside = net.add(cnngui.Conv2D(4, kernel=1), after="Stem", name="Aside")
    net.add(cnngui.Add(), after=["Stem", aside])
    net.add(cnngui.Flatten(), cnngui.Dense(3), cnngui.Classification())
    net.fit(folder / "bars.npz", epochs=2, batch_size=10, optimizer="sgd", progress=False)
    return net


def test_a_file_of_a_script_opens_with_all_that_it_has_learned(
    qtbot: QtBot, bench: Workbench, tmp_path: Path
) -> None:
    net = trained(tmp_path)
    net.save(tmp_path / "script.cnn")
    bench.files.open_path(tmp_path / "script.cnn")
    assert bench.document.graph == net.design
    assert bench.document.plan == net.plan
    assert bench.document.inference.errors == ()
    assert bench.run.checkpoint is not None
    assert bench.run.checkpoint.losses == net.history.losses
    qtbot.waitUntil(lambda: bench.data.source is not None, timeout=PATIENCE)
    bench.looking.watch("test", ["conv2d_1"])
    wait_for_maps(qtbot, bench.models, "conv2d_1")
    assert bench.looking.snapshot is not None
    assert bench.looking.samples is not None
    sample = bench.looking.samples.images[bench.looking.index]
    np.testing.assert_allclose(bench.looking.snapshot.prediction, net.predict(sample), atol=1e-5)
    np.testing.assert_allclose(
        bench.looking.snapshot.maps["conv2d_1"], net.feature_maps(sample, "Stem"), atol=1e-5
    )


def test_the_window_goes_on_with_a_script_s_run_as_the_script_would(
    qtbot: QtBot, bench: Workbench, tmp_path: Path
) -> None:
    net = trained(tmp_path)
    net.save(tmp_path / "script.cnn")
    bench.files.open_path(tmp_path / "script.cnn")
    qtbot.waitUntil(lambda: bench.data.source is not None, timeout=PATIENCE)
    with qtbot.waitSignal(bench.run.ended, timeout=PATIENCE):
        bench.run_control.train_further()
    net.fit(progress=False)
    assert bench.document.plan == net.plan
    assert bench.run.checkpoint is not None
    assert bench.run.checkpoint.losses == net.history.losses


def test_a_file_of_the_window_opens_in_a_script(qtbot: QtBot, bench: Workbench, tmp_path: Path) -> None:
    run(qtbot, bench.models)
    with answering(typed("window")):
        save(qtbot, bench)
    wait_until_saved(qtbot, bench.files.saving)
    net = cnngui.load(tmp_path / "window.cnn")
    assert net.design == GRAPH
    assert net.plan == bench.document.plan
    assert bench.run.checkpoint is not None
    assert net.history.losses == bench.run.checkpoint.losses
    data = load_source(str(tmp_path / "bars.npz"))
    assert net.evaluate(progress=False).samples == len(data.test or data.train)
    assert net.feature_maps(data.train.images[0], "Conv 2D 1").shape == (4, 6, 6)
