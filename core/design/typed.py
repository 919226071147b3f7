"""Layers as people type them: `conv 16 5x5 s2 same`, `dense 120`, `pool 2`.

The first words name the layer; the rest are settings, understood from the layer's declaration: a bare number
is the first whole-number setting (or, where there is none, the first pair), `5x5` the first pair still
free, a letter with a number the setting that begins so, a word a choice, and `name=value` says it in full.
"""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

from core.errors import UsageError
from core.layers.base import LAYERS, Layer
from core.schema.param import Param, params_of


@dataclass(frozen=True)
class Typed:
    """What a text can mean: a layer with the settings that were read.

    `problem`: what wasn't understood; `settings`: the words behind the layer's name, as they were typed.
    """

    layer: Layer
    problem: str = ""
    settings: str = ""


def read(text: str) -> list[Typed]:
    """The meanings of a text, the likeliest first; all layers for an empty one."""
    words = text.lower().split()
    ranked = []
    for order, declared in enumerate(LAYERS):
        found = _match(declared, words)
        if found is not None:
            score, used = found
            ranked.append((-score, order, declared, words[used:]))
    ranked.sort(key=lambda entry: entry[:2])
    return [_apply(declared, rest) for _, _, declared, rest in ranked]


def _match(declared: type[Layer], words: list[str]) -> tuple[float, int] | None:
    """How well, and with how many words, a text names a layer; None where it doesn't.

    Each word has to begin a word of the title or of the kind; more of them, and whole ones, count more.
    A number is a setting, unless it is such a word as a whole.
    """
    names = _names(declared)
    score, used = 0.0, 0
    for word in words:
        begun = [name for name in names if name.startswith(word) and not (word.isdigit() and word != name)]
        best = max((len(word) / len(name) for name in begun), default=0.0)
        if not best or (used and _is_setting(declared, word)):
            break
        score, used = score + 1 + best, used + 1
    if not words:
        return 0.0, 0
    return (score - 0.1 * len(names), used) if used else None


def _names(declared: type[Layer]) -> set[str]:
    title = re.findall(r"[a-z0-9]+", declared.title.lower())
    return {*title, *declared.kind.split("_"), "".join(title), declared.kind}


def _is_setting(declared: type[Layer], word: str) -> bool:
    return any(
        word in p.choices or (p.kind == "padding" and word in ("same", "valid")) for p in params_of(declared)
    )


def _apply(declared: type[Layer], words: Sequence[str]) -> Typed:
    typed = " ".join(words)
    settings: dict[str, Any] = {}
    unknown = []
    for word in words:
        try:
            target = _target(declared, word, settings)
            if target is None:
                unknown.append(word)
            else:
                settings[target[0].name] = target[0].parse_text(target[1])
        except UsageError as error:
            return Typed(declared(**settings), str(error.problem.message), typed)
    problem = f"not understood: {', '.join(unknown)}" if unknown else ""
    return Typed(declared(**settings), problem, typed)


def _target(declared: type[Layer], word: str, taken: dict[str, Any]) -> tuple[Param, str] | None:
    """The setting that a word is meant for, and its text."""
    params = params_of(declared)
    name, equals, value = word.partition("=")
    if equals:
        named = [p for p in params if p.name.startswith(name)]
        return (named[0], value) if named else None
    free = [p for p in params if p.name not in taken]
    for p in free:
        if word in p.choices or (p.kind == "padding" and word in ("same", "valid")):
            return p, word
    if re.fullmatch(r"[\d.]+([x×,][\d.]+)*", word):
        kinds = ("pair", "shape") if re.search(r"[x×,]", word) else ("int", "float", "pair", "shape")
        for kind in kinds:
            fitting = [p for p in free if p.kind == kind]
            if fitting and not (kind == "int" and "." in word):
                return fitting[0], word
    lettered = re.fullmatch(r"([a-z_]+)([\d.].*)", word)
    if lettered:
        named = [p for p in free if p.name.startswith(lettered[1])]
        return (named[0], lettered[2]) if named else None
    return None
