"""The environment variables that choose how cnngui computes; unknown values are refused, not guessed at."""

from __future__ import annotations

import os
from typing import Final

from core.errors import UsageError

EXECUTOR_VARIABLE: Final = "CNNGUI_EXECUTOR"
WIDTH_VARIABLE: Final = "CNNGUI_VECTOR_WIDTH"
THREADS_VARIABLE: Final = "CNNGUI_THREADS"
SUPPORTED_WIDTHS: Final = (16, 8, 4)
MOST_THREADS: Final = 1024
EXECUTORS: Final = ("engine", "reference")


def reference_wanted() -> bool:
    """Whether the reference is to run everything. Raises UsageError."""
    value = os.environ.get(EXECUTOR_VARIABLE, "")
    if value and value not in EXECUTORS:
        raise _refusal(EXECUTOR_VARIABLE, value, " or ".join(EXECUTORS))
    return value == "reference"


def forced_width() -> int | None:
    """The floats of a vector, where somebody has said so. Raises UsageError."""
    value = os.environ.get(WIDTH_VARIABLE, "")
    if value and value not in map(str, SUPPORTED_WIDTHS):
        raise _refusal(WIDTH_VARIABLE, value, " or ".join(map(str, SUPPORTED_WIDTHS)))
    return int(value) if value else None


def forced_threads() -> int | None:
    """The threads of the team, where somebody has said so. Raises UsageError."""
    value = os.environ.get(THREADS_VARIABLE, "")
    if value and not (value.isascii() and value.isdigit() and len(value) < 5 and int(value) <= MOST_THREADS):
        raise _refusal(THREADS_VARIABLE, value, f"a whole number from 1 to {MOST_THREADS}")
    return max(int(value), 1) if value else None


def check_environment() -> None:
    """Raises UsageError for a variable with a value that means nothing, before anything rests on it."""
    reference_wanted()
    forced_width()
    forced_threads()


def _refusal(name: str, value: str, expected: str) -> UsageError:
    return UsageError(
        f"The environment variable {name} is {value!r}; expected is {expected}.", "Correct or unset it."
    )
