"""What kills leave in the data folder goes at the next start, and nothing else."""

from __future__ import annotations

import os
from pathlib import Path

import pytest

from core.formats.left_over import clear_away
from core.formats.runs.journal import Journal
from core.formats.runs.records import JOURNAL, RunWriter, read_run, runs_in
from tests.core.formats.test_runs import BEGUN


def torn(run: Path, bytes_left: int) -> Path:
    """A run that was killed while its first block was written; gives its journal."""
    RunWriter(run, BEGUN).close()
    content = (run / JOURNAL).read_bytes()
    (run / JOURNAL).write_bytes(content[:bytes_left])
    return run / JOURNAL


@pytest.mark.skipif(os.name == "nt", reason="there, only their age tells that files were left behind")
@pytest.mark.parametrize(
    "folder", ["", "runs", "runs/one", "versions/abc", "drafts/one", "trash/one", "kept"]
)
def test_half_written_files_go_from_every_folder(folder: str, tmp_path: Path) -> None:
    (tmp_path / folder).mkdir(parents=True, exist_ok=True)
    left, own = tmp_path / folder / ".cnngui-12345678.part", tmp_path / folder / "mine"
    left.write_bytes(b"half")
    own.touch()
    clear_away(tmp_path)
    assert not left.exists()
    assert own.exists()


@pytest.mark.parametrize("bytes_left", [0, 5, 17, 20, 33, 100])
def test_a_run_that_was_killed_before_it_had_begun_goes(bytes_left: int, tmp_path: Path) -> None:
    torn(tmp_path / "runs" / "one", bytes_left)
    clear_away(tmp_path)
    assert list((tmp_path / "runs").iterdir()) == []


def test_a_run_without_a_journal_goes(tmp_path: Path) -> None:
    torn(tmp_path / "runs" / "one", 0).unlink()
    clear_away(tmp_path)
    assert list((tmp_path / "runs").iterdir()) == []


def test_a_run_that_has_begun_stays(tmp_path: Path) -> None:
    RunWriter(tmp_path / "runs" / "one", BEGUN).close()
    clear_away(tmp_path)
    (path,) = runs_in(tmp_path / "runs")
    assert read_run(path).record.begun == BEGUN


def test_one_that_is_written_just_now_stays(tmp_path: Path) -> None:
    run = tmp_path / "runs" / "one"
    run.mkdir(parents=True)
    with Journal(run / JOURNAL):
        clear_away(tmp_path)
        assert (run / JOURNAL).exists()


@pytest.mark.parametrize("place", [17, 20, 40])
def test_a_damaged_one_stays(place: int, tmp_path: Path) -> None:
    """Somebody may still bring back what is in it."""
    journal = torn(tmp_path / "runs" / "one", 1000)
    content = bytearray(journal.read_bytes())
    content[place] ^= 1
    content += bytes(5000)
    journal.write_bytes(content)
    clear_away(tmp_path)
    assert journal.read_bytes() == content


@pytest.mark.parametrize("beside", ["0000000005-000001.checkpoint", "about.json"])
def test_what_lies_beside_stays(beside: str, tmp_path: Path) -> None:
    run = torn(tmp_path / "runs" / "one", 20).parent
    (run / beside).write_bytes(b"something")
    clear_away(tmp_path)
    assert (run / beside).exists()


def test_without_a_data_folder_nothing_happens(tmp_path: Path) -> None:
    clear_away(tmp_path / "nowhere")
    assert list(tmp_path.iterdir()) == []
