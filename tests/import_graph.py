"""Who imports whom among our own files, read from the source: in functions and for types alone, too."""

from __future__ import annotations

import ast
from collections.abc import Iterator, Mapping
from functools import cache
from pathlib import Path

from tests.paths import ROOT

Graph = Mapping[str, frozenset[str]]
"""For each module the names it imports: modules of ours in full, others with what is taken of them, too."""


@cache
def files(package: str) -> dict[str, Path]:
    """The modules of a package of ours, by name."""
    paths = sorted((ROOT / package).rglob("*.py"))
    return {".".join(p.relative_to(ROOT).with_suffix("").parts).removesuffix(".__init__"): p for p in paths}


@cache
def imports(*packages: str) -> Graph:
    """What each module of these packages imports."""
    known = {name: path for package in packages for name, path in files(package).items()}
    return {
        name: frozenset(imported(path.read_text(encoding="utf-8"), known)) for name, path in known.items()
    }


def imported(code: str, known: Mapping[str, object]) -> Iterator[str]:
    """The modules that some code imports; `from package import name` is the module `name` where it is one.

    Of a foreign package nobody knows that here: it is both then, `package` and `package.name`.
    """
    for node in ast.walk(ast.parse(code)):
        match node:
            case ast.Import(names=names):
                yield from (alias.name for alias in names)
            case ast.ImportFrom(module=str(module), names=names):
                for full in (f"{module}.{alias.name}" for alias in names):
                    if full not in known:
                        yield module
                    if full in known or module not in known:
                        yield full


def circles(graph: Graph) -> list[list[str]]:
    """The sets of modules that import each other in a circle (strongly connected components, Tarjan 1972)."""
    numbers: dict[str, int] = {}
    lowest: dict[str, int] = {}
    open_: list[str] = []
    found = []

    def visit(module: str) -> None:
        numbers[module] = lowest[module] = len(numbers)
        open_.append(module)
        for other in sorted(graph[module] & graph.keys()):
            if other not in numbers:
                visit(other)
                lowest[module] = min(lowest[module], lowest[other])
            elif other in open_:
                lowest[module] = min(lowest[module], numbers[other])
        if lowest[module] == numbers[module]:
            begin = open_.index(module)
            component, open_[begin:] = open_[begin:], []
            if len(component) > 1 or module in graph[module]:
                found.append(sorted(component))

    for module in graph:
        if module not in numbers:
            visit(module)
    return found
