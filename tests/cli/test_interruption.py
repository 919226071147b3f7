"""Ctrl+C and SIGTERM: a sentence at once, whatever keeps the main thread; the run ends, and is saved."""

from __future__ import annotations

import json
import os
import signal
import subprocess
import sys
import threading
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
from tqdm import tqdm

from cnngui.cli import reports
from cnngui.cli.interruption import SIGNALS
from cnngui.cli.subcommands import train
from core.engine.machine.compilers import Compilers
from core.formats.project import load_project
from core.running.reference import ReferenceProgram
from core.training.evaluate import evaluation
from core.training.events import Event, Stepped, Validating
from tests.cli.running import run
from tests.cli.test_process import ENVIRONMENT

Capture = pytest.CaptureFixture[str]
PATIENCE = 60.0
"""Seconds after which a test fails that waits for what doesn't come."""


@pytest.fixture(autouse=True)
def usual_handlers() -> Any:
    before = [signal.getsignal(number) for number in SIGNALS]
    yield
    assert [signal.getsignal(number) for number in SIGNALS] == before


def _options(design: str, data: str, *more: str) -> list[str]:
    return ["train", design, "--data", data, "--epochs", "9", "--batch", "8", "--validation", "0.2", *more]


def _at(event: Callable[[Event], bool], number: int, monkeypatch: pytest.MonkeyPatch) -> None:
    """Sends the signal when this event is reported."""
    show = reports.JsonReport.show

    def interrupted(report: reports.JsonReport, shown: Event) -> None:
        show(report, shown)
        if event(shown):
            os.kill(os.getpid(), number)

    monkeypatch.setattr(reports.JsonReport, "show", interrupted)


def _end(capsys: Capture) -> tuple[dict[str, Any], str]:
    """The last event, and what was said on stderr."""
    out, err = capsys.readouterr()
    return json.loads(out.splitlines()[-1]), err


@pytest.mark.parametrize("number", SIGNALS)
def test_a_signal_ends_the_run_with_its_step_and_keeps_what_was_learned(
    number: int, design: str, data: str, capsys: Capture, monkeypatch: pytest.MonkeyPatch
) -> None:
    _at(lambda event: isinstance(event, Stepped) and event.step == 11, number, monkeypatch)
    assert run(*_options(design, data, "--out", "run.cnn", "--json")) == 128 + number
    end, err = _end(capsys)
    assert (end["reason"], end["epochs"], end["steps"]) == ("stopped", 1, 11)
    assert "test_loss" not in end  # that would be waited for
    assert err.startswith("cnngui: interrupted; the run ends after its current step and is saved.")
    assert err.count("\n") == 1
    checkpoint = load_project(Path("run.cnn")).checkpoint
    assert checkpoint is not None
    assert (checkpoint.epoch, checkpoint.position) == (1, 24)


def test_while_validating_too(
    design: str, data: str, capsys: Capture, monkeypatch: pytest.MonkeyPatch
) -> None:
    _at(lambda event: isinstance(event, Validating), signal.SIGINT, monkeypatch)
    assert run(*_options(design, data, "--json")) == 130
    end, err = _end(capsys)
    assert (end["reason"], end["epochs"], end["steps"]) == ("stopped", 0, 8)
    assert "is saved" not in err


def test_the_sentence_does_not_wait_for_the_step(
    design: str, data: str, capsys: Capture, monkeypatch: pytest.MonkeyPatch
) -> None:
    """A step in compiled code lets no handler of Python's run: another thread has to speak."""
    said, speakers, step = threading.Event(), [], ReferenceProgram._train_step
    write = tqdm.write

    def speak(text: str, **where: Any) -> None:
        write(text, **where)
        speakers.append(threading.current_thread().name)
        said.set()

    def interrupted(*arguments: Any) -> Any:
        os.kill(os.getpid(), signal.SIGINT)
        assert said.wait(PATIENCE)
        return step(*arguments)

    monkeypatch.setattr(tqdm, "write", speak)
    monkeypatch.setattr(ReferenceProgram, "_train_step", interrupted)
    assert run(*_options(design, data, "--json")) == 130
    end, _ = _end(capsys)
    assert (end["reason"], end["steps"]) == ("stopped", 1)
    assert speakers == ["interruption"]


def test_the_judging_of_the_test_samples_is_left_out(
    design: str, data: str, capsys: Capture, monkeypatch: pytest.MonkeyPatch
) -> None:
    def interrupted(*arguments: Any) -> Any:
        os.kill(os.getpid(), signal.SIGINT)
        return judge(*arguments)

    judge = evaluation
    monkeypatch.setattr(train, "evaluation", interrupted)
    assert run(*_options(design, data, "--out", "run.cnn", "--json")) == 130
    end, err = _end(capsys)
    assert (end["reason"], "test_loss" in end) == ("completed", False)
    assert "the test samples are left out" in err
    assert load_project(Path("run.cnn")).checkpoint is not None


def _compile_until_called_off(*_: object, **__: object) -> None:
    os.kill(os.getpid(), signal.SIGINT)
    Compilers(0).compile(["nothing"], lambda _: None)


def test_compilation_is_called_off(
    design: str, data: str, capsys: Capture, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(train, "compile_graph", _compile_until_called_off)
    assert run(*_options(design, data, "--out", "run.cnn")) == 130
    out, err = capsys.readouterr()
    assert out == ""
    assert err.startswith("cnngui: interrupted while compiling; nothing was trained yet.")
    assert err.count("\n") == 1
    assert not Path("run.cnn").exists()


def test_compilation_in_the_first_step_is_called_off_and_the_run_kept(
    design: str, data: str, capsys: Capture, monkeypatch: pytest.MonkeyPatch
) -> None:
    assert run("train", design, "--data", data, "--epochs", "1", "--out", "run.cnn") == 0
    capsys.readouterr()
    monkeypatch.setattr(ReferenceProgram, "_train_step", _compile_until_called_off)
    again = ("--resume", "--epochs", "3", "--out", "again.cnn", "--json")
    assert run("train", "run.cnn", "--data", data, *again) == 130
    end, err = _end(capsys)
    assert (end["reason"], end["epochs"]) == ("stopped", 1)
    assert "interrupted; the run ends" in err
    found = load_project(Path("again.cnn")).checkpoint
    assert found is not None
    assert (found.epoch, found.position) == (1, 0)


STUCK = """
import sys, threading
from cnngui.cli import main
from core.running.reference import ReferenceProgram
def stuck(*_):
    print("stuck", flush=True)
    threading.Event().wait()
ReferenceProgram._train_step = stuck
sys.exit(main(sys.argv[1:]))
"""


@pytest.mark.skipif(os.name != "posix", reason="Windows ends a process without asking it")
@pytest.mark.parametrize("number", [signal.SIGINT, signal.SIGTERM])
def test_the_second_signal_ends_the_process_in_the_middle_of_a_step(
    number: int, design: str, data: str
) -> None:
    command = [sys.executable, "-c", STUCK, *_options(design, data, "--json")]
    with subprocess.Popen(
        command, stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True, env=ENVIRONMENT
    ) as process:
        assert process.stdout is not None
        assert process.stderr is not None
        while process.stdout.readline() not in ("stuck\n", ""):
            pass
        process.send_signal(number)
        assert "the run ends after its current step" in process.stderr.readline()
        process.send_signal(number)
        assert process.wait(PATIENCE) == 128 + number
