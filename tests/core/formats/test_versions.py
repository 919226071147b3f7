"""Former versions of a file: the latest ten of each kind, each once."""

from __future__ import annotations

import os
from pathlib import Path

import pytest

from core.formats.snapshot import Snapshot
from core.formats.versions import MOST, Kind, keep_version, versions_of
from core.project import Project
from core.training.plan import Plan


def snapshot(epochs: int, path: Path | None) -> Snapshot:
    return Snapshot(Project(plan=Plan(epochs=epochs)), path)


def kept(folder: Path, path: Path | None, kind: Kind = "saved") -> list[int]:
    return [v.snapshot.project.plan.epochs for v in versions_of(folder, path) if v.kind == kind]


@pytest.mark.parametrize("path", [Path("/home/mine.cnn"), None])
def test_the_latest_ten_of_each_kind_are_kept(path: Path | None, tmp_path: Path) -> None:
    assert versions_of(tmp_path, path) == []
    keep_version(tmp_path, snapshot(99, path), "discarded")
    for epochs in range(1, 14):
        keep_version(tmp_path, snapshot(epochs, path), "saved")
    assert kept(tmp_path, path) == list(range(13, 13 - MOST, -1))
    assert kept(tmp_path, path, "discarded") == [99]
    assert versions_of(tmp_path, Path("/home/other.cnn")) == []


def test_what_the_latest_one_says_is_kept_once(tmp_path: Path) -> None:
    for epochs in (1, 1, 2, 2, 1):
        keep_version(tmp_path, snapshot(epochs, None), "saved")
    assert kept(tmp_path, None) == [1, 2, 1]


@pytest.mark.skipif(os.name == "nt", reason="links need rights there")
def test_a_link_leads_to_the_versions_of_its_file(tmp_path: Path) -> None:
    file, link = tmp_path / "mine.cnn", tmp_path / "link.cnn"
    file.touch()
    link.symlink_to(file)
    keep_version(tmp_path, snapshot(1, file), "saved")
    assert kept(tmp_path, link) == [1]


def test_one_that_cannot_be_read_is_left_out(tmp_path: Path) -> None:
    for epochs in (1, 2):
        keep_version(tmp_path, snapshot(epochs, None), "saved")
    newest = max((tmp_path / "untitled").iterdir())
    newest.write_text("{")
    assert kept(tmp_path, None) == [1]
