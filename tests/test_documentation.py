"""The documentation keeps its promises: links lead somewhere, examples run."""

from __future__ import annotations

import json
import re
import subprocess
import sys
from pathlib import Path

import pytest

from core.formats.design import graph_from_json

ROOT = Path(__file__).parents[1]
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
        r"`((?:core|cnngui|tests|benchmarks|docs|resources)/[a-z0-9_./]*)`", page.read_text("utf-8")
    )
    assert [name for name in named if not (ROOT / name).exists()] == []


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
