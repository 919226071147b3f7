"""`--out`: what can be known is said before the training, and nothing that it has learned is lost."""

from __future__ import annotations

import os
from pathlib import Path

import pytest

from cnngui.cli import keeping, reports
from cnngui.cli.status import ELSEWHERE
from core.errors import FormatError
from core.formats.data_folder import DATA_VARIABLE
from core.formats.project import ProjectFile, load_project, save_project
from core.layers.activation import ReLU
from core.project import Project
from core.running.program import Result
from core.training.events import EpochEnded, Event, Stepped
from tests.cli.running import complaint, run
from tests.core.designs import chain

Capture = pytest.CaptureFixture[str]


def arguments(design: str, data: str, out: str) -> tuple[str, ...]:
    return "train", design, "--data", data, "--epochs", "1", "--batch", "16", "--out", out, "--json"


@pytest.mark.parametrize(
    ("out", "words"),
    [
        ("dir.cnn", "there is a folder of this name"),
        (f"{'a' * 252}.cnn", "File name too long"),
        ("kept.cnn", "it is write-protected"),
    ],
)
def test_what_can_never_be_written_is_refused_before_the_training(
    out: str, words: str, design: str, data: str, capsys: Capture
) -> None:
    Path("dir.cnn").mkdir()
    Path("kept.cnn").touch(0o444)
    assert words in complaint(capsys, run(*arguments(design, data, out)))  # which wants stdout to be empty


def test_a_disk_that_fills_up_takes_nothing_away(
    design: str, data: str, capsys: Capture, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    (tmp_path / "full").mkdir()
    monkeypatch.setenv(DATA_VARIABLE, str(tmp_path))
    (tmp_path / "kept").mkdir()

    def save(path: Path, file: ProjectFile, known: str | None = None) -> str:
        if path.absolute().parent == tmp_path / "full":
            raise FormatError(f"{path.name} can't be written: No space left on device.")
        return save_project(path, file, known)

    monkeypatch.setattr(keeping, "save_project", save)
    Path("kept/run-2.cnn").touch()
    assert run(*arguments(design, data, "full/run.cnn")) == ELSEWHERE
    said = capsys.readouterr().err
    assert "run.cnn can't be written: No space left on device." in said
    assert f"The trained network is in {tmp_path / 'kept' / 'run-3.cnn'} instead." in said
    assert load_project(Path("kept/run-3.cnn")).checkpoint is not None
    assert not os.listdir("full")  # noqa: PTH208


def test_what_another_program_has_written_meanwhile_stays(
    design: str, data: str, capsys: Capture, monkeypatch: pytest.MonkeyPatch
) -> None:
    others = ProjectFile(Project(chain((3,), ReLU())))
    show = reports.JsonReport.show

    def meanwhile(report: reports.JsonReport, event: Event) -> None:
        save_project(Path("run.cnn"), others)
        show(report, event)

    monkeypatch.setattr(reports.JsonReport, "show", meanwhile)
    assert run(*arguments(design, data, "run.cnn")) == ELSEWHERE
    assert "run.cnn was changed by another program. The trained network is in" in capsys.readouterr().err
    assert load_project(Path("run.cnn")).project.design == others.project.design
    assert load_project(Path("run-2.cnn")).checkpoint is not None


def test_where_the_working_directory_has_gone_the_network_is_kept_elsewhere(
    design: str, data: str, capsys: Capture, monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    away = tmp_path / "away"
    away.mkdir()
    design, data = str(Path(design).absolute()), str(Path(data).absolute())
    monkeypatch.setenv(DATA_VARIABLE, str(tmp_path))
    monkeypatch.chdir(away)
    show = reports.JsonReport.show

    def meanwhile(report: reports.JsonReport, event: Event) -> None:
        if away.exists():
            try:
                away.rmdir()
            except OSError:
                pytest.skip("this system keeps a working directory")
        show(report, event)

    monkeypatch.setattr(reports.JsonReport, "show", meanwhile)
    assert run(*arguments(design, data, "run.cnn")) == ELSEWHERE
    assert f"The trained network is in {tmp_path / 'kept' / 'run-2.cnn'} instead." in capsys.readouterr().err
    assert load_project(tmp_path / "kept" / "run-2.cnn").checkpoint is not None


def test_it_is_written_after_epochs_as_far_as_time_allows_and_each_minute() -> None:
    now, cost, written = 0.0, 0.0, []
    result = Result(1.0, {}, 1, 1.0)
    epoch = EpochEnded(1, 1, 1.0, result, None, best=False)
    step = Stepped(1, 1, 1, 9, result, 0.1, 1.0)
    keeper = keeping.Keeper(Path("run.cnn"), lambda: now)

    def file() -> ProjectFile:
        nonlocal now
        written.append(now)
        now += cost
        return ProjectFile(Project(chain((3,), ReLU())))

    def at(moment: float, event: Event) -> None:
        nonlocal now
        now = moment
        keeper.follow(event, file)

    for event in (step, epoch):
        at(9.0, event)
    assert written == []
    at(11.0, step)
    at(11.0, epoch)
    at(20.0, epoch)
    assert written == [11.0]
    at(70.0, step)
    cost = 2.0
    at(71.0, step)
    at(72.0, epoch)
    assert written == [11.0, 71.0]
    at(112.0, epoch)  # 20 times what the last one took
    assert written == [11.0, 71.0]
    at(113.0, epoch)
    assert written == [11.0, 71.0, 113.0]


@pytest.mark.parametrize(
    "setting", ["CNNGUI_VECTOR_WIDTH=7", "CNNGUI_THREADS=abc", "CNNGUI_THREADS=-1", "CNNGUI_EXECUTOR=fast"]
)
def test_an_environment_variable_that_means_nothing_is_one_line(
    setting: str, design: str, data: str, capsys: Capture, monkeypatch: pytest.MonkeyPatch
) -> None:
    variable, value = setting.split("=")
    monkeypatch.setenv(variable, value)
    said = complaint(capsys, run("train", design, "--data", data))
    assert f"The environment variable {variable} is {value!r}; expected is" in said


@pytest.mark.parametrize("source", ["/", "."])
def test_a_folder_without_a_name_is_named_in_full(source: str, design: str, capsys: Capture) -> None:
    said = complaint(capsys, run("train", design, "--data", source))
    assert f"cnngui: {Path(source).absolute()} has no train-images" in said
