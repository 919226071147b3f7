"""The one way to Numba: what it compiles is kept for the next start, where it can be."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any, ParamSpec, TypeVar, cast

import numba
from numba.core.ccallback import CFunc

from core.native.kept_code import KeptCode, NotKeptError
from core.native.target import cache_folder

P = ParamSpec("P")
R = TypeVar("R")


class Callback(CFunc):
    """A C function that other compiled code can call by its `address`, after `load` or `compile`."""

    def __init__(self, function: Callable[..., Any], signature: Any, options: dict[str, Any]) -> None:
        super().__init__(function, (signature.args, signature.return_type), {}, options)
        folder = cache_folder()
        self._code = KeptCode(function, folder) if folder is not None else None
        if self._code is not None:
            self._cache = self._code

    @property
    def kept(self) -> bool:
        """Whether the code is there for the next start."""
        return self._code is not None and self._code.kept

    def load(self) -> bool:
        """Takes the code that is kept; false where there is none."""
        if self._code is None:
            return False
        self._code.required = True
        try:
            self.compile()
        except NotKeptError:
            return False
        finally:
            self._code.required = False
        return True


def compiled(function: Callable[P, R]) -> Callable[P, R]:
    """The function, compiled at its first call, that runs without the interpreter's lock."""
    made = numba.njit(nogil=True)(function)
    folder = cache_folder()
    if folder is not None:
        made._cache = KeptCode(function, folder)
    return cast("Callable[P, R]", made)
