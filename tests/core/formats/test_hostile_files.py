"""Damaged and hostile files: each is refused with a message or loads soundly, and none does any harm."""

from __future__ import annotations

import io
import json
import os
import tracemalloc
import zipfile
from collections.abc import Callable, Iterator
from dataclasses import replace
from itertools import islice
from pathlib import Path

import numpy as np
import pytest

from core.compile import compile_graph
from core.data.dataset import split
from core.data.sources.base import load_source
from core.errors import CoreError, DataError, FormatError
from core.explain.analysis import analyse
from core.formats.design import from_text, to_text
from core.formats.project import ProjectFile, load_design, load_project, save_project
from core.formats.runs.journal import read_journal
from core.project import inspect
from core.repair import fixes
from core.training.evaluate import evaluate
from core.training.session import Session
from tests.core.data.idx_files import write_mnist_folder
from tests.core.designs import shapes_to_tell_apart
from tests.core.formats import hostile
from tests.core.formats.hostile import Named
from tests.paths import GOLDEN

pytestmark = pytest.mark.usefixtures("reference")

DATA = shapes_to_tell_apart(20)


def _use(file: ProjectFile, folder: Path) -> None:
    """What the application does with a project once it is open."""
    project = file.project
    found = inspect(project, DATA.spec)
    analyse(project.design, found, project.plan.optimizer, project.plan.batch_size)
    for block in project.design.blocks:
        assert hash(block.layer) is not None
        assert len(block.layer.caption()) < 1000
    for problem in found.problems[:3]:
        for fix in fixes(project, problem, DATA.spec):
            fix.apply(project)
    assert from_text(to_text(project.design)) == project.design
    save_project(folder / "again.cnn", file)
    assert load_project(folder / "again.cnn").project.design == project.design
    try:
        program = compile_graph(project.design, seed=project.plan.seed)
        if file.checkpoint is not None:
            program.parameters.load(file.checkpoint.kept)
        evaluate(program, DATA)
        parts = split(DATA, project.plan.validation, project.plan.seed)
        *_, _last = islice(Session(program, *parts, project.plan, file.checkpoint), 4)
    except CoreError:
        pass  # a plain refusal, as it is shown to a user


def _refusals(
    cases: Iterator[Named], path: Path, load: Callable[[Path], object], refusal: type[CoreError]
) -> tuple[int, int]:
    """Loads every case as `path`; gives how many there are and how many were refused."""
    refused, names = 0, []
    beside = sorted(path.parent.iterdir())
    for name, content in cases:
        names.append(name)
        path.write_bytes(content)
        try:
            load(path)
        except refusal as error:
            refused += 1
            assert 10 < len(str(error)) < 1000, name
            assert "\n" not in str(error), name
        except BaseException as error:
            raise AssertionError(f"{name}: {error!r}") from error
        assert path.read_bytes() == content, name
        path.unlink()
        assert sorted(path.parent.iterdir()) == beside, name
    return len(names), refused


def _project_loader(folder: Path) -> Callable[[Path], None]:
    folder.mkdir()
    return lambda path: _use(load_project(path), folder)


def test_projects(tmp_path: Path) -> None:
    (tmp_path / "files").mkdir()
    load = _project_loader(tmp_path / "again")
    count, refused = _refusals(hostile.projects(), tmp_path / "files" / "project.cnn", load, FormatError)
    assert count >= 200
    assert refused > count / 2


def test_designs(tmp_path: Path) -> None:
    (tmp_path / "files").mkdir()
    load = _project_loader(tmp_path / "again")
    count, refused = _refusals(hostile.designs(), tmp_path / "files" / "design.json", load, FormatError)
    assert count >= 200
    assert refused > count / 2


@pytest.mark.parametrize(("cases", "suffix"), [(hostile.idx_files, ""), (hostile.gzip_files, ".gz")])
def test_idx(cases: Callable[[], Iterator[Named]], suffix: str, tmp_path: Path) -> None:
    write_mnist_folder(tmp_path, train=6)
    path = tmp_path / f"train-images-idx3-ubyte{suffix}"
    (tmp_path / "train-images-idx3-ubyte").unlink()
    count, refused = _refusals(cases(), path, lambda p: load_source(str(p.parent)), DataError)
    assert count >= 60
    assert refused > count / 3  # a bit of a pixel may turn over unseen


def test_npz(tmp_path: Path) -> None:
    path = tmp_path / "data.npz"
    count, refused = _refusals(hostile.npz_files(), path, lambda p: load_source(str(p)), DataError)
    assert count >= 100
    assert refused > count / 2


def test_a_newer_version_says_so(tmp_path: Path) -> None:
    files = hostile.parts()
    design = json.loads(files["design.json"]) | {"version": 99}
    (tmp_path / "new.cnn").write_bytes(hostile.packed(files | {"design.json": json.dumps(design).encode()}))
    with pytest.raises(FormatError, match=r"new.cnn: .*version 99.*newer version of cnngui"):
        load_project(tmp_path / "new.cnn")


BOMBS: dict[str, Callable[[], bytes]] = {
    "compressed tensors": lambda: hostile.packed(
        hostile.parts() | {"state.safetensors": bytes(300 << 20)}, zipfile.ZIP_DEFLATED
    ),
    "a design of spaces": lambda: hostile.packed(hostile.parts() | {"design.json": b" " * (300 << 20)}),
    "a run of spaces": lambda: hostile.packed(hostile.parts() | {"training.json": b" " * (300 << 20)}),
    "lists without end": lambda: hostile.packed(hostile.parts() | {"design.json": b"[" + b"[]," * (5 << 20)}),
    "objects without end": lambda: hostile.packed(hostile.parts() | {"training.json": _objects(4 << 20)}),
    "objects in a header": lambda: hostile.packed(hostile.parts() | {"state.safetensors": _header()}),
    "entries without end": lambda: _entries(200_000),
}


def _objects(number: int) -> bytes:
    return b"{" + b",".join(b'"%x":{}' % n for n in range(number)) + b"}"


def _header() -> bytes:
    content = _objects(1 << 20)
    return len(content).to_bytes(8, "little") + content


def _entries(number: int) -> bytes:
    buffer = io.BytesIO()
    with zipfile.ZipFile(buffer, "w") as archive:
        for n in range(number):
            archive.writestr(f"{n}", b"")
    return buffer.getvalue()


@pytest.mark.parametrize("bomb", BOMBS.values(), ids=BOMBS)
def test_a_bomb_is_refused_before_it_goes_off(bomb: Callable[[], bytes], tmp_path: Path) -> None:
    path = tmp_path / "bomb.cnn"
    path.write_bytes(bomb())
    tracemalloc.start()
    try:
        with pytest.raises(FormatError, match=r"^bomb\.cnn: |^bomb\.cnn is damaged: "):
            load_project(path)
        assert tracemalloc.get_traced_memory()[1] < 150 << 20
    finally:
        tracemalloc.stop()


def test_reading_a_run_takes_little_more_than_its_tensors(tmp_path: Path) -> None:
    path = tmp_path / "large.cnn"
    file = load_project(GOLDEN / "v2.cnn")
    assert file.checkpoint is not None
    slots = {"large": np.zeros(30 << 20, np.float32)}
    save_project(path, replace(file, checkpoint=replace(file.checkpoint, slots=slots)))
    tracemalloc.start()
    try:
        again = load_project(path)
        assert tracemalloc.get_traced_memory()[1] < path.stat().st_size + (20 << 20)
    finally:
        tracemalloc.stop()
    assert again.checkpoint is not None
    assert again.checkpoint.slots["large"].nbytes == slots["large"].nbytes


def test_a_run_larger_than_the_memory_is_refused(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("core.native.memory.available_memory", lambda: 5000)
    with pytest.raises(FormatError, match=r"v2.cnn: its run holds .* of data, and .* of memory are free"):
        load_project(GOLDEN / "v2.cnn")


def test_a_part_that_is_there_twice_is_refused(tmp_path: Path) -> None:
    path = tmp_path / "twice.cnn"
    path.write_bytes(hostile.PROJECT)
    with zipfile.ZipFile(path, "a") as archive, pytest.warns(UserWarning, match="Duplicate"):
        archive.writestr("design.json", hostile.DESIGN)
    with pytest.raises(FormatError, match="two parts of one name"):
        load_project(path)


@pytest.mark.skipif(not hasattr(os, "mkfifo"), reason="there are no pipes with names")
def test_what_has_no_end_is_not_read(tmp_path: Path) -> None:
    os.mkfifo(tmp_path / "pipe.cnn")
    (tmp_path / "zeros.cnn").symlink_to("/dev/zero")
    (tmp_path / "ring.cnn").symlink_to(tmp_path / "ring.cnn")
    for name in ("pipe.cnn", "zeros.cnn", "ring.cnn", "."):
        for load in (load_project, load_design, read_journal):
            with pytest.raises(FormatError):
                load(tmp_path / name)


def test_names_in_the_archive_lead_nowhere(tmp_path: Path) -> None:
    """An archive isn't unpacked into the folder, so `..` in a name is a name like any other."""
    buffer = io.BytesIO(hostile.PROJECT)
    with zipfile.ZipFile(buffer, "a") as archive:
        archive.writestr("../escaped.txt", "x")
    (tmp_path / "inner").mkdir()
    (tmp_path / "inner" / "a.cnn").write_bytes(buffer.getvalue())
    load_project(tmp_path / "inner" / "a.cnn")
    assert not (tmp_path / "escaped.txt").exists()
