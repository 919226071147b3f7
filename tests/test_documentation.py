"""The documentation keeps its promises: links lead somewhere, examples run."""

from __future__ import annotations

import json
import re
import subprocess
import sys
import tomllib
from collections.abc import Iterator
from pathlib import Path

import pytest

from core.formats.design import graph_from_json
from tests.code_names import code_names
from tests.paths import ROOT

ARCHITECTURE = ROOT / "docs" / "architecture.md"
OF_THE_CODE = (ARCHITECTURE, ROOT / "CONTRIBUTING.md")
"""The pages that lead through the code: each name in code style has to be found in it."""
PAGES = [*ROOT.glob("*.md"), *(ROOT / "docs").rglob("*.md"), *(ROOT / "benchmarks").glob("*.md")]

CHECK_EXAMPLE = """
from core.design import edits
from core.design.graph import Graph
from core.layers import LAYERS, Mode
import numpy as np

declared = LAYERS["hard_tanh"]
layer = declared()
x = np.array([[-3.0, 0.4, 2.0]])
y, saved = layer.forward({}, Mode(), x)
assert y.tolist() == [[-1.0, 0.4, 1.0]]
(dx,), _ = layer.backward({}, saved, np.ones_like(x))
assert dx.tolist() == [[0.0, 1.0, 0.0]]
graph = edits.add(Graph(), edits.new_block(Graph(), layer))
assert edits.set_param(graph, "hard_tanh_1", "limit", 2.0)["hard_tanh_1"].layer.summary() == "± 2"
"""


def blocks(page: Path, language: str) -> list[str]:
    """The fenced blocks of a page in this language."""
    return re.findall(
        rf"^```{language}\n(.*?)^```$", page.read_text(encoding="utf-8"), re.MULTILINE | re.DOTALL
    )


@pytest.mark.parametrize("page", PAGES, ids=lambda page: page.relative_to(ROOT).as_posix())
def test_links_lead_to_files(page: Path) -> None:
    links = re.findall(r"\]\(([^)#]+)(?:#[^)]*)?\)", page.read_text(encoding="utf-8"))
    here = [link for link in links if "://" not in link]
    missing = [link for link in here if not (page.parent / link).exists()]
    assert not missing


@pytest.mark.parametrize("page", PAGES, ids=lambda page: page.relative_to(ROOT).as_posix())
def test_files_that_are_named_exist(page: Path) -> None:
    named = re.findall(
        r"`((?:core|cnngui|tests|benchmarks|docs|resources|\.ci)/[a-z0-9_./]*)`", page.read_text("utf-8")
    )
    assert [name for name in named if not (ROOT / name).exists()] == []


@pytest.mark.parametrize("page", PAGES, ids=lambda page: page.relative_to(ROOT).as_posix())
def test_modules_that_are_run_exist(page: Path) -> None:
    named = re.findall(r"python -m ((?:core|cnngui|tests|benchmarks)(?:\.[a-z_]+)+)", page.read_text("utf-8"))
    paths = [ROOT.joinpath(*name.split(".")) for name in named]
    missing = [p for p in paths if not (p.with_suffix(".py").exists() or (p / "__main__.py").exists())]
    assert missing == []


@pytest.mark.parametrize("page", OF_THE_CODE, ids=lambda page: page.name)
def test_names_of_the_code_are_in_the_code(page: Path) -> None:
    assert sorted(set(unknown_names(page.read_text("utf-8")))) == []


@pytest.mark.parametrize(
    "gone",
    [
        "Document.alter",
        "Paper",
        "edits.cut_down",
        "core.desgin",
        "PANES",
        "Bid(viewer)",
        "room_for()",
        "no.py",
    ],
)
def test_names_that_are_not_in_the_code_are_found(gone: str) -> None:
    text = f"`Document.change` `edits.remove` `core.design` `PANELS` `Ask(viewer, probe)` `ruff` `{gone}`"
    assert list(unknown_names(f"{text}\n```\n`Other`\n```\n")) == [gone]


def unknown_names(text: str) -> Iterator[str]:
    """What stands in code style, looks like a file or a name of the code, and isn't.

    One small word may be anything, a command of the shell for instance, and isn't looked up.
    """
    folders = (ROOT / name for name in ("core", "cnngui", "tests", "docs"))
    files = {path.name for folder in folders for path in folder.rglob("*.py")}
    prose = re.sub(r"^```.*?^```$", "", text, flags=re.MULTILINE | re.DOTALL)
    for written in re.findall(r"`([^`\n]+)`", prose):
        name = re.sub(r"\(.*\)$", "", written.removeprefix("@"))
        if re.fullmatch(r"\w+\.py", name):
            known = name in files
        elif re.fullmatch(r"[A-Za-z_]\w*(\.[A-Za-z_]\w*)*", name):
            known = name in code_names() or re.fullmatch(r"[a-z0-9]+", written) is not None
        else:
            continue
        if not known:
            yield written


@pytest.mark.parametrize("package", ["core", "cnngui"])
def test_the_rooms_stand_in_the_order_of_their_imports(package: str) -> None:
    settings = tomllib.loads((ROOT / "pyproject.toml").read_text("utf-8"))
    contracts = settings["tool"]["importlinter"]["contracts"]
    [layers] = [contract["layers"] for contract in contracts if contract.get("containers") == [package]]
    rooms = [room for layer in layers for room in re.findall(r"\w+", layer)]
    there = [r for r in rooms if (ROOT / package / r).is_dir() or (ROOT / package / f"{r}.py").exists()]
    named = re.findall(rf"^\| `{package}/(\w+)(?:/|\.py)`", ARCHITECTURE.read_text("utf-8"), re.MULTILINE)
    assert named == there


def test_the_example_of_a_layer_is_a_layer() -> None:
    example, _ = blocks(ROOT / "CONTRIBUTING.md", "python")
    # In a process of its own: the layer would stay registered for all tests.
    subprocess.run([sys.executable, "-c", example + CHECK_EXAMPLE], check=True, cwd=ROOT)


def test_the_example_of_a_design_can_be_opened() -> None:
    [example] = blocks(ROOT / "docs" / "file-format.md", "json")
    graph = graph_from_json(json.loads(example))
    assert graph.order == ("input_1", "conv2d_1")


def test_all_pages_are_in_the_table_of_contents() -> None:
    contents = (ROOT / "docs" / "README.md").read_text(encoding="utf-8")
    pages = {page.name for page in (ROOT / "docs").glob("*.md")} - {"README.md"}
    assert not [page for page in sorted(pages) if f"({page})" not in contents]


def test_all_decisions_are_listed() -> None:
    folder = ROOT / "docs" / "decisions"
    listed = re.findall(r"\((.+?\.md)\)", (folder / "README.md").read_text(encoding="utf-8"))
    assert listed == sorted(page.name for page in folder.glob("0*.md"))
