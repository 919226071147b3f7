"""What Numba compiles: kept in one place, and done without where nothing can be kept."""

from __future__ import annotations

import errno
import functools
import hashlib
import os
import pickle
import shutil
import subprocess
import sys
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest
from numba import types

import core
from core.native import target
from core.native.compiled import Callback, compiled
from core.native.target import CACHE_VARIABLE, COMPILED
from tests.import_graph import imports
from tests.paths import ROOT


def test_the_code_of_the_digits_lies_where_the_engines_lies(tmp_path: Path) -> None:
    subprocess.run(
        [sys.executable, "-c", "from core.data.digits import generate; generate(10)"],
        check=True,
        cwd=ROOT,
        env={**os.environ, CACHE_VARIABLE: str(tmp_path)},
    )
    assert [path.name for path in tmp_path.glob("compiled/*/code/*") if path.name.startswith("rasterise")]


def test_every_room_that_compiles_counts_for_the_kept_code() -> None:
    users = {name for name, others in imports("core").items() if "core.native.compiled" in others}
    rooms = tuple(f"core.{room.replace('/', '.')}" for room in COMPILED)
    assert users
    assert [name for name in sorted(users) if not name.startswith(rooms)] == []


unix = pytest.mark.skipif(not hasattr(os, "getuid"), reason="a user has no number there")


def full(*_: object) -> None:
    raise OSError(errno.ENOSPC, os.strerror(errno.ENOSPC))


@pytest.fixture
def folder(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> Path:
    """Where code is kept, with nothing in it yet."""
    monkeypatch.setattr("core.native.compiled.cache_folder", lambda: tmp_path)
    return tmp_path


def twice(x: int) -> int:
    return 2 * x


def callback() -> Callback:
    """`twice`, neither loaded nor compiled yet."""
    return Callback(twice, types.int64(types.int64), {})


def code_in(folder: Path) -> Path:
    [found] = (folder / "code").iterdir()
    return found


def test_code_is_found_by_the_next_start(folder: Path) -> None:
    first = callback()
    assert not first.load()
    first.compile()
    again = callback()
    assert (first.kept, again.load(), again.kept) == (True, True, True)
    assert again.ctypes(3) == 6


def test_a_function_is_compiled_even_where_the_disk_is_full(
    folder: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("core.native.kept_code.write_own", full)
    made, other = compiled(twice), callback()
    assert (made(3), made(4)) == (6, 8)
    other.compile()
    assert (other.ctypes(3), other.kept) == (6, False)
    assert list((folder / "code").iterdir()) == []


def test_what_was_left_half_written_goes_with_the_next_write(folder: Path) -> None:
    callback().compile()
    path = code_in(folder)
    for name, age in (("old", 3600.0), ("new", 0.0)):
        left = path.with_name(f"{path.name}.{name}")
        left.write_bytes(b"half")
        os.utime(left, (left.stat().st_mtime - age,) * 2)
    path.unlink()
    callback().compile()
    assert sorted(left.name for left in path.parent.iterdir()) == [path.name, f"{path.name}.new"]


class NotToBeMade:
    """What a pickle that isn't ours could do."""

    def __reduce__(self) -> tuple[Callable[[int], object], tuple[int]]:
        return os._exit, (1,)


DAMAGES: dict[str, Callable[[bytes], bytes]] = {
    "empty": lambda _: b"",
    "cut off in the checksum": lambda whole: whole[:20],
    "cut off": lambda whole: whole[: len(whole) // 2],
    "zeros": lambda whole: bytes(len(whole)),
    "one bit at the start": lambda whole: flipped(whole, 0),
    "one bit in the middle": lambda whole: flipped(whole, len(whole) // 2),
    "one bit at the end": lambda whole: flipped(whole, len(whole) - 1),
    "a foreign file": lambda _: b"of another program" * 100,
    "a foreign pickle": lambda _: pickle.dumps(NotToBeMade()),
    "whole, but no pickle": lambda _: sealed(b"of another version"),
    "whole, but another value": lambda _: sealed(pickle.dumps((1, 2, 3))),
    "whole, of a module that is gone": lambda _: sealed(b"cno_such_module\nthing\n."),
}


def flipped(whole: bytes, place: int) -> bytes:
    return whole[:place] + bytes([whole[place] ^ 0x10]) + whole[place + 1 :]


def sealed(payload: bytes) -> bytes:
    return hashlib.sha256(payload).digest() + payload


@pytest.mark.parametrize("damage", DAMAGES.values(), ids=DAMAGES)
def test_damaged_code_is_compiled_anew_and_replaced(folder: Path, damage: Callable[[bytes], bytes]) -> None:
    callback().compile()
    code = code_in(folder)
    code.write_bytes(damage(code.read_bytes()))
    damaged = callback()
    assert not damaged.load()
    damaged.compile()
    assert (damaged.ctypes(3), damaged.kept) == (6, True)
    assert callback().load()


def test_a_function_for_python_is_compiled_anew_too(folder: Path) -> None:
    assert compiled(twice)(3) == 6
    code = code_in(folder)
    whole = code.read_bytes()
    code.write_bytes(flipped(whole, len(whole) // 2))
    assert compiled(twice)(3) == 6
    assert sealed(code.read_bytes()[32:]) == code.read_bytes()


def test_a_bit_is_never_run_that_was_not_written(folder: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """Wherever it lies: in what Numba says of the code, or in the machine code itself."""

    def refuse(*_: object) -> None:
        raise AssertionError("damaged code was read")

    callback().compile()
    code, whole = code_in(folder), code_in(folder).read_bytes()
    monkeypatch.setattr("core.native.kept_code.pickle.loads", refuse)
    for place in range(0, len(whole), 97):
        code.write_bytes(flipped(whole, place))
        assert not callback().load()


@unix
def test_a_pipe_or_a_link_in_the_place_of_code_is_replaced(folder: Path, tmp_path: Path) -> None:
    callback().compile()
    code = code_in(folder)
    elsewhere = code.rename(tmp_path / "elsewhere")
    os.mkfifo(code)
    for _ in range(2):
        assert not callback().load()
        callback().compile()
        assert callback().load()
        code.unlink()
        code.symlink_to(elsewhere)


@unix
def test_code_that_others_may_have_written_is_not_run(folder: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    callback().compile()
    code_in(folder).chmod(0o620)
    assert not callback().load()
    callback().compile()
    assert callback().load()
    own = os.getuid()
    monkeypatch.setattr(os, "getuid", lambda: own + 1)
    assert not callback().load()


def test_a_folder_in_the_place_of_code_does_no_harm(folder: Path) -> None:
    callback().compile()
    code = code_in(folder)
    code.unlink()
    code.mkdir()
    made = callback()
    made.compile()
    assert (made.ctypes(3), made.kept) == (6, False)


def test_processes_that_compile_the_same_do_not_disturb_each_other(tmp_path: Path) -> None:
    """Each finds its numbers, and nothing is left but code that is whole."""
    write = "from core.data.digits import generate; print(int(generate(20)[0].sum()))"
    environment = {**os.environ, CACHE_VARIABLE: str(tmp_path)}
    started = [
        subprocess.Popen([sys.executable, "-c", write], stdout=subprocess.PIPE, cwd=ROOT, env=environment)
        for _ in range(3)
    ]
    ended = [(process.communicate()[0], process.returncode) for process in started]
    assert len(set(ended)) == 1
    assert ended[0][1] == 0
    [code] = tmp_path.glob("compiled/*/code/*")
    assert sealed(code.read_bytes()[32:]) == code.read_bytes()


WORST = ("empty", "cut off", "one bit in the middle", "a foreign pickle")


def test_a_start_mends_each_file_of_a_damaged_cache(tmp_path: Path) -> None:
    """In a process of its own: what damaged code would do to this one ends no test in words."""
    environment = {**os.environ, CACHE_VARIABLE: str(tmp_path)}
    program = "from core.data.digits import generate; print(float(generate(20)[0].sum()))"
    run = functools.partial(
        subprocess.run,
        [sys.executable, "-c", program],
        cwd=ROOT,
        env=environment,
        capture_output=True,
        text=True,
    )
    whole = run(check=True).stdout
    files = [path for path in tmp_path.rglob("*") if path.is_file()]
    assert files
    for path in files:
        good = path.read_bytes()
        for damage in WORST:
            path.write_bytes(DAMAGES[damage](good))
            again = run(check=False)
            assert (again.returncode, again.stdout, again.stderr) == (0, whole, ""), (path.name, damage)
            assert sealed(path.read_bytes()[32:]) == path.read_bytes(), (path.name, damage)


@pytest.mark.exhaustive
@pytest.mark.parametrize("damage", WORST)
def test_training_goes_on_with_a_damaged_cache(tmp_path: Path, damage: str) -> None:
    environment = {**os.environ, CACHE_VARIABLE: str(tmp_path)}
    run = functools.partial(
        subprocess.run,
        [sys.executable, "-c", TRAIN],
        cwd=ROOT,
        env=environment,
        capture_output=True,
        text=True,
    )
    first = run(check=True)
    files = list(tmp_path.glob("compiled/*/code/*"))
    assert len(files) > 5
    for path in files:
        path.write_bytes(DAMAGES[damage](path.read_bytes()))
    again = run(check=False)
    assert (again.returncode, again.stdout, again.stderr) == (0, first.stdout, first.stderr)
    assert [path for path in files if sealed(path.read_bytes()[32:]) == path.read_bytes()]


TRAIN = """
import numpy as np
from core.compile import compile_graph
from core.layers.dense import Dense
from core.layers.output import Classification
from core.layers.reshape import Flatten
from core.maths.optim import SGD, OptimizerState
from tests.core.designs import chain

program = compile_graph(chain((1, 3, 3), Flatten(), Dense(units=2), Classification()))
state = OptimizerState(SGD(), program.parameters.values)
x = np.arange(27, dtype=np.float32).reshape(3, 1, 3, 3)
print(type(program).__name__, program.notice)
print(program.train_step(x, np.zeros(3, np.int64), state), program.scores(x))
"""


# -- where it lies ------------------------------------------------------------------------------------------


@pytest.fixture
def chosen(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> Iterator[Path]:
    """The cache's root, chosen by its variable; nobody has looked for it yet."""
    monkeypatch.setenv(CACHE_VARIABLE, str(tmp_path))
    target.cache_folder.cache_clear()
    yield tmp_path
    target.cache_folder.cache_clear()


@unix
@pytest.mark.parametrize("level", ["compiled", "compiled/name"])
@pytest.mark.parametrize("fault", ["others may write", "of somebody else", "a link"])
def test_a_folder_that_others_could_plant_code_in_is_passed_over(
    chosen: Path, monkeypatch: pytest.MonkeyPatch, level: str, fault: str
) -> None:
    first = target.cache_folder()
    assert first is not None
    other = chosen / "other"
    monkeypatch.setattr(target, "cache_roots", lambda: [other])
    folder = first if level != "compiled" else first.parent
    if fault == "others may write":
        folder.chmod(0o770)
    elif fault == "a link":
        folder.symlink_to(folder.rename(chosen / "elsewhere"))
    else:
        usual = Path.lstat

        def of_another(path: Path) -> os.stat_result:
            found = usual(path)
            return os.stat_result((*found[:4], os.getuid() + 1, *found[5:])) if path == folder else found

        monkeypatch.setattr(Path, "lstat", of_another)
    target.cache_folder.cache_clear()
    found = target.cache_folder()
    assert found is not None
    assert found.is_relative_to(other)


@unix
def test_only_its_user_may_write_where_code_is_kept(chosen: Path) -> None:
    before = os.umask(0)  # as if everybody were to be trusted
    try:
        folder = target.cache_folder()
        assert folder is not None
        assert [path.stat().st_mode & 0o022 for path in (folder, folder.parent)] == [0, 0]
    finally:
        os.umask(before)


def test_code_is_found_again_after_reinstalling(chosen: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    home = chosen / "installed"
    shutil.copytree(ROOT / "core" / "native", home / "native")
    monkeypatch.setattr(core, "__file__", str(home / "__init__.py"))
    found: list[Path | None] = []
    for source in ("", "", "\n"):
        kept = (home / "native" / "compiled.py").read_text(encoding="utf-8")
        (home / "native" / "compiled.py").write_text(kept + source, encoding="utf-8")
        os.utime(home / "native" / "compiled.py", (len(found), len(found)))
        target.cache_folder.cache_clear()
        found.append(target.cache_folder())
    assert found[0] == found[1] != found[2]


def test_a_new_version_removes_the_code_that_nothing_has_used_for_long(chosen: Path) -> None:
    now = target.cache_folder()
    assert now is not None
    names = {"old": "0123456789ab-01234567-8", "used": "ba9876543210-01234567-8", "foreign": "photos"}
    folders = {what: now.parent / name for what, name in names.items()}
    for what, folder in folders.items():
        (folder / "code").mkdir(parents=True)
        (folder / "code" / "f").touch()
        if what != "used":
            os.utime(folder, (0, 0))
    target.cache_folder.cache_clear()
    assert target.cache_folder() == now
    assert all(folder.exists() for folder in folders.values())  # nothing is new
    shutil.rmtree(now)
    target.cache_folder.cache_clear()
    assert target.cache_folder() == now
    assert {what: folder.exists() for what, folder in folders.items()} == {
        "old": False,
        "used": True,
        "foreign": True,
    }


def test_code_that_is_used_stays(chosen: Path) -> None:
    now = target.cache_folder()
    assert now is not None
    os.utime(now, (0, 0))
    target.cache_folder.cache_clear()
    target.cache_folder()
    assert now.stat().st_mtime > 0
