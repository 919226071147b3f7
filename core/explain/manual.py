"""The manual of layers, optimisers, schedules and the plan, in Markdown, made from their declarations.

`python -m core.explain.manual` prints it; `python -m core.explain.manual docs/layers.md` writes it there.
"""

from __future__ import annotations

import argparse
import inspect
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from core.data.sources.base import SOURCES, named_sources
from core.layers import LAYERS, Layer
from core.maths.optim import OPTIMIZERS
from core.maths.schedules import SCHEDULES
from core.schema.param import Kind, Param, param_of, params_of
from core.schema.registry import summary
from core.schema.written import value_text
from core.training.plan import Plan

_INTRODUCTION = """\
# Layers, optimisers, schedules and the training plan

This page is generated from the code by `python -m core.explain.manual docs/layers.md`: change the
declaration, not the page. The names in `code style` are those of design files, of `--set NAME=VALUE` and of
Python.
"""

_TYPES: dict[Kind, str] = {
    "int": "whole number",
    "float": "number",
    "bool": "true or false",
    "choice": "choice",
    "text": "text",
    "pair": "height × width",
    "shape": "shape",
    "numbers": "numbers, or none",
    "padding": "valid, same, or pixels at the top, left, bottom, right",
}


@dataclass(frozen=True)
class Setting:
    """A setting in words, as the manual tells them; `name` is the one of files and of Python."""

    label: str
    name: str
    type: str
    default: str
    limits: str
    meaning: str


def manual() -> str:
    """The whole manual as one Markdown page."""
    return "\n".join(_lines())


def _lines() -> Iterator[str]:
    yield _INTRODUCTION
    groups = _groups()
    for title, members in groups.items():
        links = ", ".join(f"[{layer.title}](#{_anchor(layer)})" for layer in members)
        yield f"- {title}: {links}"
    yield "- [Optimisers](#optimisers), [schedules](#schedules), [training plan](#training-plan)"
    yield ""
    for title, members in groups.items():
        yield f"## {title} layers\n"
        for layer in members:
            yield from _entry(layer)
            yield f"Inputs: {inputs(layer)}.\n"
    yield "## Optimisers\n"
    for optimizer in OPTIMIZERS:
        yield from _entry(optimizer)
    yield "## Schedules\n"
    for schedule in SCHEDULES:
        yield from _entry(schedule)
    yield "## Training plan\n"
    yield f"{description(Plan)}\n"
    yield from _table(Plan)


def sources_table() -> str:
    """The table of docs/data.md: what can be given as a data source, and what that is."""
    rows = [(f"`{name}`", title) for name, title in named_sources().items()]
    rows += [(opener.form, summary(opener)) for opener in SOURCES if not opener.names]
    return "\n".join(["| `--data` | what it is |", "|---|---|", *(f"| {a} | {b} |" for a, b in rows)])


def _groups() -> dict[str, list[type[Layer]]]:
    """The layers by group, in the order of the groups' names."""
    found: dict[str, list[type[Layer]]] = {}
    for layer in sorted(LAYERS, key=lambda layer: layer.group):
        found.setdefault(layer.group, []).append(layer)
    return found


def description(declared: type[Any]) -> str:
    """What a layer, an optimiser or a schedule does, with its formula: paragraphs divided by empty lines."""
    return inspect.getdoc(declared) or ""


def settings(declared: type[Any]) -> list[Setting]:
    """The settings of a layer, an optimiser or the plan, in the order of their declaration."""
    return [
        Setting(
            p.label,
            p.name,
            _TYPES[p.kind],
            value_text(p.default),
            p.limits(),
            p.help + _condition(declared, p),
        )
        for p in params_of(declared)
    ]


def inputs(layer: type[Layer]) -> str:
    """How many inputs a layer has, in words."""
    return {0: "none", 1: "one", None: "two or more"}.get(layer.inputs) or str(layer.inputs)


def _entry(declared: Any) -> Iterator[str]:
    yield f"### {declared.title}\n"
    yield f"`{declared.kind}`\n"
    yield f"{description(declared)}\n"
    yield from _table(declared)


def _table(declared: type[Any]) -> Iterator[str]:
    rows = settings(declared)
    if rows:
        yield "| Setting | Type | Default | Limits | Meaning |"
        yield "|---|---|---|---|---|"
        for row in rows:
            cells = (f"{row.label} `{row.name}`", row.type, row.default, row.limits, row.meaning)
            yield f"| {' | '.join(cell.replace('|', '&#124;') for cell in cells)} |"
        yield ""


def _condition(declared: type[Any], p: Param) -> str:
    if p.when is None:
        return ""
    name, value = p.when
    return f" Counts only while {param_of(declared, name).label} is {value_text(value)}."


def _anchor(layer: type[Layer]) -> str:
    """The name that Markdown gives to the heading."""
    return layer.title.lower().replace(" ", "-")


def main() -> None:
    """Prints the manual, or writes it to the file that is named."""
    parser = argparse.ArgumentParser(description="Generates the manual of layers in Markdown.")
    parser.add_argument("file", metavar="FILE", type=Path, nargs="?", help="where to write it")
    file: Path | None = parser.parse_args().file
    if file is None:
        print(manual())
    else:
        file.write_text(manual(), encoding="utf-8", newline="\n")


if __name__ == "__main__":
    main()
