"""The commands as a shell runs them."""

from __future__ import annotations

import json
import os
import subprocess
import sys
from pathlib import Path

import pytest

from tests.paths import ROOT

ENVIRONMENT = {**os.environ, "PYTHONPATH": str(ROOT), "CNNGUI_EXECUTOR": "reference"}

NO_QT = """
import sys
from cnngui.cli import main
status = main(sys.argv[1:])
found = {name.partition(".")[0] for name in sys.modules} & {"PySide6", "shiboken6", "pyqtgraph"}
print(*found, file=sys.stderr)
sys.exit(status)
"""


def _python(*arguments: str) -> subprocess.CompletedProcess[str]:
    return subprocess.run(
        [sys.executable, *arguments],
        capture_output=True,
        text=True,
        env=ENVIRONMENT,
        timeout=120,
        check=False,
    )


NO_STREAMS = """
import sys
from cnngui.cli import main
sys.stdout = sys.stderr = None
sys.exit(10 + main(sys.argv[1:]))
"""


@pytest.mark.parametrize("encoding", ["cp1251", "cp437", "cp866", "ascii"])
def test_any_encoding_can_be_written(monkeypatch: pytest.MonkeyPatch, encoding: str) -> None:
    monkeypatch.setitem(ENVIRONMENT, "PYTHONIOENCODING", encoding)
    monkeypatch.setitem(ENVIRONMENT, "PYTHONUTF8", "0")
    done = _python("-m", "cnngui", "summary", "lenet5")
    assert done.returncode == 0, done.stderr
    assert "1 x 28 x 28" in done.stdout
    assert done.stderr == ""


def test_without_streams_nothing_is_written_and_nothing_fails() -> None:
    assert _python("-c", NO_STREAMS, "summary", "lenet5").returncode == 10
    assert _python("-c", NO_STREAMS, "summary", "nothing").returncode == 12


def test_one_line_and_status_2() -> None:
    done = _python("-m", "cnngui", "summary", "nothing")
    assert done.returncode == 2
    assert done.stdout == ""
    assert done.stderr.startswith("cnngui: There is no design 'nothing'.")
    assert done.stderr.count("\n") == 1


@pytest.mark.parametrize("setting", ["CNNGUI_VECTOR_WIDTH=7", "CNNGUI_THREADS=abc", "CNNGUI_EXECUTOR=fast"])
def test_an_environment_that_cannot_be_followed_is_one_line(
    monkeypatch: pytest.MonkeyPatch, design: str, data: str, setting: str
) -> None:
    name, _, value = setting.partition("=")
    monkeypatch.setitem(ENVIRONMENT, "CNNGUI_EXECUTOR", "engine")
    monkeypatch.setitem(ENVIRONMENT, name, value)
    done = _python("-m", "cnngui", "train", design, "--data", data, "--epochs", "1")
    assert done.returncode == 2
    assert done.stderr.startswith(f"cnngui: The environment variable {name} is {value!r}; expected is ")
    assert done.stderr.count("\n") == 1


def test_training_in_a_pipe_says_nothing_on_stderr(design: str, data: str) -> None:
    done = _python("-m", "cnngui", "train", design, "--data", data, "--epochs", "1", "--json")
    assert (done.returncode, done.stderr) == (0, "")
    assert json.loads(done.stdout.splitlines()[-1])["event"] == "finished"


@pytest.mark.skipif(os.name != "posix", reason="needs sh")
@pytest.mark.parametrize(
    "command", ["summary lenet5", "train design.json --data data.npz --json --epochs 50"]
)
def test_a_reader_that_goes_away_is_no_error(command: str, design: str, data: str) -> None:
    done = subprocess.run(
        ["sh", "-c", f'"{sys.executable}" -m cnngui {command} | true'],
        capture_output=True, text=True, env=ENVIRONMENT, timeout=120, check=False,
    )  # fmt: skip
    assert done.stderr == ""


def test_the_commands_do_without_qt(design: str, data: str) -> None:
    for arguments in (
        ["train", design, "--data", data, "--epochs", "1", "--out", "run.cnn"],
        ["evaluate", "run.cnn"],
        ["summary", "run.cnn"],
        ["examples"],
    ):
        done = _python("-c", NO_QT, *arguments)
        assert (done.returncode, done.stderr.strip()) == (0, ""), arguments


@pytest.fixture
def planted(tmp_path: Path) -> Path:
    """Python files in the working directory, under names that cnngui imports; made where one of them runs."""
    ran = tmp_path / "ran"
    (tmp_path / "core").mkdir()
    for name in ("core/__init__.py", "random.py", "pathlib.py"):
        (tmp_path / name).write_text(f"open({str(ran)!r}, 'a').close()\n")
    return ran


@pytest.mark.parametrize("place", ["elsewhere", "inside"])
def test_nothing_of_the_working_directory_runs(
    planted: Path, monkeypatch: pytest.MonkeyPatch, place: str
) -> None:
    if place == "inside":  # as a virtual environment is inside of a project
        home = planted.parent / "environment"
        home.symlink_to(ROOT, target_is_directory=True)
        monkeypatch.setitem(ENVIRONMENT, "PYTHONPATH", str(home))
    done = _python("-m", "cnngui", "examples")
    assert (done.returncode, done.stderr) == (0, "")
    assert not planted.exists()


def test_a_package_core_that_hides_ours_is_found_out(planted: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    (planted.parent / "pathlib.py").unlink()
    monkeypatch.setitem(ENVIRONMENT, "PYTHONPATH", os.pathsep.join([str(planted.parent), str(ROOT)]))
    done = _python("-m", "cnngui", "examples")
    assert done.returncode == 2
    assert done.stdout == ""
    assert done.stderr.count("\n") == 1
    assert f"{planted.parent / 'core'} hides cnngui's own package" in done.stderr
    assert not planted.exists()


INTERRUPTED = """
import runpy, signal, sys

class Finder:
    @staticmethod
    def find_spec(name, *_):
        if name == module:
            signal.raise_signal(signal.SIGINT)

signal.signal(signal.SIGINT, signal.default_int_handler)
module = sys.argv[1]
sys.modules.pop(module, None)
sys.meta_path.insert(0, Finder)
sys.argv = ["cnngui", "summary", "lenet5"]
runpy.run_module("cnngui", run_name="__main__", alter_sys=True)
"""


@pytest.mark.parametrize("module", ["pathlib", "core", "cnngui.cli", "core.errors", "numpy", "core.layers"])
def test_an_interrupt_while_modules_load_is_a_sentence(module: str) -> None:
    done = _python("-c", INTERRUPTED, module)
    assert (done.returncode, done.stdout, done.stderr) == (130, "", "cnngui: interrupted.\n")
