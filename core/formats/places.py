"""How a data source stands in a file that may be moved together with its data."""

from __future__ import annotations

import os
from pathlib import Path, PurePosixPath, PureWindowsPath

from core.data.sources.base import named_sources


def relative(data: str | None, folder: Path) -> str | None:
    """What stands in the file for a data source; some stand for themselves.

    A path becomes relative to the project file, so that both can move together, and begins with a dot, so
    that no name of a source can be meant, in a later version either.
    """
    if data is None or _stands_for_itself(data):
        return data
    try:
        found = Path(os.path.relpath(data, folder)).as_posix()
    except ValueError:  # another drive
        return str(Path(data).absolute())
    except OSError:  # the working directory has gone; where that is written to, it is said there
        return data
    return found if found.startswith(".") else f"./{found}"


def absolute(data: str, folder: Path) -> str:
    """The inverse, whether or not there is something: another place isn't looked at."""
    if _stands_for_itself(data) or Path(data).is_absolute():
        return data
    return os.path.normpath(folder.absolute() / data)


def _stands_for_itself(data: str) -> bool:
    """Whether it is the name of a source that needs no path, `~/…`, or a whole path of another system."""
    whole = any(system(data).is_absolute() for system in (PurePosixPath, PureWindowsPath))
    return data in named_sources() or data.startswith("~") or (whole and not Path(data).is_absolute())
