"""The one way to Numba: what it compiles is kept for the next start, where it can be."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any, ParamSpec, TypeVar, cast

import numba
from numba.core.ccallback import CFunc

from core.native.kept_code import KeptCode
from core.native.target import cache_folder

P = ParamSpec("P")
R = TypeVar("R")


class _NotKeptError(Exception):
    pass


class Callback(CFunc):  # type: ignore[misc]
    """A C function that other compiled code can call by its `address`, after `load` or `compile`."""

    def __init__(self, function: Callable[..., Any], signature: Any, options: dict[str, Any]) -> None:
        super().__init__(function, (signature.args, signature.return_type), {}, options)
        self._may_compile = True
        folder = cache_folder()
        if folder is not None:
            self._cache = KeptCode(function, folder)

    @property
    def kept(self) -> bool:
        """Whether the code is there for the next start."""
        return isinstance(self._cache, KeptCode) and self._cache.kept

    def load(self) -> bool:
        """Takes the code that is kept; false where there is none."""
        self._may_compile = False
        try:
            self.compile()
        except _NotKeptError:
            return False
        finally:
            self._may_compile = True
        return True

    def _compile_uncached(self) -> Any:
        if not self._may_compile:
            raise _NotKeptError
        return super()._compile_uncached()


def compiled(function: Callable[P, R]) -> Callable[P, R]:
    """The function, compiled at its first call, that runs without the interpreter's lock."""
    made = numba.njit(nogil=True)(function)
    folder = cache_folder()
    if folder is not None:
        made._cache = KeptCode(function, folder)
    return cast("Callable[P, R]", made)
