"""What somebody may have meant by a name that isn't known."""

from __future__ import annotations

import difflib
from collections.abc import Sequence


def near(name: str, known: Sequence[str], shown: Sequence[str] | None = None) -> str:
    """A remedy for an unknown name: those that are close to it, or else all that are to be `shown`."""
    lower = {one.lower(): one for one in reversed(known)}
    close = [lower[match] for match in difflib.get_close_matches(name.lower(), lower, n=3)]
    if close:
        return f"Did you mean {' or '.join(map(repr, close))}?"
    listed = known if shown is None else shown
    verb = "are" if len(listed) > 1 else "is"
    return f"There {verb} {', '.join(map(repr, listed)) or 'none'}."
