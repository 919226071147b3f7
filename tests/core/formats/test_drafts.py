"""Drafts: what a window leaves behind that doesn't end properly, and nothing else."""

from __future__ import annotations

import os
import signal
import subprocess
import sys
from dataclasses import replace
from pathlib import Path

import pytest

from core.errors import FormatError
from core.formats import snapshot as snapshots
from core.formats.drafts import DRAFT, DraftWriter, discard, left_drafts
from core.formats.project import ProjectFile, save_project
from core.formats.snapshot import Snapshot, read_snapshot, write_snapshot
from core.layers.activation import ReLU
from core.project import DataChoice, Project
from core.training.plan import Plan
from tests.core.designs import chain
from tests.paths import ROOT

PROJECT = Project(chain((1, 8, 8), ReLU()), Plan(epochs=7), DataChoice("/data/bars.npz"))
SNAPSHOT = Snapshot(PROJECT, Path("/home/mine.cnn"), "abc", "2030-01-02T03:04:05+00:00")

LEAVE_A_DRAFT = """
import os, signal, sys
from pathlib import Path
from core.formats.drafts import DraftWriter
from core.formats.snapshot import Snapshot
from core.project import Project
from core.training.plan import Plan
DraftWriter(Path(sys.argv[1])).write(Snapshot(Project(plan=Plan(epochs=9))))
os.kill(os.getpid(), signal.SIGKILL)
"""


def test_a_snapshot_is_the_same_when_it_is_read(tmp_path: Path) -> None:
    for name, snapshot in (("a", SNAPSHOT), ("b", Snapshot(Project()))):
        write_snapshot(tmp_path / name, snapshot)
        assert read_snapshot(tmp_path / name) == snapshot
    assert (SNAPSHOT.title, Snapshot(Project()).title) == ("mine.cnn", "Untitled")


@pytest.mark.parametrize(
    "content", ["", "[]", "{}", '{"version": 1}', '{"version": 99}', "\0", '{"version": "1"}']
)
def test_a_damaged_or_newer_snapshot_is_told_of(content: str, tmp_path: Path) -> None:
    (tmp_path / "a").write_text(content)
    with pytest.raises(FormatError, match=r"/a(:|,| is| was)"):
        read_snapshot(tmp_path / "a")


def test_the_draft_of_a_living_window_is_its_own(tmp_path: Path) -> None:
    writer = DraftWriter(tmp_path)
    assert left_drafts(tmp_path) == []
    assert list(tmp_path.iterdir()) == []
    writer.write(SNAPSHOT)
    writer.write(later := replace(SNAPSHOT, digest="def"))
    assert left_drafts(tmp_path) == []
    writer.release()
    assert [draft.snapshot for draft in left_drafts(tmp_path)] == [later]


def test_a_cleared_draft_leaves_nothing(tmp_path: Path) -> None:
    writer = DraftWriter(tmp_path)
    writer.write(SNAPSHOT)
    writer.clear()
    assert list(tmp_path.iterdir()) == []
    writer.write(SNAPSHOT)  # an edit after a save
    writer.clear()
    writer.release()
    assert list(tmp_path.iterdir()) == []


@pytest.mark.skipif(not hasattr(signal, "SIGKILL"), reason="a signal of POSIX")
def test_a_killed_process_leaves_its_draft(tmp_path: Path) -> None:
    done = subprocess.run([sys.executable, "-c", LEAVE_A_DRAFT, str(tmp_path)], cwd=ROOT, check=False)
    assert done.returncode == -signal.SIGKILL
    (left,) = left_drafts(tmp_path)
    assert left.snapshot.project == Project(plan=Plan(epochs=9))


def test_one_window_takes_a_draft_over_and_no_second_one(tmp_path: Path) -> None:
    first = DraftWriter(tmp_path)
    first.write(SNAPSHOT)
    first.release()
    (left,) = left_drafts(tmp_path)
    second, third = DraftWriter(tmp_path), DraftWriter(tmp_path)
    second.take_over(left)
    with pytest.raises(FormatError, match="is being written by another window"):
        third.take_over(left)
    with pytest.raises(FormatError, match="is being written by another window"):
        discard(left)
    assert (left.folder / DRAFT).exists()
    second.clear()
    assert list(tmp_path.iterdir()) == []


def test_a_draft_that_its_file_holds_is_none(tmp_path: Path) -> None:
    path = tmp_path / "mine.cnn"
    save_project(path, ProjectFile(PROJECT))
    other = replace(PROJECT, plan=Plan(epochs=8))
    for project in (PROJECT, other):
        writer = DraftWriter(tmp_path / "drafts")
        writer.write(Snapshot(project, path))
        writer.release()
    assert [draft.snapshot.project for draft in left_drafts(tmp_path / "drafts")] == [other]
    assert len(list((tmp_path / "drafts").iterdir())) == 1


def test_a_discarded_draft_goes_and_one_that_cannot_be_read_stays(tmp_path: Path) -> None:
    writer = DraftWriter(tmp_path)
    writer.write(SNAPSHOT)
    writer.release()
    (tmp_path / "newer").mkdir()
    (tmp_path / "newer" / DRAFT).write_text('{"version": 99}')
    (left,) = left_drafts(tmp_path)
    discard(left)
    assert [folder.name for folder in tmp_path.iterdir()] == ["newer"]


@pytest.mark.skipif(os.name == "nt", reason="there, only their age tells that files were left behind")
def test_left_over_files_and_folders_go(tmp_path: Path) -> None:
    for name in ("empty", "torn"):
        (tmp_path / name).mkdir()
        (tmp_path / name / "lock").touch()
    (tmp_path / "torn" / ".cnngui-12345678.part").write_text("half")
    assert left_drafts(tmp_path) == []
    assert list(tmp_path.iterdir()) == []


def test_a_draft_that_cannot_be_written_leaves_the_one_before(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    writer = DraftWriter(tmp_path)
    writer.write(SNAPSHOT)

    def full(*_: object) -> None:
        raise FormatError("draft.json can't be written: No space left on device.")

    with monkeypatch.context() as patched:
        patched.setattr(snapshots, "write_atomically", full)
        with pytest.raises(FormatError, match="No space left"):
            writer.write(replace(SNAPSHOT, digest="def"))
    writer.release()
    assert [draft.snapshot for draft in left_drafts(tmp_path)] == [SNAPSHOT]
