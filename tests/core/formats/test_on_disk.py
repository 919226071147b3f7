"""What lies on the disk is replaced only by whoever knows it, and what can't be read or written is said."""

from __future__ import annotations

import os
import stat
import subprocess
import sys
import zipfile
from pathlib import Path

import pytest

from core.errors import FormatError
from core.formats import atomic
from core.formats.atomic import (
    NOT_THERE,
    ChangedError,
    check_writable,
    digest_on_disk,
    remove_left_over,
    write_atomically,
)
from core.formats.design import to_text
from core.formats.project import ProjectFile, load_project, save_project
from core.layers.activation import ReLU
from core.project import DataChoice, Project
from tests.core.designs import chain
from tests.core.formats import hostile
from tests.paths import ROOT

DESIGN = chain((1, 8, 8), ReLU())
FILE = ProjectFile(Project(DESIGN))
OTHER = ProjectFile(Project(chain((3,), ReLU())))


def names(folder: Path) -> list[str]:
    return sorted(path.name for path in folder.iterdir())


# What has changed since it was read


@pytest.mark.parametrize("name", ["a.cnn", "a.json"])
def test_only_what_is_known_is_replaced(name: str, tmp_path: Path) -> None:
    path = tmp_path / name
    first = save_project(path, FILE, NOT_THERE)
    assert load_project(path).digest == first == digest_on_disk(path)
    save_project(path, OTHER, first)
    with pytest.raises(ChangedError, match=rf"{name} was changed by another program"):
        save_project(path, FILE, first)
    with pytest.raises(ChangedError):
        save_project(path, FILE, NOT_THERE)
    assert load_project(path).project.design == OTHER.project.design
    assert names(tmp_path) == [name]


def test_a_file_that_was_only_touched_or_has_gone_is_still_the_known_one(tmp_path: Path) -> None:
    path = tmp_path / "a.cnn"
    first = save_project(path, FILE)
    os.utime(path, (0, 0))
    second = save_project(path, OTHER, first)
    path.unlink()
    save_project(path, FILE, second)
    assert load_project(path).project == FILE.project


# What can't be written


@pytest.mark.skipif(os.name != "posix", reason="permissions of POSIX")
def test_a_write_protected_file_is_left_as_it_is(tmp_path: Path) -> None:
    path = tmp_path / "a.cnn"
    save_project(path, FILE)
    path.chmod(0o444)
    before = path.read_bytes()
    for refused in (lambda: save_project(path, OTHER), lambda: check_writable(path)):
        with pytest.raises(FormatError, match=r"a.cnn can't be written: it is write-protected\..*another"):
            refused()
    assert path.read_bytes() == before
    assert stat.S_IMODE(path.stat().st_mode) == 0o444


def test_a_folder_is_no_file_to_write(tmp_path: Path) -> None:
    (tmp_path / "a.cnn").mkdir()
    for refused in (
        lambda: save_project(tmp_path / "a.cnn", FILE),
        lambda: check_writable(tmp_path / "a.cnn"),
    ):
        with pytest.raises(FormatError, match=r"a.cnn can't be written: there is a folder of this name"):
            refused()
    assert names(tmp_path) == ["a.cnn"]


def test_the_longest_names_can_be_written_and_longer_ones_are_refused(tmp_path: Path) -> None:
    longest = tmp_path / f"{'a' * 251}.cnn"
    check_writable(longest)
    assert names(tmp_path) == []
    save_project(longest, FILE)
    assert load_project(longest).project == FILE.project
    for refused in (save_project, lambda path, _: check_writable(path)):
        with pytest.raises(FormatError, match="can't be written: File name too long"):
            refused(tmp_path / f"{'a' * 252}.cnn", FILE)
    assert names(tmp_path) == [longest.name]


@pytest.mark.skipif(os.name == "nt", reason="permissions are POSIX's")
@pytest.mark.parametrize("mode", [0o600, 0o640, 0o664])
def test_a_file_keeps_its_permissions_and_a_new_one_gets_the_usual_ones(
    mode: int, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Without a look at the umask, which would change it for a moment in all threads."""
    usual = tmp_path / "usual"
    usual.touch()
    monkeypatch.delattr(os, "umask")
    old, new = tmp_path / "old.cnn", tmp_path / "new.cnn"
    old.touch()
    old.chmod(mode)
    for path in (old, new):
        write_atomically(path, b"content")
    assert stat.S_IMODE(old.stat().st_mode) == mode
    assert stat.S_IMODE(new.stat().st_mode) == stat.S_IMODE(usual.stat().st_mode)


class HeldError(OSError):
    """Of Windows, where a virus scanner reads what was just written."""

    winerror = 32
    strerror = "it is held"


@pytest.mark.parametrize("times", [1, 5, 1000])
def test_a_file_that_is_held_for_a_moment_is_waited_for(
    times: int, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    left, rename = times, Path.replace

    def replace(self: Path, target: Path) -> Path:
        nonlocal left
        left -= 1
        if left >= 0:
            raise HeldError
        return rename(self, target)

    monkeypatch.setattr(Path, "replace", replace)
    monkeypatch.setattr(atomic, "_PAUSES", (0.0,) * 6)
    path = tmp_path / "a.cnn"
    path.write_bytes(b"old")
    if times == 1000:
        with pytest.raises(FormatError, match="it is held"):
            write_atomically(path, b"new")
    else:
        write_atomically(path, b"new")
    assert path.read_bytes() == (b"old" if times == 1000 else b"new")
    assert names(tmp_path) == ["a.cnn"]


WRITE_AND_WAIT = """
import sys, time
from pathlib import Path
from core.formats.atomic import write_atomically
def told(share):
    if share == 1.0:
        print("written", flush=True)
        time.sleep(600)
write_atomically(Path(sys.argv[1]), b"half", told=told)
"""


@pytest.mark.skipif(os.name == "nt", reason="there, only its age tells that a file was left behind")
def test_what_a_killed_save_has_left_goes_at_once_and_what_is_being_written_stays(tmp_path: Path) -> None:
    path = tmp_path / "a.cnn"
    command = [sys.executable, "-c", WRITE_AND_WAIT, str(path)]
    with subprocess.Popen(command, stdout=subprocess.PIPE, text=True, cwd=ROOT) as writer:
        assert writer.stdout is not None
        assert writer.stdout.readline() == "written\n"
        remove_left_over(tmp_path)
        assert len(names(tmp_path)) == 1  # a living process writes it
        writer.kill()
    save_project(path, FILE)
    assert names(tmp_path) == ["a.cnn"]


@pytest.mark.skipif(os.name == "nt", reason="as above")
def test_whoever_is_going_to_write_clears_away_first(tmp_path: Path) -> None:
    (tmp_path / ".cnngui-12345678.part").touch()
    check_writable(tmp_path / "a.cnn")
    assert names(tmp_path) == []


def test_where_no_lock_tells_only_old_files_go(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(atomic, "_hold", lambda _: None)
    for name, age in (("new", 0.0), ("old", 2.0 * atomic._FORGOTTEN)):
        left = tmp_path / f".cnngui-{name}.part"
        left.touch()
        os.utime(left, (left.stat().st_mtime - age,) * 2)
    remove_left_over(tmp_path)
    assert names(tmp_path) == [".cnngui-new.part"]


def test_a_name_that_only_looks_like_ours_is_left_alone(tmp_path: Path) -> None:
    (tmp_path / ".cnngui-mine.txt").touch()
    (tmp_path / "a.part").touch()
    remove_left_over(tmp_path)
    assert names(tmp_path) == [".cnngui-mine.txt", "a.part"]


def test_a_write_can_be_called_off_until_the_file_is_replaced(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(atomic, "_PIECE", 2)
    path = tmp_path / "a.cnn"
    path.write_bytes(b"old")
    for last in (0.0, 0.5, 1.0):

        def told(share: float, last: float = last) -> None:
            if share == last:
                raise FormatError("It isn't wanted any more.")

        with pytest.raises(FormatError, match="isn't wanted any more"):
            write_atomically(path, b"abcd", told=told)
        assert path.read_bytes() == b"old"
        assert names(tmp_path) == ["a.cnn"]
    heard: list[float] = []
    write_atomically(path, b"abcd", told=heard.append)
    assert heard == [0.0, 0.5, 1.0]
    assert path.read_bytes() == b"abcd"


# What can't be read


def test_what_the_system_refuses_is_no_damage(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    path = tmp_path / "a.cnn"
    save_project(path, FILE)

    def deny(*_: object, **__: object) -> None:  # tests may run as root, who is never denied
        raise PermissionError(13, "Permission denied", str(path))

    monkeypatch.setattr(Path, "open", deny)
    with pytest.raises(FormatError, match=r"a.cnn can't be read: Permission denied\. Check the path and its"):
        load_project(path)


def test_damage_is_no_matter_of_permissions(tmp_path: Path) -> None:
    path, said = tmp_path / "a.cnn", set()
    good = hostile.PROJECT
    end = good.rindex(b"PK\x05\x06")
    for place in range(end, end + 20):
        for bit in range(8):
            changed = bytearray(good)
            changed[place] ^= 1 << bit
            path.write_bytes(changed)
            try:
                load_project(path)
            except FormatError as error:
                said.add(str(error))
    assert said
    assert not [text for text in said if "Invalid argument" in text or "permissions" in text]


def test_no_bit_in_the_directory_of_an_archive_makes_less_of_a_project(tmp_path: Path) -> None:
    """A name or a length that is wrong there hides a part of the file."""
    path, good = tmp_path / "a.cnn", hostile.PROJECT
    path.write_bytes(good)
    whole = load_project(path)
    assert whole.checkpoint is not None
    refused = 0
    for place in range(good.index(b"PK\x01\x02"), len(good)):
        changed = bytearray(good)
        changed[place] ^= 1 << place % 8
        path.write_bytes(changed)
        try:
            found = load_project(path)
        except FormatError:
            refused += 1
            continue
        assert found.project == whole.project, place
        assert found.checkpoint is not None, place
    assert refused


@pytest.mark.parametrize("name", ["training.json", "weights.safetensors", "state.safetensors"])
def test_a_part_that_has_lost_its_name_is_missed(name: str, tmp_path: Path) -> None:
    parts = {part.replace(name, "x" + name[1:]): content for part, content in hostile.parts().items()}
    (tmp_path / "a.cnn").write_bytes(hostile.packed(parts))
    with pytest.raises(FormatError, match=rf"a.cnn: it has no {name}; it is no cnngui project, or damaged"):
        load_project(tmp_path / "a.cnn")


def test_weights_without_a_run_are_damage(tmp_path: Path) -> None:
    parts = hostile.parts() | {"training.json": b"{}"}
    (tmp_path / "a.cnn").write_bytes(hostile.packed(parts))
    with pytest.raises(FormatError, match=r"a.cnn: it has \w+.safetensors, but training.json has no run"):
        load_project(tmp_path / "a.cnn")


# Where the data lie


def reopened(path: Path, source: str) -> str | None:
    save_project(path, ProjectFile(Project(DESIGN, data=DataChoice(source))))
    return load_project(path).project.data.source


@pytest.mark.parametrize("source", ["digits", "digits-wide", "~/mnist"])
def test_a_name_stays_a_name_whatever_lies_around(
    source: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    for folder in (tmp_path, tmp_path / "elsewhere"):
        (folder / source).mkdir(parents=True)
    monkeypatch.chdir(tmp_path / "elsewhere")
    assert reopened(tmp_path / "a.cnn", source) == source


@pytest.mark.skipif(os.name != "posix", reason="paths of another system than Windows")
def test_a_path_of_another_system_is_kept_for_it(tmp_path: Path) -> None:
    assert reopened(tmp_path / "a.cnn", r"D:\data\mnist") == r"D:\data\mnist"


def test_a_folder_with_the_name_of_a_source_is_still_that_folder(tmp_path: Path) -> None:
    folder = tmp_path / "digits"
    folder.mkdir()
    assert reopened(tmp_path / "a.cnn", str(folder)) == str(folder)


def test_missing_data_are_not_looked_for_elsewhere(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    (tmp_path / "elsewhere").mkdir()
    (tmp_path / "elsewhere" / "data.npz").touch()
    monkeypatch.chdir(tmp_path / "elsewhere")
    missing = str(tmp_path / "data.npz")
    assert reopened(tmp_path / "a.cnn", missing) == missing


def test_a_path_that_was_given_in_the_working_directory_is_meant_there(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.chdir(tmp_path)
    (tmp_path / "projects").mkdir()
    assert reopened(tmp_path / "projects" / "a.cnn", "data.npz") == str(tmp_path / "data.npz")


@pytest.mark.parametrize(("data", "reason"), [('""', "an empty one"), ("5", "int"), ("[]", "list")])
def test_what_is_no_data_source_is_refused(data: str, reason: str, tmp_path: Path) -> None:
    with zipfile.ZipFile(tmp_path / "a.cnn", "w") as archive:
        archive.writestr("design.json", to_text(DESIGN))
        archive.writestr("training.json", f'{{"version": 2, "data": {data}}}')
    with pytest.raises(FormatError, match=rf"training.json, data: expected a text, got {reason}"):
        load_project(tmp_path / "a.cnn")


@pytest.fixture
def gone(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """A working directory that another program has deleted."""
    folder = tmp_path / "gone"
    folder.mkdir()
    monkeypatch.chdir(folder)
    try:
        folder.rmdir()
    except OSError:
        pytest.skip("this system keeps a working directory")


@pytest.mark.usefixtures("gone")
@pytest.mark.parametrize("name", ["a.cnn", "a.json"])
def test_a_working_directory_that_has_gone_is_said(name: str, tmp_path: Path) -> None:
    file = ProjectFile(Project(DESIGN, data=DataChoice(str(tmp_path / "data.npz"))))
    for write in (lambda path: save_project(path, file), check_writable):
        with pytest.raises(FormatError, match=rf"{name} can't be written: the working directory: No such"):
            write(Path(name))
    with pytest.raises(FormatError, match=rf"{name} can't be read"):
        load_project(Path(name))
    save_project(tmp_path / name, file)
    assert load_project(tmp_path / name).project.design == DESIGN


def test_a_name_that_no_file_can_have_is_said() -> None:
    with pytest.raises(FormatError, match=r"can't be written: .*embedded null"):
        save_project(Path("a\0.json"), FILE)
