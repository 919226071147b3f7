"""Actions that are kept are made by Python: Qt's own may lose their handles while they live (decision 38)."""

from __future__ import annotations

import ast
from pathlib import Path

import pytest

import cnngui

FILES = sorted(Path(cnngui.__file__).parent.rglob("*.py"))


def kept(code: str) -> list[int]:
    """The lines that keep what `addAction` makes of a text or an icon."""
    values = [
        node.value
        for node in ast.walk(ast.parse(code))
        if isinstance(node, ast.Assign | ast.AnnAssign | ast.NamedExpr)
    ]
    return [
        value.lineno
        for value in values
        if isinstance(value, ast.Call)
        and isinstance(value.func, ast.Attribute)
        and value.func.attr == "addAction"
    ]


@pytest.mark.parametrize("path", FILES, ids=lambda path: path.stem)
def test_no_action_is_kept_that_qt_has_made(path: Path) -> None:
    assert kept(path.read_text(encoding="utf-8")) == []


def test_kept_ones_are_found() -> None:
    assert kept('a = menu.addAction("A")\nself.b = line.addAction(icon, LEADING)') == [1, 2]
    assert kept('menu.addAction(c)\nd = QAction("D", menu)') == []
