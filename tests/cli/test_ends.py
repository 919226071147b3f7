"""Whatever ends `cnngui train`, what was learned is kept, and the exit status says what it was."""

from __future__ import annotations

import os
import shutil
import signal
import subprocess
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import replace
from pathlib import Path
from typing import Any

import numpy as np
import pytest

from cnngui.cli import reports
from cnngui.cli.status import DIVERGED, ELSEWHERE, UNHEARD
from core.formats.data_folder import DATA_VARIABLE
from core.formats.project import load_project
from core.formats.runs.records import read_run, runs_in
from core.maths.optim import SGD
from core.training.checkpoint import Checkpoint
from core.training.events import EpochEnded, Event
from core.training.record import RunRecord
from tests.cli.running import events, run
from tests.cli.test_process import ENVIRONMENT

Capture = pytest.CaptureFixture[str]
PATIENCE = 60.0
"""Seconds after which a test fails that waits for what doesn't come."""
needs_posix = pytest.mark.skipif(os.name != "posix", reason="needs signals, or a shell")

AT_ONCE = """
import sys
from cnngui.cli import keeping, main
keeping.SHORTEST = 0.0
keeping.SHARE = 1e9
sys.exit(main(sys.argv[1:]))
"""
"""The command with a file that is written after each epoch, however short it is."""
WAITING = """
import sys
from cnngui.cli import main
from core.running.reference import ReferenceProgram
step, made = ReferenceProgram._train_step, 0
def waiting(*arguments):
    global made
    made += 1
    if made == 5:
        print("waiting", flush=True)
        sys.stdin.readline()
    return step(*arguments)
ReferenceProgram._train_step = waiting
sys.exit(main(sys.argv[1:]))
"""
"""The command with a fifth step that takes until a line comes."""


def _options(design: str, data: str, *more: str) -> list[str]:
    return ["train", design, "--data", data, "--batch", "16", "--out", "run.cnn", *more]


@contextmanager
def _started(program: str, arguments: list[str]) -> Iterator[Any]:
    pipe = subprocess.PIPE
    with subprocess.Popen(
        [sys.executable, "-c", program, *arguments],
        stdin=pipe, stdout=pipe, stderr=pipe, text=True, env=ENVIRONMENT,
    ) as process:  # fmt: skip
        try:
            yield process
        finally:
            process.kill()


def _kept(path: str = "run.cnn") -> Checkpoint:
    """The run that a file holds."""
    found = load_project(Path(path)).checkpoint
    assert found is not None
    assert all(np.isfinite(array).all() for array in (*found.weights.values(), *found.slots.values()))
    return found


@needs_posix
def test_a_kill_leaves_a_file_from_which_the_run_goes_on_as_if_it_had_never_come(
    design: str, data: str
) -> None:
    with _started(AT_ONCE, _options(design, data, "--epochs", "100000")) as process:
        while "epoch 4/" not in (line := process.stdout.readline()):
            assert line
        process.send_signal(signal.SIGKILL)
        assert process.wait(PATIENCE) == -signal.SIGKILL
    epochs = _kept().epoch
    assert epochs >= 3
    more = ("--epochs", str(epochs + 2))
    assert run("train", "run.cnn", "--resume", "--out", "run.cnn", *more) == 0
    assert run(*_options(design, data, "--out", "whole.cnn", *more)) == 0
    found, whole = _kept(), _kept("whole.cnn")
    assert found.losses == whole.losses
    for name, array in whole.weights.items():
        np.testing.assert_array_equal(found.weights[name], array)


@needs_posix
def test_a_second_signal_waits_for_the_step_too_and_a_third_does_not(design: str, data: str) -> None:
    for signals in (2, 3):
        with _started(WAITING, _options(design, data)) as process:
            while process.stdout.readline() != "waiting\n":
                pass
            process.send_signal(signal.SIGINT)
            assert "the run ends after its current step and is saved" in process.stderr.readline()
            process.send_signal(signal.SIGTERM)
            assert "saved as soon as its current step is over" in process.stderr.readline()
            if signals == 3:
                process.send_signal(signal.SIGINT)
            else:
                process.stdin.write("\n")
                process.stdin.flush()
            assert process.wait(PATIENCE) == 130
        if signals == 2:
            assert _kept().steps == 5
            Path("run.cnn").unlink()
        else:
            assert not Path("run.cnn").exists()  # nothing was written yet


@needs_posix
def test_a_terminal_that_closes_may_say_so_twice(design: str, data: str) -> None:
    with _started(WAITING, _options(design, data)) as process:
        while process.stdout.readline() != "waiting\n":
            pass
        process.send_signal(signal.SIGHUP)
        assert "is saved" in process.stderr.readline()
        for stream in (process.stdout, process.stderr):
            stream.close()
        for _ in range(3):
            process.send_signal(signal.SIGHUP)
        process.stdin.write("\n")
        process.stdin.flush()
        assert process.wait(PATIENCE) == 129
    assert _kept().steps == 5


@needs_posix
def test_a_signal_that_is_ignored_stays_so(design: str, data: str) -> None:
    command = ["sh", "-c", 'trap "" HUP; exec "$@"', "sh", sys.executable, "-c", WAITING]
    pipe = subprocess.PIPE
    with subprocess.Popen(
        [*command, *_options(design, data, "--epochs", "2")],
        stdin=pipe, stdout=pipe, stderr=pipe, text=True, env=ENVIRONMENT,
    ) as process:  # fmt: skip
        assert process.stdout is not None
        while process.stdout.readline() != "waiting\n":
            pass
        process.send_signal(signal.SIGHUP)
        _, err = process.communicate("\n", PATIENCE)
        assert (process.returncode, err) == (0, "")
    assert _kept().epoch == 2


@needs_posix
def test_a_reader_that_goes_away_ends_the_run_which_is_saved(design: str, data: str) -> None:
    with _started(AT_ONCE, _options(design, data, "--epochs", "100000")) as process:
        assert "samples" in process.stdout.readline()
        process.stdout.close()
        err = process.stderr.read()
        assert process.wait(PATIENCE) == UNHEARD
    assert err == (
        "cnngui: Nobody reads the output any more. The run ends after its current step and is saved.\n"
    )
    assert _kept().steps > 0


@pytest.mark.skipif(not Path("/dev/full").exists(), reason="needs /dev/full")
def test_an_output_that_is_full_takes_nothing_from_the_run(design: str, data: str) -> None:
    with Path("/dev/full").open("w") as full:
        done = subprocess.run(
            [sys.executable, "-m", "cnngui", *_options(design, data, "--epochs", "2")],
            stdout=full, stderr=subprocess.PIPE, text=True, env=ENVIRONMENT, timeout=PATIENCE, check=False,
        )  # fmt: skip
    said = "The output can't be written: No space left on device. The training goes on and is saved."
    assert (done.returncode, done.stderr) == (UNHEARD, f"cnngui: {said}\n")
    assert _kept().epoch == 2


@pytest.mark.skipif(not Path("/dev/full").exists(), reason="needs /dev/full")
@pytest.mark.parametrize("command", ["examples", "train design.json --data data.npz --epochs 1"])
def test_an_output_that_is_full_is_one_line_where_nothing_is_to_be_kept(
    command: str, design: str, data: str
) -> None:
    with Path("/dev/full").open("w") as full:
        done = subprocess.run(
            [sys.executable, "-m", "cnngui", *command.split()],
            stdout=full, stderr=subprocess.PIPE, text=True, env=ENVIRONMENT, timeout=PATIENCE, check=False,
        )  # fmt: skip
    assert (done.returncode, done.stderr) == (
        UNHEARD,
        "cnngui: The output can't be written: No space left on device.\n",
    )


@needs_posix
@pytest.mark.parametrize("closed", [">&-", "2>&-", ">&- 2>&-", "<&- >&- 2>&-", "2>/dev/full"])
def test_without_an_output_all_is_as_usual(closed: str, design: str, data: str) -> None:
    command = [sys.executable, "-m", "cnngui", *_options(design, data, "--epochs", "2")]
    done = subprocess.run(
        ["sh", "-c", f'"$@" {closed}', "sh", *command],
        capture_output=True, text=True, env=ENVIRONMENT, timeout=PATIENCE, check=False,
    )  # fmt: skip
    assert (done.returncode, done.stderr) == (0, "")
    assert _kept().epoch == 2


RISING = ("--optimizer", "sgd", "--lr", "100", "--set", "weight_decay=0.5", "--warmup", "60")
"""A rate that is too large after some epochs."""


def test_a_divergence_keeps_the_last_sound_epoch(design: str, data: str, capsys: Capture) -> None:
    assert run(*_options(design, data, *RISING, "--epochs", "60", "--no-keep-best")) == DIVERGED
    out, err = capsys.readouterr()
    found = _kept()
    assert found.epoch > 0
    assert found.position == 0
    assert f"epoch {found.epoch}/60" in out
    assert f"what was learned in {found.steps} steps is kept in run.cnn." in err
    assert "Lower the learning rate" in err
    assert err.count("\n") == 2


@pytest.mark.parametrize("way", ["retry", "clip"])
def test_a_divergence_goes_on_from_there_as_told(
    way: str, design: str, data: str, capsys: Capture, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv(DATA_VARIABLE, str(Path("home").absolute()))
    status = run(*_options(design, data, *RISING, "--epochs", "30", "--on-divergence", way, "--json"))
    told = [event for event in events_of(capsys) if event["event"] == "diverged"]
    assert status == (0 if way == "retry" else DIVERGED)  # weight decay, which clipping doesn't touch
    runs = _by_parents([read_run(path).record for path in runs_in(Path("home/runs"))])
    assert len(runs) == len(told) + 1 > 1
    for before, record, event in zip(runs, runs[1:], told, strict=False):
        assert before.ended is not None
        assert before.ended.reason == "failed"
        assert record.begun.parent == (before.begun.run, event["step"])
        assert record.plans[-1].step == event["step"]
        assert event["epoch"] <= record.curves.epochs.total
    first, last = runs[0].begun.plan, load_project(Path("run.cnn")).project.plan
    assert runs[-1].plans[-1].plan == last
    if way == "retry":
        rate = round(100 / 10 ** len(told), 9)
        assert last == replace(first, optimizer=SGD(learning_rate=rate, weight_decay=0.5))
    else:
        assert last == replace(first, clip_norm=round(10 / 10 ** len(told), 9))


def _by_parents(records: list[RunRecord]) -> list[RunRecord]:
    """Each after the one that it branches from."""
    children = {record.begun.parent[0] if record.begun.parent else "": record for record in records}
    found = [children[""]]
    while found[-1].begun.run in children:
        found.append(children[found[-1].begun.run])
    return found


def events_of(capsys: Capture) -> list[dict[str, Any]]:
    """The JSON objects, whatever is on stderr."""
    out, _ = capsys.readouterr()
    print(out, end="")
    return events(capsys)


def test_a_folder_that_vanishes_is_said_at_once_and_the_network_is_elsewhere(
    design: str, data: str, capsys: Capture, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv(DATA_VARIABLE, str(tmp_path / "home"))
    monkeypatch.setattr("cnngui.cli.keeping.SHORTEST", 0.0)
    monkeypatch.setattr("cnngui.cli.keeping.SHARE", 1e9)
    Path("there").mkdir()
    show = reports.JsonReport.show

    def vanish(report: reports.JsonReport, event: Event) -> None:
        show(report, event)
        if isinstance(event, EpochEnded) and event.epoch == 2:
            shutil.rmtree("there")

    monkeypatch.setattr(reports.JsonReport, "show", vanish)
    assert run(*_options(design, data, "--epochs", "4", "--out", "there/run.cnn", "--json")) == ELSEWHERE
    refuge = tmp_path / "home" / "kept" / "run-2.cnn"
    said = f"run.cnn can't be written: No such file or directory. The trained network is in {refuge} instead."
    assert capsys.readouterr().err == f"cnngui: {said} The training goes on.\ncnngui: {said}\n"
    assert _kept(str(refuge)).epoch == 4


def test_a_folder_that_comes_back_gets_the_file_and_nothing_is_left_elsewhere(
    design: str, data: str, capsys: Capture, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv(DATA_VARIABLE, str(tmp_path / "home"))
    monkeypatch.setattr("cnngui.cli.keeping.SHORTEST", 0.0)
    monkeypatch.setattr("cnngui.cli.keeping.SHARE", 1e9)
    Path("there").mkdir()
    show = reports.JsonReport.show

    def vanish(report: reports.JsonReport, event: Event) -> None:
        show(report, event)
        if isinstance(event, EpochEnded) and event.epoch == 2:
            shutil.rmtree("there")
        if isinstance(event, EpochEnded) and event.epoch == 3:
            Path("there").mkdir()

    monkeypatch.setattr(reports.JsonReport, "show", vanish)
    assert run(*_options(design, data, "--epochs", "4", "--out", "there/run.cnn", "--json")) == 0
    assert capsys.readouterr().err.count("\n") == 1
    assert list((tmp_path / "home" / "kept").iterdir()) == []
    assert _kept("there/run.cnn").epoch == 4
