"""Where cnngui keeps what a person has made without naming a file: the user's data folder."""

from __future__ import annotations

import os
from pathlib import Path
from typing import Final

import platformdirs

DATA_VARIABLE: Final = "CNNGUI_DATA_DIR"


def data_folder() -> Path | None:
    """The folder that the environment variable CNNGUI_DATA_DIR names, else the usual one of this system.

    None where there is none: a user without a home directory, as in containers. It may not exist yet.
    """
    told = os.environ.get(DATA_VARIABLE, "")
    if told:
        return Path(told).absolute()
    try:
        found = platformdirs.user_data_path("cnngui", appauthor=False)
    except RuntimeError:
        return None
    return found if found.is_absolute() else None  # "~" stays in it where nobody knows a home


def runs_folder() -> Path | None:
    """The folder with a folder for each run; None as above."""
    return _inside("runs")


def drafts_folder() -> Path | None:
    """The folder with a folder for each window that has unsaved work; None as above."""
    return _inside("drafts")


def versions_folder() -> Path | None:
    """The folder with former versions of files; None as above."""
    return _inside("versions")


def locks_folder() -> Path | None:
    """The folder with a lock for each file that is open in a window; None as above."""
    return _inside("locks")


def trash_folder() -> Path | None:
    """The folder with the runs that were deleted lately; None as above."""
    return _inside("trash")


def _inside(name: str) -> Path | None:
    folder = data_folder()
    return None if folder is None else folder / name
