"""Moments as they are written: in UTC, as ISO 8601 has it."""

from __future__ import annotations

import secrets
from datetime import UTC, datetime


def written(moment: datetime) -> str:
    """To the second."""
    return moment.astimezone(UTC).isoformat(timespec="seconds")


def now() -> str:
    """The moment, written."""
    return written(datetime.now(UTC))


def stamp() -> str:
    """A name that no other has; those of later moments come later in the alphabet."""
    moment = datetime.now(UTC)
    return f"{moment:%Y%m%d-%H%M%S}-{moment.microsecond:06d}{secrets.token_hex(2)}"
