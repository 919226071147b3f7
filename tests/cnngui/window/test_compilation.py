"""What the window shows while something is compiled, and how that is ended."""

from __future__ import annotations

import pytest
from pytestqt.qtbot import QtBot

from cnngui.models.models import Models
from cnngui.models.run import State
from cnngui.theme.theme import ThemeManager
from cnngui.window.compilation_status import CompilationStatus
from core.engine.machine.compilers import Compilers, Progress
from core.running.program import Program
from core.training import warm_up
from tests.cnngui.runs import GRAPH, PATIENCE

NAMES = ("first", "second")


@pytest.fixture
def endless(monkeypatch: pytest.MonkeyPatch) -> Compilers:
    """Making a program waits for ever for two operations, of which a helper has compiled one."""
    compilers = Compilers(0)

    def wait(*_: object, **__: object) -> Program:
        compilers._serving = 1  # a helper that has nothing to say
        compilers.compile(NAMES, _refuse)
        raise AssertionError("the compilation has ended")

    monkeypatch.setattr("cnngui.compute.jobs.train.compile_graph", wait)
    monkeypatch.setattr(warm_up, "compile_graph", wait)
    monkeypatch.setattr("cnngui.compute.thread.compilers", lambda: compilers)
    return compilers


def _refuse(name: str) -> None:
    raise AssertionError(f"{name} was compiled in the window's process")


def test_compilation_is_shown_and_can_be_cancelled(
    qtbot: QtBot, endless: Compilers, models: Models, themes: ThemeManager
) -> None:
    status = CompilationStatus(models.run, themes)
    qtbot.addWidget(status)
    models.run.start(GRAPH)
    qtbot.waitUntil(lambda: models.run.compiling == Progress(0, 2), timeout=PATIENCE)
    assert not status.isHidden()
    assert status.text == "Compiling operation 1 of 2…"
    assert not status.cancel.isHidden()
    status.cancel.click()
    qtbot.waitUntil(lambda: models.run.compiling is None, timeout=PATIENCE)
    qtbot.waitUntil(lambda: models.run.state is State.IDLE, timeout=PATIENCE)
    assert status.isHidden()
    assert endless.progress is None


def test_what_is_compiled_ahead_says_what_for_and_asks_nothing(
    qtbot: QtBot, endless: Compilers, models: Models, themes: ThemeManager
) -> None:
    status = CompilationStatus(models.run, themes)
    qtbot.addWidget(status)
    models.run.prepare(GRAPH)
    qtbot.waitUntil(lambda: models.run.compiling == Progress(0, 2), timeout=PATIENCE)
    assert status.text == "Getting ready for training: operation 1 of 2"
    assert status.cancel.isHidden()
    models.run.cancel_compiling()
    qtbot.waitUntil(lambda: models.run.compiling is None, timeout=PATIENCE)
    assert status.isHidden()


@pytest.mark.usefixtures("endless")
def test_what_is_prepared_gives_way_to_what_is_wanted(qtbot: QtBot, models: Models) -> None:
    models.run.prepare(GRAPH)
    qtbot.waitUntil(lambda: models.run.compiling is not None, timeout=PATIENCE)
    models.data.choose("digits")
    qtbot.waitUntil(lambda: models.data.loading is None, timeout=PATIENCE)
    assert models.run.compiling is None
