"""The application knows nothing declared by its name: everything about it comes from its declaration."""

from __future__ import annotations

import ast
import re
from collections.abc import Iterator
from functools import cache
from pathlib import Path

import pytest

import cnngui
from tests.registries import REGISTRIES

HOME = Path(cnngui.__file__).parent
FILES = {path.relative_to(HOME).as_posix(): path for path in sorted(HOME.rglob("*.py"))}
ASKED_FOR = "probe"
EVERYWHERE = [what for what in REGISTRIES if what != ASKED_FOR]
ASKING = ("panels/", "models/looking.py")
"""Where a probe is made: by the panel that shows its answer. The thread that asks the network knows none."""


@cache
def tree_of(name: str) -> ast.AST:
    """The code of a file of FILES."""
    return ast.parse(FILES[name].read_text(encoding="utf-8"))


def classes(what: str) -> set[str]:
    return {entry.__name__ for entry in REGISTRIES[what]}


def texts(what: str) -> set[str]:
    """A word of plain English may stand in a text of its own ("Input", "add"); a made-up name may not."""
    found = {text for entry in REGISTRIES[what] for text in (entry.kind, entry.title)}
    return {text for text in found if not (text.isalpha() and len(text) < 6)}


def named(tree: ast.AST, classes: set[str], texts: set[str]) -> Iterator[str]:
    """What a module names, as classes or as whole string literals."""
    for node in ast.walk(tree):
        match node:
            case ast.Name(id=name) | ast.Attribute(attr=name) | ast.alias(name=name) if name in classes:
                yield name
            case ast.Constant(value=str(text)) if text in texts:
                yield text


def defaults_told(tree: ast.AST) -> Iterator[str]:
    """Entries that a text calls the default, as in "how a gradient becomes a step (default adam)"."""
    kinds = {entry.kind for registry in REGISTRIES.values() for entry in registry}
    for node in ast.walk(tree):
        match node:
            case ast.Constant(value=str(text)):
                yield from kinds.intersection(re.findall(r"\bdefault (\w+)", text))


@pytest.mark.parametrize("what", EVERYWHERE)
@pytest.mark.parametrize("name", FILES)
def test_no_module_names_an_entry(what: str, name: str) -> None:
    assert not list(named(tree_of(name), classes(what), texts(what)))


@pytest.mark.parametrize("name", [name for name in FILES if not name.startswith(ASKING)])
def test_only_what_shows_an_answer_names_a_probe(name: str) -> None:
    kinds = {probe.kind for probe in REGISTRIES[ASKED_FOR]}
    assert not list(named(tree_of(name), classes(ASKED_FOR), kinds))


@pytest.mark.parametrize("name", FILES)
def test_no_text_tells_a_default_that_a_declaration_tells(name: str) -> None:
    assert not list(defaults_told(tree_of(name)))


@pytest.mark.parametrize(
    ("what", "code"),
    [
        ("layer", "kind == 'conv2d'"),
        ("layer", "from core.layers.dense import Dense"),
        ("layer", "x = y.Conv2D"),
        ("data source", "load('digits')"),
        ("data source", "from core.data.sources.npz import NpzFile"),
        ("exporter", "title = 'Cost table'"),
        ("optimiser", "AdamW(learning_rate=0.1)"),
        ("optimiser", "kind == 'rmsprop'"),
        ("schedule", "from core.maths.schedules import Constant"),
        ("schedule", "kind == 'cosine'"),
        ("probe", "isinstance(wish, FeatureMaps)"),
    ],
)
def test_the_search_finds_names(what: str, code: str) -> None:
    assert list(named(ast.parse(code), classes(what), texts(what)))


def test_the_search_finds_defaults() -> None:
    assert list(defaults_told(ast.parse("help = 'how it falls (default constant)'"))) == ["constant"]
    assert not list(defaults_told(ast.parse("help = f'how it falls (default {Plan().schedule.kind})'")))
