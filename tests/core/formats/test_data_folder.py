"""Where runs are kept, also on machines that lack what is usual."""

from __future__ import annotations

import os
from pathlib import Path

import pytest

from core.formats.data_folder import DATA_VARIABLE, data_folder, runs_folder


def test_it_can_be_chosen(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(tmp_path)
    monkeypatch.setenv(DATA_VARIABLE, "mine")
    assert data_folder() == tmp_path / "mine"
    assert runs_folder() == tmp_path / "mine" / "runs"


def test_else_it_is_the_systems(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.delenv(DATA_VARIABLE, raising=False)
    for variable in ("HOME", "XDG_DATA_HOME", "LOCALAPPDATA", "USERPROFILE"):
        monkeypatch.setenv(variable, str(tmp_path))
    folder = data_folder()
    assert folder is not None
    assert folder.name == "cnngui"
    assert folder.is_relative_to(tmp_path) or os.name == "nt"


@pytest.mark.skipif(os.name == "nt", reason="there, the system always knows a folder")
def test_without_a_home_there_is_none(monkeypatch: pytest.MonkeyPatch) -> None:
    for variable in (DATA_VARIABLE, "HOME", "XDG_DATA_HOME"):
        monkeypatch.delenv(variable, raising=False)
    monkeypatch.setattr("os.path.expanduser", lambda path: path)
    assert data_folder() is None
    assert runs_folder() is None
