"""How Numba compiles functions that are only ever parts of operations: no further than to LLVM's language.

Numba makes optimised machine code of every function that it compiles. A helper's would never run: it is
linked into each operation that calls it, and optimised there once more. Leaving the first time out saves a
fifth of what all operations take.
"""

from __future__ import annotations

from typing import Any

from numba.core.codegen import JITCodeLibrary
from numba.core.compiler import Compiler


class InlinedLibrary(JITCodeLibrary):  # type: ignore[misc]
    """The code of a helper and of what it calls, to be linked into other code and never to be run itself."""

    def _optimize_functions(self, ll_module: Any) -> None:
        ll_module.data_layout = self._codegen._data_layout

    def _optimize_final_module(self) -> None:
        pass

    def _finalize_final_module(self) -> None:
        self._finalized = True

    @property
    def codegen(self) -> InlinedLibrary:
        """Who is told the environment of the machine code, once that exists."""
        return self

    def set_env(self, name: str, environment: Any) -> None:
        """Nothing: there is no machine code, and operations raise no exception that would need it."""


class InlinedCompiler(Compiler):  # type: ignore[misc]
    """Numba's compiler for helpers."""

    def __init__(self, typing_context: Any, target_context: Any, _library: Any, *settings: Any) -> None:
        library = InlinedLibrary(target_context.codegen(), "helper")
        super().__init__(typing_context, target_context, library, *settings)
