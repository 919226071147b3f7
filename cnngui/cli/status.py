"""Exit statuses, a kind of their own for each end of a command. Signals end it with 128 + their number."""

from __future__ import annotations

from typing import Final

from core.errors import CoreError, DivergedError, FormatError

USAGE: Final = 2
"""Bad usage or bad input."""
ELSEWHERE: Final = 3
"""The trained network isn't in the file that was asked for."""
DIVERGED: Final = 4
UNHEARD: Final = 5
"""What was to be said on standard output couldn't be written."""


class ElsewhereError(FormatError):
    """A file couldn't be written; what was to be in it is elsewhere, or nowhere."""


def status_of(error: CoreError) -> int:
    """How a command ends that has raised this."""
    if isinstance(error, ElsewhereError):
        return ELSEWHERE
    return DIVERGED if isinstance(error, DivergedError) else USAGE
