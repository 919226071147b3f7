"""Streams that can take what is written: where there is none, where nobody reads it, and where their encoding
lacks a sign."""

from __future__ import annotations

import codecs
import io
import os
import sys
from contextlib import suppress
from typing import Final, TextIO

from tqdm import tqdm

_IN_ASCII: Final = {"×": "x", "−": "-", "–": "-", "…": "...", "±": "+-", "·": "-", "›": ">"}
_ERRORS: Final = "cnngui.plain"
_USUAL: Final = {"strict", "backslashreplace"}
"""What Python gives the two streams by itself; who has asked for something else gets it."""


def prepare_streams() -> None:
    """Makes printing safe: without it, a sign of ours ends the program where output is redirected on Windows.

    A windowed build has no streams at all, and neither has `>&-`; what is written then goes nowhere.
    """
    codecs.register_error(_ERRORS, _plain)
    for name in ("stdout", "stderr"):
        stream = getattr(sys, name)
        if stream is None:
            setattr(sys, name, open(os.devnull, "w", encoding="utf-8"))  # noqa: PTH123, SIM115  # for good
        elif isinstance(stream, io.TextIOWrapper) and stream.errors in _USUAL:
            stream.reconfigure(errors=_ERRORS)


def give_up(stream: TextIO) -> None:
    """What is written from now on, and what waits to be, goes nowhere: its reader or its disk has failed."""
    with suppress(OSError, ValueError):
        nowhere = os.open(os.devnull, os.O_WRONLY)
        os.dup2(nowhere, stream.fileno())
        os.close(nowhere)


def say(sentence: str) -> None:
    """Writes a line on stderr, above a progress bar; where that can't be, all goes on without it."""
    try:
        tqdm.write(f"cnngui: {' '.join(sentence.split())}", file=sys.stderr)
        sys.stderr.flush()
    except (OSError, ValueError):
        give_up(sys.stderr)


def _plain(error: UnicodeError) -> tuple[str, int]:
    """The nearest signs that every encoding has; a question mark where there are none."""
    if not isinstance(error, UnicodeEncodeError):
        raise error
    return "".join(_IN_ASCII.get(sign, "?") for sign in error.object[error.start : error.end]), error.end
