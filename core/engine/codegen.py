"""How Numba makes code of operations and helpers: each instruction is optimised once, and only what runs.

Left to itself, Numba optimises every function by itself, then together with what it calls, and makes machine
code of it. For operations the second pass alone gives the same code. A helper needs none of it: it is linked
into each operation that calls it and is optimised there. Together that saves a third of LLVM's time.
"""

from __future__ import annotations

from typing import Any

from numba.core.codegen import JITCodeLibrary
from numba.core.compiler import Compiler


class _OperationCode(JITCodeLibrary):  # type: ignore[misc]
    """The code of an operation and of its helpers."""

    def _optimize_functions(self, ll_module: Any) -> None:
        """Nothing but what has to be done before modules can be linked."""
        ll_module.data_layout = self._codegen._data_layout


class _HelperCode(_OperationCode):
    """The code of a helper, to be linked into others' and never to be run itself."""

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


class OperationCompiler(Compiler):  # type: ignore[misc]
    """Numba's compiler for operations."""

    def __init__(self, typing_context: Any, target_context: Any, _library: Any, *settings: Any) -> None:
        code = _OperationCode(target_context.codegen(), "operation")
        code.enable_object_caching()
        super().__init__(typing_context, target_context, code, *settings)


class HelperCompiler(Compiler):  # type: ignore[misc]
    """Numba's compiler for helpers."""

    def __init__(self, typing_context: Any, target_context: Any, _library: Any, *settings: Any) -> None:
        super().__init__(
            typing_context, target_context, _HelperCode(target_context.codegen(), "helper"), *settings
        )
