"""The runs of the data folder as values, and their trash."""

from __future__ import annotations

import os
import time
from pathlib import Path
from unittest.mock import patch

import pytest

from core.errors import FormatError
from core.formats.lock import WriterLock
from core.formats.moments import now
from core.formats.runs import kept as kept_runs
from core.formats.runs.journal import Journal
from core.formats.runs.kept import (
    KEPT_DAYS,
    About,
    Shelf,
    bring_back,
    continuation,
    empty_trash,
    kept_run,
    read_about,
    throw_away,
    write_about,
)
from core.formats.runs.records import JOURNAL, RunWriter, new_id
from core.layers.dense import Dense
from core.layers.output import Classification
from core.running.program import Execution
from core.training.plan import Plan
from core.training.record import Begun, Ended, Machine, Resumed
from tests.core.designs import chain

DESIGN = chain((4,), Dense(units=3), Classification())


def begun(run: str) -> Begun:
    machine = Machine("system", "1.0", Execution("reference", 1, 8))
    return Begun(run, now(), "iris", DESIGN, Plan(), "iris.npz", "f", 9, 1, 15, machine)


def write(runs: Path, ended: Ended | None = None) -> Path:
    folder = runs / new_id()
    RunWriter(folder, begun(folder.name)).close(ended)
    return folder


def test_how_a_run_stands(tmp_path: Path) -> None:
    assert kept_run(write(tmp_path)).state == "killed"
    assert kept_run(write(tmp_path, Ended(now(), 3, "failed", "It diverged."))).why == "It diverged."
    folder = write(tmp_path)
    with Journal(folder / JOURNAL):
        assert kept_run(folder).state == "running"
        with pytest.raises(FormatError, match="another window or command"):
            continuation(folder)
    with pytest.raises(FormatError, match="no checkpoint"):
        continuation(folder)


def test_only_what_has_changed_is_read_again(tmp_path: Path) -> None:
    folders = [write(tmp_path) for _ in range(3)]
    shelf = Shelf(tmp_path)
    assert len(shelf.read()) == 3
    with patch.object(kept_runs, "read_run", side_effect=AssertionError):
        write_about(folders[0], About("good", 7))
        with WriterLock(folders[1] / f"{JOURNAL}.lock"):
            states = {run.id: run.state for run in shelf.read()}
        assert states[folders[1].name] == "running"
        assert {run.id: run.about for run in shelf.read()}[folders[0].name] == About("good", 7)
    machine = begun(folders[0].name).machine
    RunWriter(folders[0], Resumed(now(), 0, machine)).close(Ended(now(), 0, "stopped"))
    assert {run.id: run.state for run in shelf.read()}[folders[0].name] == "stopped"
    (folders[2] / JOURNAL).write_bytes(b"nothing")
    assert len(shelf.read()) == 2
    assert shelf.unreadable == [folders[2].name]


@pytest.mark.parametrize("text", ["", "[]", "nonsense", '{"note": 3, "put_off": "x"}', '{"note": null}'])
def test_a_damaged_note_is_none(tmp_path: Path, text: str) -> None:
    folder = write(tmp_path)
    (folder / "about.json").write_text(text)
    assert read_about(folder) == About()


def test_what_is_thrown_away_comes_back_as_it_was(tmp_path: Path) -> None:
    folder = write(tmp_path / "runs")
    content = (folder / JOURNAL).read_bytes()
    thrown = throw_away(folder, tmp_path / "trash")
    assert not folder.exists()
    assert empty_trash(tmp_path / "trash") == 0
    assert bring_back(thrown, tmp_path / "runs") == folder
    assert (folder / JOURNAL).read_bytes() == content


def test_the_trash_is_emptied_after_a_while(tmp_path: Path) -> None:
    old, new = (throw_away(write(tmp_path / "runs"), tmp_path / "trash") for _ in range(2))
    long_ago = time.time() - (KEPT_DAYS + 1) * 86_400
    os.utime(old, (long_ago, long_ago))
    assert empty_trash(tmp_path / "trash") == 1
    assert not old.exists()
    assert new.exists()


def test_what_is_being_written_is_not_thrown_away(tmp_path: Path) -> None:
    folder = write(tmp_path / "runs")
    with Journal(folder / JOURNAL), pytest.raises(FormatError, match="another window or command"):
        throw_away(folder, tmp_path / "trash")
    assert folder.exists()
