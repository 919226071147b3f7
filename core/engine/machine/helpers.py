"""Small compiled functions that several operations use."""

from __future__ import annotations

from typing import Any, NamedTuple

from llvmlite import ir
from numba import types
from numba.core import cgutils

from core.engine.machine.arena import Operand
from core.engine.machine.operation import Task, blockwise, finishing, helper, read
from core.engine.machine.vectors import VECTOR_BYTES, load, load_float, primitive, store, store_float, zeros


@helper
def share(count: int, t: Task) -> tuple[int, int]:
    """The first and last + 1 of this task's part of `count` equal pieces of work."""
    return t.part * count // t.parts, (t.part + 1) * count // t.parts


@helper
def pieces(per_block: int, t: Task) -> tuple[int, int]:
    """As `share`, for `per_block` pieces in each of the task's blocks; piece // per_block is the block."""
    begin, end = share((t.last - t.first) * per_block, t)
    return begin + t.first * per_block, end + t.first * per_block


@helper
def ceil_div(a: int, b: int) -> int:
    return -(-a // b)


@helper
def copy_vectors(target: int, source: int, count: int) -> None:
    for index in range(count):
        store(target + VECTOR_BYTES * index, load(source + VECTOR_BYTES * index))


@helper
def add_vectors(target: int, source: int, count: int) -> None:
    for index in range(count):
        place = target + VECTOR_BYTES * index
        store(place, load(place) + load(source + VECTOR_BYTES * index))


@helper
def clear_vectors(target: int, count: int) -> None:
    for index in range(count):
        store(target + VECTOR_BYTES * index, zeros())


@primitive
def clear(_context: Any, address: Any, size: Any) -> Any:
    """Sets `size` bytes at `address` to zero."""

    def generate(context: Any, builder: Any, _s: Any, args: Any) -> Any:
        cgutils.memset(builder, builder.inttoptr(args[0], ir.IntType(8).as_pointer()), args[1], 0)
        return context.get_dummy_value()

    return types.void(types.int64, types.int64), generate


class AddRow(NamedTuple):
    target: Operand
    source: Operand
    vectors: int


@blockwise
def add_up(row: int, task: int) -> None:
    """target += source, `vectors` in each block."""
    f, t = read(AddRow, row), read(Task, task)
    begin, end = pieces(f.vectors, t)
    for piece in range(begin, end):
        place = f.target + piece * VECTOR_BYTES
        store(place, load(place) + load(f.source + piece * VECTOR_BYTES))


@blockwise
def copy_over(row: int, task: int) -> None:
    """target = source."""
    f, t = read(AddRow, row), read(Task, task)
    begin, end = pieces(f.vectors, t)
    copy_vectors(f.target + begin * VECTOR_BYTES, f.source + begin * VECTOR_BYTES, end - begin)


class SumRow(NamedTuple):
    sums: Operand
    step: int
    copies: int
    result: Operand
    size: int


@finishing
def sum_copies(row: int, task: int) -> None:
    """result = the sum of the threads' copies of `count` floats, in their order."""
    f, t = read(SumRow, row), read(Task, task)
    begin, end = share(f.size, t)
    for index in range(begin, end):
        value = load_float(f.sums + 4 * index)
        for copy in range(1, f.copies):
            value += load_float(f.sums + copy * f.step + 4 * index)
        store_float(f.result + 4 * index, value)
