"""Saving and loading: nothing is lost, nothing is half written, and a refusal says why."""

from __future__ import annotations

import json
import os
import stat
import zipfile
from collections.abc import Callable
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest

from core.design.direction import Direction
from core.design.edits import set_direction
from core.design.graph import Graph
from core.design.infer import infer
from core.errors import FormatError, UsageError
from core.formats.design import MAX_DEPTH, VERSION, from_text, graph_to_json, to_text
from core.formats.project import ProjectFile, load_design, load_project, save_project
from core.layers.activation import ReLU
from core.layers.unknown import Unknown
from core.maths.optim import OPTIMIZERS, SGD
from core.maths.schedules import SCHEDULES, StepDecay
from core.project import DataChoice, Project
from core.training.plan import Plan
from tests.core.designs import chain
from tests.core.training.test_train import run, started
from tests.golden.make import design_to_keep

pytestmark = pytest.mark.usefixtures("reference")

DESIGN = chain((1, 8, 8), ReLU())


def _json() -> dict[str, Any]:
    return graph_to_json(DESIGN)


def _load(value: object) -> Graph:
    return from_text(json.dumps(value))


def test_a_project_comes_back_whole(tmp_path: Path) -> None:
    session, _ = started()
    run(session)
    plan = replace(session.plan, epochs=9)
    saved = ProjectFile(Project(DESIGN, plan, DataChoice("digits")), session.checkpoint())
    save_project(tmp_path / "a.cnn", saved)
    found = load_project(tmp_path / "a.cnn")
    assert found.project == saved.project
    assert found.checkpoint is not None
    assert found.checkpoint.history == session.checkpoint().history
    assert found.checkpoint.seconds == session.checkpoint().seconds


def test_the_design_is_read_alone(tmp_path: Path) -> None:
    project, design = tmp_path / "net.cnn", tmp_path / "net.json"
    for path in (project, design):
        save_project(path, ProjectFile(Project(DESIGN)))
        assert load_design(path) == DESIGN
    with zipfile.ZipFile(project, "a") as archive:
        archive.writestr("weights.safetensors", b"no tensors")
    assert load_design(project) == DESIGN  # whatever is wrong with the rest
    with pytest.raises(FormatError, match="it is damaged"):
        load_project(project)
    project.write_bytes(b"PK")
    with pytest.raises(FormatError, match=r"net\.cnn is damaged"):
        load_design(project)
    project.unlink()
    with pytest.raises(FormatError, match=r"net\.cnn can't be read"):
        load_design(project)


def test_equal_projects_are_equal_files(tmp_path: Path) -> None:
    for name in ("a.cnn", "a.json"):
        save_project(tmp_path / name, ProjectFile(Project(DESIGN)))
    text = (tmp_path / "a.json").read_text("utf-8")
    assert text == to_text(DESIGN)
    assert text.endswith("}\n")
    assert json.loads(text) == _json()
    keys = list(json.loads(text))
    assert keys == sorted(keys)


def test_text_beyond_ascii_stays_readable(tmp_path: Path) -> None:
    graph = replace(DESIGN, blocks=tuple(replace(b, name="Größe 入力") for b in DESIGN.blocks))
    save_project(tmp_path / "a.json", ProjectFile(Project(graph)))
    assert "Größe 入力" in (tmp_path / "a.json").read_text("utf-8")
    assert load_project(tmp_path / "a.json").project.design == graph


def test_data_beside_the_project_moves_with_it(tmp_path: Path) -> None:
    for folder in ("here", "there"):
        (tmp_path / folder / "data").mkdir(parents=True)
    save_project(
        tmp_path / "here" / "a.cnn",
        ProjectFile(Project(DESIGN, data=DataChoice(str(tmp_path / "here" / "data")))),
    )
    (tmp_path / "here" / "a.cnn").rename(tmp_path / "there" / "a.cnn")
    assert load_project(tmp_path / "there" / "a.cnn").project.data == DataChoice(
        str(tmp_path / "there" / "data")
    )


@pytest.mark.parametrize("optimizer", [declared() for declared in OPTIMIZERS], ids=lambda o: o.kind)
def test_a_plan_comes_back(optimizer: Any) -> None:
    plan = Plan(replace(optimizer, learning_rate=0.25), epochs=3, validation=0.3, seed=8, keep_best=False)
    assert Plan.from_json(json.loads(json.dumps(plan.to_json()))) == plan


@pytest.mark.parametrize("schedule", [declared() for declared in SCHEDULES], ids=lambda s: s.kind)
def test_a_plan_comes_back_with_its_schedule_and_clipping(schedule: Any, tmp_path: Path) -> None:
    plan = Plan(schedule=schedule, warmup=0.5, clip_norm=1.0, clip_value=0.25)
    save_project(tmp_path / "a.cnn", ProjectFile(Project(DESIGN, plan)))
    assert load_project(tmp_path / "a.cnn").project.plan == plan


def _with_version(path: Path, version: object) -> None:
    """Writes a project whose training has another version."""
    with zipfile.ZipFile(path, "w") as archive:
        archive.writestr("design.json", to_text(DESIGN))
        archive.writestr("training.json", json.dumps({"version": version, "plan": Plan().to_json()}))


@pytest.mark.parametrize("version", [4, 0, "2", True, None])
def test_a_training_of_another_version_is_refused(version: object, tmp_path: Path) -> None:
    _with_version(tmp_path / "a.cnn", version)
    with pytest.raises(FormatError, match="version"):
        load_project(tmp_path / "a.cnn")


def test_a_plan_refuses_what_its_settings_forbid() -> None:
    with pytest.raises(UsageError, match="Epochs"):
        Plan(epochs=0)
    with pytest.raises(UsageError, match="Learning rate"):
        Plan(SGD(learning_rate=-1.0))
    with pytest.raises(UsageError, match="Gamma"):
        Plan(schedule=StepDecay(gamma=2.0))
    with pytest.raises(UsageError, match="epoch: there is no such setting"):
        Plan.from_json({"epoch": 3}).require_allowed()  # a file that says so opens


@pytest.mark.parametrize("kind", ["capsule", "relu"])
def test_what_this_version_does_not_know_is_kept(kind: str) -> None:
    design = _json()
    design["blocks"][1] |= {"kind": kind, "settings": {"new": [1, {"deep": None}]}}
    graph = _load(design)
    assert isinstance(graph["relu_1"].layer, Unknown)
    assert graph_to_json(graph) == design
    problem = infer(graph).problem("relu_1")
    assert problem is not None
    assert kind in problem.message


def test_a_setting_out_of_its_limits_is_kept_and_is_a_problem() -> None:
    design = _json()
    design["blocks"][0]["settings"]["shape"] = [0, 8, 8]
    graph = _load(design)
    assert graph_to_json(graph) == design
    problem = infer(graph).problem("input_1")
    assert problem is not None
    assert problem.parameter == "shape"


def test_the_direction_comes_back_and_older_files_run_to_the_right() -> None:
    design = _json()
    graph = _load(design)
    assert graph.direction is Direction.RIGHT
    assert graph_to_json(graph) == design, "such a file stays as it is"
    turned = set_direction(graph, Direction.DOWN)
    assert _load(graph_to_json(turned)) == turned


def test_a_cycle_loads_as_a_problem() -> None:
    design = _json()
    design["blocks"][0] |= {"kind": "relu", "settings": {}}
    design["wires"].append({"from": "relu_1", "to": "input_1", "input": 0})
    (problem,) = infer(_load(design)).problems
    assert "cycle" in problem.message


def _set(path: str, value: object) -> Callable[[dict[str, Any]], None]:
    def change(design: dict[str, Any]) -> None:
        *way, last = path.split("/")
        place: Any = design
        for step in way:
            place = place[int(step) if step.isdigit() else step]
        place[int(last) if last.isdigit() else last] = value

    return change


@pytest.mark.parametrize(
    ("change", "reason"),
    [
        (_set("format", "other"), "no cnngui design"),
        (_set("version", VERSION + 1), f"version {VERSION + 1}, this cnngui reads up to {VERSION}.*newer"),
        (_set("version", 0), "version: expected a number from 1"),
        (_set("version", True), "version: expected a whole number, got bool"),
        (_set("direction", "up"), "direction: expected right or down, got 'up'"),
        (_set("direction", None), "direction: expected a text, got NoneType"),
        (_set("blocks", {}), "blocks: expected a list, got dict"),
        (_set("blocks/1", 5), "block 2: expected an object, got int"),
        (_set("blocks/1/id", ""), "block 2, id: expected 1 to 200 characters"),
        (_set("blocks/1/id", "input_1"), "same id"),
        (_set("blocks/1/name", "x" * 201), "block 2, name: expected 1 to 200"),
        (_set("blocks/1/name", "\ud800"), "no Unicode"),
        (_set("blocks/1/kind", None), "block 2, kind: expected a text, got NoneType"),
        (_set("blocks/1/position", [1]), "block 2, position: expected two numbers"),
        (_set("blocks/1/position", [1, float("nan")]), "no JSON: NaN is no number"),
        (_set("blocks/1/position", [1, 1e300]), "block 2, position"),
        (_set("blocks/1/settings", []), "block 2, settings: expected an object"),
        (_set("wires/0/from", "nobody"), "wire 1 leads to the block 'nobody'"),
        (_set("wires/0/input", 1), "don't fit its inputs"),
        (_set("wires/0/input", -1), "wire 1, input"),
        (_set("wires", [{"from": "input_1", "to": "relu_1", "input": 0}] * 2), "don't fit its inputs"),
        (_set("blocks/0", {"id": "input_1", "kind": "classification"}), "ends the network, but a wire"),
    ],
)
def test_a_damaged_design_is_refused_with_the_place(
    change: Callable[[dict[str, Any]], None], reason: str
) -> None:
    design = _json()
    change(design)
    with pytest.raises(FormatError, match=reason):
        _load(design)


def _grouped() -> dict[str, Any]:
    return graph_to_json(design_to_keep())


@pytest.mark.parametrize(
    ("change", "reason"),
    [
        (_set("groups", None), "groups: expected a list, got NoneType"),
        (_set("groups/0", []), "group 1: expected an object, got list"),
        (_set("groups/0/id", "capsule_1"), "Two parts of the design have the same id"),
        (_set("groups/0/name", ""), "group 1, name: expected 1 to 200"),
        (_set("groups/0/members", []), "The group Stage has no members"),
        (_set("groups/0/members", [1]), "group 1, members: expected a text"),
        (_set("groups/0/members", ["nobody"]), "The group Stage has the member 'nobody', which the design"),
        (_set("groups/0/members", ["frame_1"]), "has the member 'frame_1', which the design"),
        (_set("groups/0/members", ["conv2d_1", "conv2d_1"]), "'conv2d_1' is a member of a group twice"),
        (_set("groups/0/members", ["conv2d_1", "input_1"]), "'input_1' is a member of a group twice"),
        (_set("groups/0/members", ["group_1"]), "'group_1' is a member of a group twice"),
        (_set("groups/1/members", ["input_1", "group_2"]), "nested more than 20 deep, or in itself"),
        (_set("groups/0/folded", 1), "group 1, folded: expected true or false, got int"),
        (_set("groups/0/repeat", 0), "group 1, repeat: expected 1 to 100, got 0"),
        (_set("groups/0/repeat", 10**9), "group 1, repeat: expected 1 to 100, got 1000000000"),
        (_set("groups/0/repeat", 2.5), "group 1, repeat: expected a whole number, got float"),
        (_set("frames/0/id", "group_1"), "Two parts of the design have the same id"),
        (_set("frames/0/size", [600, 0]), "frame 1: The sides of a frame are 40 to 100,000"),
        (_set("frames/0/position", [0, 1e10]), "frame 1, position: expected two numbers"),
        (_set("frames/0/color", "pink"), "frame 1: The colour of a frame is one of"),
        (_set("comments/0/text", " "), "comment 1: A comment needs a text"),
        (_set("comments/0/width", "wide"), "comment 1, width: expected a number, got 'wide'"),
    ],
)
def test_damaged_groups_and_notes_are_refused_with_the_place(
    change: Callable[[dict[str, Any]], None], reason: str
) -> None:
    design = _grouped()
    change(design)
    with pytest.raises(FormatError, match=reason):
        _load(design)


@pytest.mark.parametrize("depth", [MAX_DEPTH + 1, 900, 100_000])
def test_what_could_not_be_saved_again_is_not_loaded(depth: int) -> None:
    text = to_text(DESIGN).replace('"settings": {}', f'"settings": {{"x": {"[" * depth}{"]" * depth}}}')
    with pytest.raises(FormatError, match=r"levels|recursion"):
        from_text(text)


def test_a_missing_and_a_foreign_file(tmp_path: Path) -> None:
    with pytest.raises(FormatError, match=r"gone.cnn can't be read: No such file"):
        load_project(tmp_path / "gone.cnn")
    with pytest.raises(FormatError, match="can't be read: Is a directory"):
        load_project(tmp_path)
    (tmp_path / "picture.cnn").write_bytes(b"\x89PNG\r\n")
    with pytest.raises(FormatError, match="no cnngui project"):
        load_project(tmp_path / "picture.cnn")


# Writing


def _fail(*_: object) -> None:
    raise OSError(28, "No space left on device")


@pytest.mark.parametrize("call", ["os.fsync", "pathlib.Path.replace", "pathlib.Path.chmod"])
def test_a_failed_save_leaves_the_old_file_and_nothing_else(
    call: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    path = tmp_path / "a.cnn"
    save_project(path, ProjectFile(Project(DESIGN)))
    before = path.read_bytes()
    monkeypatch.setattr(call, _fail)
    with pytest.raises(FormatError, match=r"a.cnn can't be written: No space left on device.*unchanged"):
        save_project(path, ProjectFile(Project(chain((3,), ReLU()))))
    assert path.read_bytes() == before
    assert os.listdir(tmp_path) == ["a.cnn"]  # noqa: PTH208


def test_an_interrupted_save_leaves_the_old_file_and_nothing_else(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    def interrupt(_: object) -> None:
        raise KeyboardInterrupt

    path = tmp_path / "a.cnn"
    save_project(path, ProjectFile(Project(DESIGN)))
    before = path.read_bytes()
    monkeypatch.setattr("os.fsync", interrupt)
    with pytest.raises(KeyboardInterrupt):
        save_project(path, ProjectFile(Project(DESIGN)))
    assert path.read_bytes() == before
    assert os.listdir(tmp_path) == ["a.cnn"]  # noqa: PTH208


@pytest.mark.skipif(os.name != "posix", reason="permissions of POSIX")
def test_permissions_are_kept(tmp_path: Path) -> None:
    path = tmp_path / "a.cnn"
    save_project(path, ProjectFile(Project(DESIGN)))
    path.chmod(0o640)
    save_project(path, ProjectFile(Project(DESIGN)))
    assert stat.S_IMODE(path.stat().st_mode) == 0o640


@pytest.mark.skipif(os.name != "posix", reason="links need rights elsewhere")
def test_a_link_to_a_project_stays_a_link(tmp_path: Path) -> None:
    (tmp_path / "real").mkdir()
    save_project(tmp_path / "real" / "a.cnn", ProjectFile(Project(DESIGN)))
    link = tmp_path / "link.cnn"
    link.symlink_to(tmp_path / "real" / "a.cnn")
    save_project(link, ProjectFile(Project(chain((3,), ReLU()))))
    assert link.is_symlink()
    assert load_project(tmp_path / "real" / "a.cnn").project.design == chain((3,), ReLU())


def test_a_folder_that_may_not_be_written_or_is_not_there(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    with pytest.raises(FormatError, match=r"a.cnn can't be written: No such file or directory"):
        save_project(tmp_path / "gone" / "a.cnn", ProjectFile(Project(DESIGN)))

    def deny(*_: object, **__: object) -> None:  # tests may run as root, who is never denied
        raise PermissionError(13, "Permission denied", str(tmp_path))

    monkeypatch.setattr("os.open", deny)
    with pytest.raises(FormatError, match=r"a.cnn can't be written: Permission denied.*another folder"):
        save_project(tmp_path / "a.cnn", ProjectFile(Project(DESIGN)))
