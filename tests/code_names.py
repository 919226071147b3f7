"""The names that our own code has, read from its source: what a page of documentation may speak of."""

from __future__ import annotations

import ast
from collections.abc import Iterator
from functools import cache

from tests.import_graph import files

PACKAGES = ("core", "cnngui", "tests")


@cache
def code_names() -> frozenset[str]:
    """All modules and what they define or import: `core.design`, `edits.remove`, `Document.change`.

    A class has the attributes of its bases, too, as far as those are ours.
    """
    names: set[str] = set()
    members: dict[str, set[str]] = {}
    bases: dict[str, set[str]] = {}
    for module, path in (pair for package in PACKAGES for pair in files(package).items()):
        names.add(module)
        tree = ast.parse(path.read_text(encoding="utf-8"))
        for name in _defined(tree.body):
            names |= {name, f"{module}.{name}", f"{module.rpartition('.')[2]}.{name}"}
        for node in ast.walk(tree):
            match node:
                case ast.ClassDef(name=name):
                    members.setdefault(name, set()).update(_members(node))
                    bases.setdefault(name, set()).update(_simple(base) for base in node.bases)
                case ast.ImportFrom(names=imported):
                    names.update(alias.name for alias in imported)
                case ast.arg(arg=name):
                    names.add(name)
    for name in members:
        for ancestor in _ancestors(name, bases):
            names |= {name, *members.get(ancestor, ()), *(f"{name}.{m}" for m in members.get(ancestor, ()))}
    return frozenset(names)


def _defined(body: list[ast.stmt]) -> Iterator[str]:
    """What these statements give a name to."""
    for node in body:
        match node:
            case ast.FunctionDef(name=name) | ast.ClassDef(name=name):
                yield name
            case ast.Assign(targets=targets):
                yield from (target.id for target in targets if isinstance(target, ast.Name))
            case ast.AnnAssign(target=ast.Name(id=name)):
                yield name


def _members(declared: ast.ClassDef) -> Iterator[str]:
    """Methods, fields, and what the methods assign to `self`."""
    yield from _defined(declared.body)
    for node in ast.walk(declared):
        match node:
            case ast.Attribute(value=ast.Name(id="self"), attr=name, ctx=ast.Store()):
                yield name


def _ancestors(name: str, bases: dict[str, set[str]]) -> set[str]:
    """The class and all it derives from, by name."""
    found, left = set(), [name]
    while left:
        one = left.pop()
        if one not in found:
            found.add(one)
            left += bases.get(one, ())
    return found


def _simple(base: ast.expr) -> str:
    """The last part of a base's name: `Probe` of `Probe[Snapshot]`."""
    match base:
        case ast.Subscript(value=value):
            return _simple(value)
        case ast.Name(id=name) | ast.Attribute(attr=name):
            return name
    return ""
