"""Writing files so that a crash or a power cut leaves the old one or the new one, never half of one."""

from __future__ import annotations

import contextlib
import hashlib
import os
import secrets
import stat
import sys
import time
from collections.abc import Callable, Iterable, Iterator
from pathlib import Path
from typing import Final

from core.errors import FormatError, name_of

DIGEST_BYTES: Final = 16
NOT_THERE: Final = ""
"""Stands for the digest of a file that isn't there."""
_PREFIX, _SUFFIX = ".cnngui-", ".part"
"""Of the name under which a file is written; no longer than the shortest names, so that any name will do."""
_FORGOTTEN: Final = 3600
"""Seconds after which such a file is that of a process which was killed, where no lock tells."""
_PIECE: Final = 4 << 20
"""Bytes that are written between two looks at whether they are still wanted."""
_WRITE_BITS: Final = 0o222
_NEW: Final = 0o666
"""The permissions that a new file asks for."""
_HELD: Final = (5, 32)
"""Windows' ERROR_ACCESS_DENIED and ERROR_SHARING_VIOLATION: virus scanners and indexers hold what is new."""
_PAUSES: Final = (0.01, 0.02, 0.05, 0.1, 0.2, 0.4)
"""Seconds between two tries."""


class ChangedError(FormatError):
    """The file isn't any more what the caller knows; it was left as it is."""


def digest_of(content: bytes) -> str:
    """Tells the contents of files apart."""
    return hashlib.blake2b(content, digest_size=DIGEST_BYTES).hexdigest()


def digest_on_disk(path: Path) -> str:
    """The digest of a file; `NOT_THERE` where there is none. Raises OSError where it can't be read."""
    try:
        return digest_of(path.read_bytes())
    except FileNotFoundError:
        return NOT_THERE


def write_atomically(
    path: Path,
    content: bytes | Iterable[bytes],
    known: str | None = None,
    told: Callable[[float], object] | None = None,
) -> None:
    """Writes beside `path`, flushes to the disk, then renames over it. Raises FormatError.

    Large content may come in parts, so that it never lies in memory as a whole.

    With `known`, the digest of what the caller has seen there, anything else isn't replaced: ChangedError. A
    file that has gone since then is made anew. `told` hears which share is written, from 0 to 1 (0 as long
    as nobody knows), the last time before the file is replaced; what it raises calls all of it off.
    """
    target = _real(path)
    try:
        _refuse_what_is_there(target)
        with _written_beside(target, content, told or (lambda _: None)) as temporary:
            if known is not None and digest_on_disk(target) not in (known, NOT_THERE):
                raise ChangedError(f"{path.name} was changed by another program.", "It is left as it is.")
            _replace(temporary, target)
    except OSError as error:
        raise _refusal(path, error.strerror or str(error)) from None
    _sync_folder(target.parent)
    remove_left_over(target.parent)


def check_writable(path: Path) -> None:
    """Says beforehand why a file can't be written, as far as that can be known: a disk may become full.

    Raises FormatError.
    """
    target = _real(path)
    try:
        _refuse_what_is_there(target)
        with _written_beside(target, b"", lambda _: None) as temporary:
            temporary.unlink()
    except OSError as error:
        raise _refusal(path, error.strerror or str(error)) from None
    remove_left_over(target.parent)


def _real(path: Path) -> Path:
    """Where a path leads: a link stays a link. Raises FormatError where the working directory has gone."""
    try:
        return Path(os.path.realpath(path))
    except OSError as error:
        raise _refusal(path, f"the working directory: {error.strerror or error}") from None
    except ValueError as error:  # a NUL in its name
        raise _refusal(path, str(error)) from None


def _refusal(path: Path, reason: str) -> FormatError:
    return FormatError(
        f"{name_of(path)} can't be written: {reason}.",
        "The old file, if there was one, is unchanged. Save to another folder or under another name.",
    )


def _refuse_what_is_there(target: Path) -> None:
    """Renaming asks nobody whether the file may be written. Raises OSError."""
    try:
        mode = target.stat().st_mode
    except FileNotFoundError:
        return
    if target.is_dir():
        raise OSError("there is a folder of this name")
    if not mode & _WRITE_BITS or not os.access(target, os.W_OK):
        raise OSError("it is write-protected")


@contextlib.contextmanager
def _written_beside(
    target: Path, content: bytes | Iterable[bytes], told: Callable[[float], object]
) -> Iterator[Path]:
    """A file beside `target` with this content and the permissions of `target`, safe on the disk.

    What becomes of it is decided within; where that fails, it is removed.
    """
    mode = stat.S_IMODE(target.stat().st_mode) if target.exists() else None
    made, handle = _create_beside(target, _NEW if mode is None else mode)
    held = os.dup(handle) if _LOCKS else None  # its lock lasts until both are closed
    try:
        with os.fdopen(handle, "wb") as file:
            if mode is not None:
                made.chmod(mode)
            for share, piece in _pieces(content):
                told(share)
                file.write(piece)
            file.flush()
            os.fsync(file.fileno())
        told(1.0)
        yield made
    except BaseException:
        with contextlib.suppress(OSError):  # what has failed first is what matters
            made.unlink(missing_ok=True)
        raise
    finally:
        if held is not None:
            os.close(held)


def _pieces(content: bytes | Iterable[bytes]) -> Iterator[tuple[float, bytes | memoryview]]:
    """What is written at once, and the share that comes before it."""
    if isinstance(content, bytes):
        for start in range(0, len(content), _PIECE):
            yield start / len(content), memoryview(content)[start : start + _PIECE]
    else:
        for part in content:
            yield 0.0, part


def _create_beside(target: Path, mode: int) -> tuple[Path, int]:
    """An empty file with these permissions, as far as the umask allows them, and its handle.

    Only the system applies that: whoever asks for the umask has to change it, for all threads.
    """
    flags = os.O_WRONLY | os.O_CREAT | os.O_EXCL | getattr(os, "O_BINARY", 0)
    while True:
        made = target.with_name(f"{_PREFIX}{secrets.token_hex(4)}{_SUFFIX}")
        with contextlib.suppress(FileExistsError):
            handle = os.open(made, flags, mode)
            if _hold(handle) is not False and os.fstat(handle).st_nlink:
                return made, handle
            os.close(handle)  # somebody who clears away was here between the two lines


def _replace(made: Path, target: Path) -> None:
    """Renames, again and again for a while where on Windows another program holds one of the two files."""
    for pause in _PAUSES:
        try:
            made.replace(target)
        except OSError as error:
            if getattr(error, "winerror", None) not in _HELD:
                raise
            time.sleep(pause)
        else:
            return
    made.replace(target)


def _sync_folder(folder: Path) -> None:
    """Makes the rename last through a power cut, where the system can do that for a folder."""
    with contextlib.suppress(OSError):
        handle = os.open(folder, os.O_RDONLY)
        try:
            os.fsync(handle)
        finally:
            os.close(handle)


def remove_left_over(folder: Path) -> None:
    """Deletes what processes have left behind that were killed while they wrote into this folder."""
    with contextlib.suppress(OSError):
        for left in folder.glob(f"{_PREFIX}*{_SUFFIX}"):
            with contextlib.suppress(OSError):
                _remove_if_left(left)


def _remove_if_left(left: Path) -> None:
    """Whoever still writes it holds its lock. Raises OSError."""
    if not _LOCKS:
        if time.time() - left.stat().st_mtime > _FORGOTTEN:
            left.unlink()
        return
    handle = os.open(left, os.O_RDONLY | getattr(os, "O_NOFOLLOW", 0) | getattr(os, "O_NONBLOCK", 0))
    try:
        free = _hold(handle)
        if free or (free is None and time.time() - os.fstat(handle).st_mtime > _FORGOTTEN):
            left.unlink()
    finally:
        os.close(handle)


if sys.platform == "win32":
    _LOCKS: Final = False  # an open file can't be renamed there

    def _hold(handle: int) -> bool | None:
        """None: no lock tells."""
        return None
else:
    import fcntl

    _LOCKS: Final = True

    def _hold(handle: int) -> bool | None:
        """Whether the file is ours alone now; None where the file system knows no locks."""
        try:
            fcntl.flock(handle, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except BlockingIOError:
            return False
        except OSError:
            return None
        return True
