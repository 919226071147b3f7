"""Finding by a few letters: how well what was typed fits a name and what stands around it."""

from __future__ import annotations

import re
from typing import Final

_WHOLE: Final = 8
_BEGINNING: Final = 6
_INITIALS: Final = 5
_INSIDE: Final = 4
_SCATTERED: Final = 1
_AROUND: Final = 0.5
"""A word found in what stands around the name counts so much of what it would in the name."""


def score(typed: str, name: str, around: str) -> float | None:
    """How well the words typed fit; None where one of them doesn't. More is better.

    Each word is looked for in the name: as a whole word, at the beginning of one, inside one, or as letters
    in this order from the beginning of a word on; then in what stands `around` it. Without any words
    everything fits alike.
    """
    total = 0.0
    for word in typed.lower().split():
        best = max(_fit(word, name.lower()), _AROUND * _fit(word, around.lower(), scattered=False))
        if not best:
            return None
        total += best
    if typed and name.lower().startswith(typed.lower().strip()):
        total += _WHOLE
    return total


def _fit(word: str, text: str, *, scattered: bool = True) -> float:
    words = re.findall(r"\w+", text)
    if word in words:
        return _WHOLE
    if any(other.startswith(word) for other in words):
        return _BEGINNING
    if len(word) > 1 and "".join(other[0] for other in words).startswith(word):
        return _INITIALS
    if word in text:
        return _INSIDE
    letters = r"\b" + ".*".join(map(re.escape, word))
    return _SCATTERED if scattered and len(word) > 2 and re.search(letters, text) else 0
