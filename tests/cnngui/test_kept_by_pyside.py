"""What PySide lets go of too early: what Qt has made and we keep (decision 38), an override (decision 41)."""

from __future__ import annotations

import ast
from pathlib import Path

import pytest

import cnngui

FILES = sorted(Path(cnngui.__file__).parent.rglob("*.py"))


def kept(code: str) -> list[int]:
    """The lines that keep what `addAction` or `addMenu` makes of a text or an icon."""
    values = [
        node.value
        for node in ast.walk(ast.parse(code))
        if isinstance(node, ast.Assign | ast.AnnAssign | ast.NamedExpr) and node.value is not None
    ]
    return [
        found.lineno
        for value in values
        for found in (value.elts if isinstance(value, ast.Tuple) else [value])
        if isinstance(found, ast.Call)
        and isinstance(found.func, ast.Attribute)
        and found.func.attr in ("addAction", "addMenu")
    ]


@pytest.mark.parametrize("path", FILES, ids=lambda path: path.stem)
def test_nothing_is_kept_that_qt_has_made(path: Path) -> None:
    assert kept(path.read_text(encoding="utf-8")) == []


def test_kept_ones_are_found() -> None:
    assert kept('a = menu.addAction("A")\nself.b = line.addAction(icon, LEADING)') == [1, 2]
    assert kept("known[x] = menu.addMenu(title), []") == [1]
    assert kept('menu.addAction(c)\nd = QAction("D", menu)') == []


@pytest.mark.parametrize("path", FILES, ids=lambda path: path.stem)
def test_nothing_overrides_what_qt_calls_with_an_exception_pending(path: Path) -> None:
    assert "def focusNextPrevChild" not in path.read_text(encoding="utf-8")
