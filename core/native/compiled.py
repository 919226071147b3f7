"""The one way to Numba: what it compiles is kept for the next start, where it can be."""

from __future__ import annotations

import functools
from collections.abc import Callable
from typing import Any, ParamSpec, TypeVar

import numba

from core.native.target import cache_folder

P = ParamSpec("P")
R = TypeVar("R")


def caching() -> bool:
    """Whether compiled code can be kept; tells Numba where."""
    folder = cache_folder()
    if folder is not None:
        numba.config.CACHE_DIR = str(folder)
    return folder is not None


def kept(declare: Callable[..., Any], function: Callable[..., Any]) -> tuple[Any, bool]:
    """`declare(cache=…)(function)`, for a declaration that compiles at once, and whether the code is kept."""
    cache = caching()
    try:
        return declare(cache=cache)(function), cache
    except OSError:  # the disk is full, say
        return declare(cache=False)(function), False


def compiled(function: Callable[P, R]) -> Callable[P, R]:
    """The function, compiled at its first call, that runs without the interpreter's lock."""
    declare = functools.partial(numba.njit, nogil=True)
    first = declare(cache=caching())(function)

    @functools.wraps(function)
    def call(*arguments: P.args, **named: P.kwargs) -> R:
        nonlocal first
        try:
            result: R = first(*arguments, **named)
        except OSError:  # as above
            first = declare(cache=False)(function)
            result = first(*arguments, **named)
        return result

    return call
