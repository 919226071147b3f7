"""How Numba makes code of helpers: no further than to LLVM's language.

Left to itself, Numba optimises every function that it compiles and makes machine code of it. That of a helper
would never run: it is linked into each operation that calls it, and optimised there once more. Leaving the
first time out saves a fifth of what it takes to compile all operations of a network. (An operation's own code
is still optimised before its helpers are linked in: without that the micro-kernels lose 5 %.)
"""

from __future__ import annotations

from typing import Any

from numba.core.codegen import JITCodeLibrary
from numba.core.compiler import Compiler


class _HelperCode(JITCodeLibrary):  # type: ignore[misc]
    """The code of a helper, to be linked into others' and never to be run itself."""

    def _optimize_functions(self, ll_module: Any) -> None:
        """Nothing but what has to be done before modules can be linked."""
        ll_module.data_layout = self._codegen._data_layout

    def _optimize_final_module(self) -> None:
        pass

    def _finalize_final_module(self) -> None:
        self._finalized = True

    @property
    def codegen(self) -> _HelperCode:
        """Who is told the environment of the machine code, once that exists."""
        return self

    def set_env(self, name: str, environment: Any) -> None:
        """Nothing: there is no machine code, and operations raise no exception that would need it."""


class HelperCompiler(Compiler):  # type: ignore[misc]
    """Numba's compiler for helpers."""

    def __init__(self, typing_context: Any, target_context: Any, _library: Any, *settings: Any) -> None:
        code = _HelperCode(target_context.codegen(), "helper")
        super().__init__(typing_context, target_context, code, *settings)
