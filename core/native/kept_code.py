"""Compiled code on the disk: a file for each function and signature, with a checksum in front.

Machine code is run as it stands, and one wrong bit of it may end the process: what isn't as it was written is
compiled anew, and replaced. Numba's own files have no checksum, and an index that processes take from each
other. Here each file is written beside its place and renamed, so that two processes may write the same one.
"""

from __future__ import annotations

import hashlib
import pickle
import time
import uuid
from collections.abc import Callable
from contextlib import suppress
from pathlib import Path
from typing import Any

from numba.core.caching import CompileResultCacheImpl, FunctionCache, _CacheLocator
from numba.core.serialize import dumps

from core.native.system import read_own, write_own

_DIGEST_BYTES = hashlib.sha256().digest_size
_MOST_BYTES = 1 << 28
"""Of a file; the code of an operation takes some hundred kilobytes."""
_FORGOTTEN = 60
"""Seconds after which nobody writes such a file any more."""


class _Nowhere(_CacheLocator):  # type: ignore[misc]
    """Tells Numba of no place: that is ours to choose."""

    def __init__(self, function: Callable[..., Any], path: str) -> None:
        self._py_file = path

    @classmethod
    def from_function(cls, py_func: Callable[..., Any], py_file: str) -> _Nowhere:
        return cls(py_func, py_file)

    def get_cache_path(self) -> str:
        return ""

    def get_source_stamp(self) -> str:
        return ""  # the folder's name has a digest of all sources

    def get_disambiguator(self) -> str:
        return ""


class _Format(CompileResultCacheImpl):  # type: ignore[misc]
    _locator_classes = (_Nowhere,)


class NotKeptError(Exception):
    """Who asks for code wants none that isn't kept."""


class KeptCode(FunctionCache):  # type: ignore[misc]
    """A function's compiled code in a folder, in place of Numba's own cache. No fault of the disk gets out.

    `kept` says whether what was loaded or saved last is there for the next start. While `required`, nothing
    is compiled in the place of what isn't there.
    """

    _impl_class = _Format

    def __init__(self, function: Callable[..., Any], folder: Path) -> None:
        super().__init__(function)
        self.kept = False
        self.required = False
        self._folder = folder / "code"
        self._function_name = f"{function.__module__}.{function.__qualname__}"

    def load_overload(self, sig: Any, target_context: Any) -> Any:
        """The code for a signature; None where there is none, or none that is whole.

        Raises NotKeptError instead while it is required.
        """
        found, payload = None, _read(self._path(sig, target_context.codegen()))
        if payload is not None:
            target_context.refresh()  # as Numba's own does
            with suppress(Exception):  # whole, but of a Numba that writes otherwise
                found = self._impl.rebuild(target_context, pickle.loads(payload))
        self.kept = found is not None
        if self.required and not self.kept:
            raise NotKeptError
        return found

    def save_overload(self, sig: Any, data: Any) -> None:
        """Keeps the code for a signature, where that can be."""
        if self._impl.check_cachable(data):
            self.kept = _write(self._path(sig, data.codegen), dumps(self._impl.reduce(data)))

    def flush(self) -> None:
        """Nothing: other processes use it, too."""

    def _path(self, sig: Any, codegen: Any) -> Path:
        key = repr((self._function_name, self._index_key(sig, codegen)))
        name = self._function_name.rpartition(".")[2].replace("<", "").replace(">", "")
        return self._folder / f"{name}-{hashlib.sha256(key.encode()).hexdigest()[:24]}"


def _read(path: Path) -> bytes | None:
    """What `_write` has written, if it is whole."""
    try:
        found = read_own(path, _MOST_BYTES)
    except OSError:
        return None
    if found is None:  # nothing that was written here
        return None
    digest, payload = found[:_DIGEST_BYTES], found[_DIGEST_BYTES:]
    return payload if hashlib.sha256(payload).digest() == digest else None


def _write(path: Path, payload: bytes) -> bool:
    """Whether it could be written."""
    beside = path.with_name(f"{path.name}.{uuid.uuid4().hex[:12]}")
    try:
        path.parent.mkdir(mode=0o700, parents=True, exist_ok=True)
        write_own(beside, hashlib.sha256(payload).digest() + payload)
        beside.replace(path)
        _remove_left_over(path)
    except OSError:  # the disk is full, say
        with suppress(OSError):
            beside.unlink()
        return False
    return True


def _remove_left_over(path: Path) -> None:
    """Deletes what processes have left that were killed while they wrote this file."""
    for left in path.parent.glob(f"{path.name}.*"):
        with suppress(OSError):  # another process was faster
            if time.time() - left.stat().st_mtime > _FORGOTTEN:
                left.unlink()
