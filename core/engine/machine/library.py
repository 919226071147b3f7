"""Which operations are compiled already, for all processes: for each a file of its name beside its code."""

from __future__ import annotations

from contextlib import suppress
from pathlib import Path

from core.native.target import cache_folder


def _folder() -> Path | None:
    folder = cache_folder()
    return folder / "ready" if folder else None


def names() -> set[str] | None:
    """The operations whose code is there; None where code can't be kept."""
    folder = _folder()
    if folder is None:
        return None
    try:
        return {path.name for path in folder.iterdir()}
    except OSError:
        return set()


def add(name: str) -> None:
    """Says that the code of an operation is there."""
    folder = _folder()
    if folder is not None and name:
        with suppress(OSError):  # then others compile it once more
            folder.mkdir(exist_ok=True)
            (folder / name).touch()
