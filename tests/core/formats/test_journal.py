"""Journals on the disk: one writer, and what was whole stays whole."""

from __future__ import annotations

import os
import subprocess
import sys
from pathlib import Path

import numpy as np
import pytest

from core.errors import FormatError
from core.formats.runs.blocks import MAGIC, Record
from core.formats.runs.journal import Journal, read_journal

FIRST, SECOND = Record("mark", {"n": 1}), Record("steps", {}, {"loss": np.arange(3, dtype=np.float32)})

WRITER = """
import sys
from pathlib import Path
from core.formats.runs.blocks import Record
from core.formats.runs.journal import Journal
journal = Journal(Path(sys.argv[1]))
journal.append([Record("mark", {"n": 1})])
print("written", flush=True)
input()
"""


def test_it_grows_from_writer_to_writer(tmp_path: Path) -> None:
    path = tmp_path / "run"
    with Journal(path) as journal:
        assert journal.found.records == ()
        journal.append([FIRST])
        journal.sync()
        assert read_journal(path).records == (FIRST,)
    with Journal(path) as journal:
        assert journal.found.records == (FIRST,)
        journal.append([SECOND])
    assert read_journal(path).records == (FIRST, SECOND)


def test_a_torn_tail_is_cut_off_before_anything_is_added(tmp_path: Path) -> None:
    path = tmp_path / "run"
    with Journal(path) as journal:
        journal.append([FIRST])
        journal.append([SECOND])
    content = path.read_bytes()
    for end in range(len(MAGIC), len(content)):
        path.write_bytes(content[:end])
        with Journal(path) as journal:
            before = journal.found
            assert before.torn == end - before.length
            journal.append([SECOND])
        assert read_journal(path).records == (*before.records, SECOND)
        assert not read_journal(path).torn


def test_another_process_is_refused_until_the_writer_has_ended(tmp_path: Path) -> None:
    path = tmp_path / "run"
    with subprocess.Popen(
        [sys.executable, "-c", WRITER, str(path)], stdin=subprocess.PIPE, stdout=subprocess.PIPE
    ) as writer:
        assert writer.stdout is not None
        assert writer.stdout.readline() == b"written" + os.linesep.encode()
        with pytest.raises(FormatError, match="written by another window or command"):
            Journal(path)
        assert read_journal(path).records == (FIRST,)
        writer.kill()
        writer.wait()
    with Journal(path) as journal:
        assert journal.found.records == (FIRST,)
        with pytest.raises(FormatError, match="written by another"):
            Journal(path)


@pytest.mark.parametrize("written", [0, 1, 20])
def test_a_full_disk_leaves_what_was_whole(
    written: int, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    path = tmp_path / "run"
    write = os.write
    with Journal(path) as journal:
        journal.append([FIRST])
        before, calls = path.read_bytes(), 0

        def fill(handle: int, content: bytes) -> int:
            nonlocal calls
            calls += 1
            if calls == 1 and written:
                return write(handle, content[:written])
            raise OSError(28, "No space left on device")

        monkeypatch.setattr(os, "write", fill)
        with pytest.raises(FormatError, match=r"run can't be written: No space left.*before is whole"):
            journal.append([SECOND])
        monkeypatch.undo()
        assert path.read_bytes() == before
        journal.append([SECOND])
    assert read_journal(path).records == (FIRST, SECOND)


def test_what_is_no_journal_is_left_as_it_is(tmp_path: Path) -> None:
    path = tmp_path / "run"
    path.write_bytes(b"something else")
    for _ in range(2):  # the lock is given back
        with pytest.raises(FormatError, match="no journal"):
            Journal(path)
    assert path.read_bytes() == b"something else"
    with pytest.raises(FormatError, match="can't be"):
        Journal(tmp_path / "gone" / "run")


@pytest.mark.parametrize("length", range(len(MAGIC)))
def test_one_that_was_cut_off_at_once_is_begun_anew(length: int, tmp_path: Path) -> None:
    path = tmp_path / "journal"
    path.write_bytes(MAGIC[:length])
    with Journal(path) as journal:
        assert journal.found.records == ()
        journal.append([Record("one")])
    assert read_journal(path).records == (Record("one"),)


def test_a_torn_tail_longer_than_what_is_added_is_cut_off(tmp_path: Path) -> None:
    path = tmp_path / "journal"
    with Journal(path) as journal:
        journal.append([Record("one")])
    with path.open("ab") as file:
        file.write(bytes(10_000))
    with Journal(path) as journal:
        journal.append([Record("two")])
    assert read_journal(path).records == (Record("one"), Record("two"))
    assert read_journal(path).torn == 0
