"""The application knows no layer by name: everything about one comes from its declaration."""

from __future__ import annotations

import ast
from collections.abc import Iterator
from pathlib import Path

import pytest

import cnngui
from core.layers import LAYERS

FILES = sorted(Path(cnngui.__file__).parent.rglob("*.py"))
CLASSES = {layer.__name__ for layer in LAYERS}
# A word of plain English may stand in a text of its own ("Input", "add"); a made-up name may not.
TEXTS = {
    text for layer in LAYERS for text in (layer.kind, layer.title) if not (text.isalpha() and len(text) < 6)
}


def _named(tree: ast.AST) -> Iterator[str]:
    """The layers that a module names, as classes or as whole string literals."""
    for node in ast.walk(tree):
        match node:
            case ast.Name(id=name) | ast.Attribute(attr=name) | ast.alias(name=name) if name in CLASSES:
                yield name
            case ast.Constant(value=str(text)) if text in TEXTS:
                yield text


@pytest.mark.parametrize("path", FILES, ids=lambda path: path.stem)
def test_no_module_names_a_layer(path: Path) -> None:
    assert not list(_named(ast.parse(path.read_text(encoding="utf-8"))))


@pytest.mark.parametrize("code", ["kind == 'conv2d'", "from core.layers.dense import Dense", "x = y.Conv2D"])
def test_the_search_finds_names(code: str) -> None:
    assert list(_named(ast.parse(code)))
