"""Writing files so that a crash or a power cut leaves the old one or the new one, never half of one."""

from __future__ import annotations

import contextlib
import os
import tempfile
from pathlib import Path

from core.errors import FormatError


def write_atomically(path: Path, content: bytes) -> None:
    """Writes beside `path`, flushes to the disk, then renames over it. Raises FormatError."""
    target = Path(os.path.realpath(path))  # a link stays a link
    try:
        temporary = _write_beside(target, content)
        try:
            temporary.chmod(_mode(target))
            temporary.replace(target)
        except BaseException:
            temporary.unlink(missing_ok=True)
            raise
    except OSError as error:
        raise FormatError(
            f"{path.name} can't be written: {error.strerror or error}.",
            "The old file, if there was one, is unchanged. Save to another folder.",
        ) from None
    _sync_folder(target.parent)


def _write_beside(target: Path, content: bytes) -> Path:
    """A file beside `target` with this content, safe on the disk."""
    with tempfile.NamedTemporaryFile(dir=target.parent, prefix=f".{target.name}.", delete=False) as file:
        try:
            file.write(content)
            file.flush()
            os.fsync(file.fileno())
        except BaseException:
            Path(file.name).unlink(missing_ok=True)
            raise
    return Path(file.name)


def _mode(path: Path) -> int:
    """The permissions that the file has, or that a new one would get."""
    if path.exists():
        return path.stat().st_mode & 0o777
    mask = os.umask(0)
    os.umask(mask)
    return 0o666 & ~mask


def _sync_folder(folder: Path) -> None:
    """Makes the rename last through a power cut, where the system can do that for a folder."""
    with contextlib.suppress(OSError):
        handle = os.open(folder, os.O_RDONLY)
        try:
            os.fsync(handle)
        finally:
            os.close(handle)
