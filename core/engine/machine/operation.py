"""Operations: compiled functions that all have one signature, and the rows that tell them what to work on.

An operation is declared by a function of two addresses, its row and its task:

    class ScaleRow(NamedTuple):      # the fields, stated once for Python and for the compiled code
        x: Operand
        count: int
        factor: float

    @operation
    def scale(row: int, task: int) -> None:
        f, t = read(ScaleRow, row), read(Task, task)
        ...

A tape takes `(scale, ScaleRow(x=buffer, count=..., factor=...))` for its table. Nothing is compiled
before a table needs it, and numba's cache keeps it for the next start. Operations never raise: nobody
could catch it.
"""

from __future__ import annotations

import copy
import functools
import gc
import importlib
import struct
from collections.abc import Callable, Iterable, Iterator
from contextlib import contextmanager
from enum import Enum
from typing import Any, NamedTuple, TypeAlias, TypeVar

from llvmlite import ir
from numba import njit, types
from numba.core import cgutils

from core.engine.machine import library
from core.engine.machine.codegen import HelperCompiler
from core.engine.machine.compilers import compilers
from core.engine.machine.vectors import I64, load_at, primitive
from core.native.compiled import Callback
from core.native.turn import Turn

_OPTIONS = {
    "boundscheck": False,
    "error_model": "numpy",
    "no_rewrites": True,  # they are for arrays
}
_compiling = Turn()


class Scope(Enum):
    """What the threads of an operation have to do with each other; order.py makes stages of it."""

    SHARED = "reads what other threads have computed, or writes what they will read"
    OWN_BLOCKS = "reads and writes only its own blocks and its own thread's memory"
    GATHERS = "reads what all threads have added up so far; else only its own blocks"
    PREPARES = "reads parameters, or what was prepared of them, and writes what other threads will read"
    FINISHES = "brings results to where nobody looks for them before the table's end"


class Kernel:
    """A function of int64 numbers, compiled on first use, that runs without the interpreter's lock.

    `address` is where other compiled code can call it, `function` calls it from Python.
    """

    def __init__(
        self,
        function: Callable[..., Any],
        arguments: int,
        scope: Scope = Scope.SHARED,
        *,
        result: types.Type = types.void,
    ) -> None:
        self.name = function.__name__
        self.key = "" if "<locals>" in function.__qualname__ else _key(function)
        self.scope = scope
        self._function = function
        self._signature = result(*[types.int64] * arguments)

    @functools.cached_property
    def address(self) -> int:
        with _compiling:
            if not self._compiled.address:
                self._compiled.compile()
            if self._compiled.kept:
                library.add(self.key)
            return self._compiled.address or 0

    def load(self) -> bool:
        """Whether the code is here now: it was, or what is kept of it is there and whole."""
        with _compiling:
            return bool(self._compiled.address) or self._compiled.load()

    @functools.cached_property
    def _compiled(self) -> Callback:
        return Callback(self._function, self._signature, _OPTIONS)

    @functools.cached_property
    def function(self) -> Callable[..., Any]:
        """The compiled function."""
        assert self.address
        return self._compiled.ctypes

    def within(self, scope: Scope) -> Kernel:
        """The same operation, for rows whose threads have something else to do with each other."""
        kernel = copy.copy(self)
        kernel.scope = scope
        return kernel

    def rename(self, key: str) -> None:
        """Gives a kernel that isn't a module's function a key, and its code a file of its own."""
        self.key = key
        self.name = self._function.__qualname__ = key.rpartition(".")[2].replace(" ", "_")

    @property
    def size(self) -> int:
        """How much there is to compile, roughly: bytes of Python's own code, helpers included."""
        return _size(self._function)

    def __repr__(self) -> str:
        return f"<{self.name}>"


def _key(function: Callable[..., Any], *numbers: int) -> str:
    return " ".join([f"{function.__module__}.{function.__name__}", *map(str, numbers)])


def _size(function: Any) -> int:
    code = function.__code__
    known = {name: function.__globals__.get(name) for name in code.co_names}
    helpers = [value.py_func for value in known.values() if hasattr(value, "py_func")]
    return len(code.co_code) + sum(_size(helper) for helper in helpers)


Kernels = TypeVar("Kernels", Kernel, tuple[Kernel, Kernel])


def family(make: Callable[..., Kernels]) -> Callable[..., Kernels]:
    """Declares a function that makes one kernel, or several, for whole numbers: each only once."""

    @functools.cache
    def member(*numbers: int) -> Kernels:
        made = make(*numbers)
        for index, kernel in enumerate(made if isinstance(made, tuple) else (made,)):
            kernel.rename(_key(make, *numbers, index))
        return made

    return functools.update_wrapper(member, make)


def find(key: str) -> Kernel:
    """The kernel with this `key`."""
    name, *numbers = key.split(" ")
    module, _, attribute = name.rpartition(".")
    found = getattr(importlib.import_module(module), attribute)
    if numbers:
        *arguments, index = map(int, numbers)
        made = found(*arguments)
        found = made[index] if isinstance(made, tuple) else made
    assert isinstance(found, Kernel)
    return found


def compile_kernels(kernels: Iterable[Kernel]) -> None:
    """Loads what is kept and compiles what isn't, in several processes at once; `compilers` says who may end
    it.

    Where that can't be, each kernel is compiled when its address is asked for.
    """
    if library.names() is None:
        return
    needed = {k.key: k for k in kernels if k.key}
    missing = {key: k for key, k in needed.items() if not k.load()}
    if missing:
        # The longest first: so nobody is left with one of them at the end.
        names = sorted(missing, key=lambda key: -missing[key].size)
        with _garbage_left_lying():
            compilers().compile(names, lambda key: missing[key].address)


@contextmanager
def _garbage_left_lying() -> Iterator[None]:
    """Puts off Python's search for garbage: many small ones take a sixth of a compilation's time."""
    enabled = gc.isenabled()
    gc.disable()
    try:
        yield
    finally:
        if enabled:
            gc.enable()


def kernel(arguments: int, *, result: types.Type = types.void) -> Callable[[Callable[..., Any]], Kernel]:
    """Declares any other compiled function of so many int64 numbers."""
    return lambda function: Kernel(function, arguments, result=result)


def operation(function: Callable[[int, int], None]) -> Kernel:
    """Declares an operation: a kernel of a row and a task."""
    return Kernel(function, 2)


def blockwise(function: Callable[[int, int], None]) -> Kernel:
    """Declares an operation that touches only the blocks of its task, and its own thread's memory.

    It is called several times in a step, for some blocks each time; sums start at 0 where `Task.fresh`.
    """
    return Kernel(function, 2, Scope.OWN_BLOCKS)


def gathering(function: Callable[[int, int], None]) -> Kernel:
    """Declares an operation that needs all threads' sums, and then is `blockwise`."""
    return Kernel(function, 2, Scope.GATHERS)


def preparing(function: Callable[[int, int], None]) -> Kernel:
    """Declares an operation that brings parameters into another form."""
    return Kernel(function, 2, Scope.PREPARES)


def finishing(function: Callable[[int, int], None]) -> Kernel:
    """Declares an operation for the gradient of a parameter, or for a statistic that later steps use."""
    return Kernel(function, 2, Scope.FINISHES)


def helper(function: Callable[..., Any]) -> Any:
    """Declares a function that operations call; it becomes part of each of them.

    Numba compiles it once more for each number that is written out in a call; `int64(1)` instead of 1 spares
    that where it gains nothing.
    """
    # Only other compiled code calls it: it needs no wrappers for Python, and no machine code of its own.
    # Its code isn't kept by itself: processes that compile at the same time would take it from each other.
    wrappers = {"no_cpython_wrapper": True, "no_cfunc_wrapper": True}
    return njit(**_OPTIONS, **wrappers, pipeline_class=HelperCompiler)(function)


Fields: TypeAlias = Any
"""A row inside compiled code, where each field is a number."""


class Task(NamedTuple):
    """What a call of an operation has to do.

    Blocks `first` to `last` (a block is the images that share a vector), of which this call does share number
    `part` of `parts`. `thread` numbers the thread's own scratch memory, `samples` counts the batch's images.
    `fresh` is 1 in the thread's first call for this row in a step, then 0.
    """

    first: int
    last: int
    part: int
    parts: int
    thread: int
    samples: int
    fresh: int


@primitive
def read(_context: Any, row_class: Any, address: Any) -> Any:
    """The fields at `address` as a `row_class` (a NamedTuple of addresses, integers and floats)."""
    row = row_class.instance_class
    declared = [getattr(kind, "__forward_arg__", kind) for kind in row.__annotations__.values()]
    kinds = [types.float32 if kind in ("float", float) else types.int64 for kind in declared]
    if types.float32 in kinds:
        result = types.NamedTuple(kinds, row)
    else:
        result = types.NamedUniTuple(types.int64, len(kinds), row)

    def generate(context: Any, builder: Any, _s: Any, args: Any) -> Any:
        values = []
        for index, kind in enumerate(kinds):
            place = builder.add(args[1], I64(8 * index))
            stored = ir.DoubleType() if kind is types.float32 else I64
            value = load_at(builder, place, stored)
            values.append(builder.fptrunc(value, ir.FloatType()) if kind is types.float32 else value)
        return context.make_tuple(builder, result, values)

    return result(row_class, types.int64), generate


@primitive
def call(_context: Any, address: Any, arguments: Any) -> Any:
    """Calls the kernel at `address` with the int64 values of the tuple `arguments`."""
    count = len(arguments)

    def generate(context: Any, builder: Any, _s: Any, args: Any) -> Any:
        kind = ir.FunctionType(ir.VoidType(), [I64] * count)
        values = cgutils.unpack_tuple(builder, args[1], count)
        builder.call(builder.inttoptr(args[0], kind.as_pointer()), values)
        return context.get_dummy_value()

    return types.void(types.int64, arguments), generate


def encode(value: Any) -> int:
    """A field as the 64 bits that `read` expects: an address, an integer or a float64's pattern."""
    if isinstance(value, float):
        bits: int = struct.unpack("q", struct.pack("d", value))[0]
        return bits
    return value if isinstance(value, int) else int(value.address)
