"""Between the outside, where a batch is (N, C, H, W), and the engine's layout with one image a lane."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from math import prod
from typing import Any, NamedTuple

import numpy as np
from llvmlite import ir
from numba import float32, types
from numpy.typing import NDArray

from core.engine.machine.arena import Fixed, Operand
from core.engine.machine.helpers import copy_vectors, pieces
from core.engine.machine.operation import Task, blockwise, read
from core.engine.machine.vectors import (
    F32,
    I32,
    I64,
    VECTOR,
    VECTOR_BYTES,
    WIDTH,
    constant,
    load_at,
    load_float,
    load_integer,
    pointer,
    primitive,
    store_at,
    store_float,
)
from core.engine.tape import Node, Tape, Value


def transposed(builder: Any, rows: Sequence[Any]) -> list[Any]:
    """WIDTH vectors, transposed as a matrix."""
    rows, lanes = list(rows), range(WIDTH)
    distance = 1
    while distance < WIDTH:  # swap the off-diagonal blocks of 1 × 1, 2 × 2, 4 × 4 …
        low = [lane if not lane & distance else WIDTH + lane - distance for lane in lanes]
        high = [lane + distance if not lane & distance else WIDTH + lane for lane in lanes]
        masks = [ir.Constant(ir.VectorType(I32, WIDTH), mask) for mask in (low, high)]
        for i in lanes:
            if not i & distance:
                a, b = rows[i], rows[i + distance]
                rows[i] = builder.shuffle_vector(a, b, masks[0])
                rows[i + distance] = builder.shuffle_vector(a, b, masks[1])
        distance *= 2
    return rows


@primitive
def transpose(_context: Any, source: Any, source_step: Any, target: Any, target_step: Any) -> Any:
    """Transposes WIDTH × WIDTH floats; a step is the distance between two rows in bytes."""

    def generate(context: Any, builder: Any, _s: Any, args: Any) -> Any:
        source, source_step, target, target_step = args
        rows = [load_at(builder, builder.add(source, builder.mul(source_step, I64(i)))) for i in range(WIDTH)]
        for i, row in enumerate(transposed(builder, rows)):
            store_at(builder, builder.add(target, builder.mul(target_step, I64(i))), row)
        return context.get_dummy_value()

    return types.void(*[types.int64] * 4), generate


_BYTES = ir.VectorType(ir.IntType(8), WIDTH)


def _gather(kind: ir.Type, convert: Callable[[Any, Any], Any]) -> Any:
    """A function for kernels that brings WIDTH numbers of WIDTH images into WIDTH vectors."""

    def gather(_context: Any, outside: Any, places: Any, image: Any, target: Any) -> Any:
        def generate(context: Any, builder: Any, _s: Any, args: Any) -> Any:
            outside, places, image, target = args
            rows = []
            for lane in range(WIDTH):
                place = load_at(builder, builder.add(places, I64(8 * lane)), I64)
                source = builder.load(pointer(builder, builder.add(outside, builder.mul(place, image)), kind))
                source.align = 1
                rows.append(convert(builder, source))
            for i, row in enumerate(transposed(builder, rows)):
                store_at(builder, builder.add(target, I64(i * VECTOR_BYTES)), row)
            return context.get_dummy_value()

        return types.void(*[types.int64] * 4), generate

    return primitive(gather)


def scaled(builder: Any, bytes_: Any) -> Any:
    """Bytes as floats from 0 to 1; divided, not multiplied, to be NumPy's to the last bit."""
    kind = VECTOR if isinstance(bytes_.type, ir.VectorType) else F32
    value = builder.uitofp(bytes_, kind)
    return builder.fdiv(value, constant(255.0) if kind is VECTOR else ir.Constant(F32, 255.0))


_gather_floats = _gather(VECTOR, lambda _, value: value)
_gather_bytes = _gather(_BYTES, scaled)


@primitive
def load_byte(_context: Any, address: Any) -> Any:
    """The byte at `address` as a float32 from 0 to 1."""

    def generate(_c: Any, builder: Any, _s: Any, args: Any) -> Any:
        return scaled(builder, builder.load(pointer(builder, args[0], ir.IntType(8))))

    return types.float32(types.int64), generate


class Samples(NamedTuple):
    """`images` (N, C, H, W) or vectors (N, F), float32 or bytes, one behind the other; `places` (int64) are
    the numbers of those that are meant, in their order."""

    images: NDArray[Any]
    places: NDArray[np.int64]

    @staticmethod
    def all(images: NDArray[Any]) -> Samples:
        """All of them, as float32."""
        return Samples(np.ascontiguousarray(images, np.float32), np.arange(len(images)))

    def part(self, first: int, last: int) -> Samples:
        """Those from number `first` to `last` - 1."""
        return Samples(self.images, self.places[first:last])

    def fields(self) -> dict[str, int]:
        """What they are for the fields of a LoadRow."""
        size = self.images.itemsize
        return {
            "outside": self.images.ctypes.data,
            "places": self.places.ctypes.data,
            "size": size,
            "image": size * prod(self.images.shape[1:]),
        }


class LoadRow(NamedTuple):
    """`outside` holds images (C, H, W) of float32 or, with a `size` of 1, of bytes, one every `image` bytes.
    `places` (int64) says which of them are the batch."""

    outside: Operand
    places: Operand
    inside: Operand
    size: int
    image: int
    channels: int
    height: int
    width: int


class BatchRow(NamedTuple):
    """`outside` is (N, C, H, W) with `image` floats from one image to the next."""

    outside: Operand
    inside: Operand
    image: int
    channels: int
    height: int
    width: int


@blockwise
def load_batch(row: int, task: int) -> None:
    """Brings a batch in, bytes as numbers from 0 to 1; the lanes past its last image become 0."""
    f, t = read(LoadRow, row), read(Task, task)
    begin, end = pieces(f.channels * f.height, t)
    for piece in range(begin, end):
        block, line = piece // (f.channels * f.height), piece % (f.channels * f.height)
        c, h = line // f.height, line % f.height
        images = min(WIDTH, t.samples - block * WIDTH)
        source = f.outside + f.size * line * f.width
        places = f.places + 8 * block * WIDTH
        target = f.inside + ((block * f.height + h) * f.channels + c) * f.width * VECTOR_BYTES
        w = 0
        if images == WIDTH:
            while w + WIDTH <= f.width:
                if f.size == 1:
                    _gather_bytes(source + w, places, f.image, target + w * VECTOR_BYTES)
                else:
                    _gather_floats(source + 4 * w, places, f.image, target + w * VECTOR_BYTES)
                w += WIDTH
        for lane in range(WIDTH):
            own = source + load_integer(places + 8 * lane) * f.image if lane < images else 0
            for column in range(w, f.width):
                value = float32(0.0)
                if lane < images:
                    value = load_byte(own + column) if f.size == 1 else load_float(own + 4 * column)
                store_float(target + column * VECTOR_BYTES + 4 * lane, value)


@blockwise
def store_batch(row: int, task: int) -> None:
    """Takes a value out."""
    f, t = read(BatchRow, row), read(Task, task)
    begin, end = pieces(f.channels * f.height, t)
    for piece in range(begin, end):
        block, line = piece // (f.channels * f.height), piece % (f.channels * f.height)
        c, h = line // f.height, line % f.height
        images = min(WIDTH, t.samples - block * WIDTH)
        target = f.outside + 4 * (block * WIDTH * f.image + line * f.width)
        source = f.inside + ((block * f.height + h) * f.channels + c) * f.width * VECTOR_BYTES
        w = 0
        if images == WIDTH:
            while w + WIDTH <= f.width:
                transpose(source + w * VECTOR_BYTES, VECTOR_BYTES, target + 4 * w, 4 * f.image)
                w += WIDTH
        while w < f.width:
            for lane in range(images):
                store_float(
                    target + 4 * (lane * f.image + w), load_float(source + w * VECTOR_BYTES + 4 * lane)
                )
            w += 1


def _lines(size: tuple[int, int, int]) -> tuple[int, int, int]:
    """A size whose numbers lie in the same order, inside and outside, in lines as long as can be."""
    channels, height, width = size
    return (1, 1, prod(size)) if channels == 1 or height == width == 1 else (channels, height, width)


def batch_row(outside: Operand, inside: Operand, size: tuple[int, int, int]) -> BatchRow:
    """The row for a batch of `size` (C, H, W)."""
    return BatchRow(outside, inside, prod(size), *_lines(size))


def load_row(images: NDArray[np.float32], inside: Operand, size: tuple[int, int, int]) -> LoadRow:
    """The row that brings in `images` (N, C, H, W), all of them and in their order."""
    places = Fixed(np.arange(len(images)))
    return LoadRow(Fixed(images), places, inside, 4, 4 * prod(size), *_lines(size))


class FlattenRow(NamedTuple):
    image: Operand
    vector: Operand
    channels: int
    height: int
    width: int


@blockwise
def flatten(row: int, task: int) -> None:
    """From [row][channel][column] to [channel][row][column]."""
    f, t = read(FlattenRow, row), read(Task, task)
    lines = f.channels * f.height
    begin, end = pieces(lines, t)
    for piece in range(begin, end):
        block, c, h = piece // lines, piece % lines // f.height, piece % lines % f.height
        line = ((block * f.height + h) * f.channels + c) * f.width * VECTOR_BYTES
        copy_vectors(f.vector + piece * f.width * VECTOR_BYTES, f.image + line, f.width)


@blockwise
def unflatten(row: int, task: int) -> None:
    """The way back."""
    f, t = read(FlattenRow, row), read(Task, task)
    lines = f.channels * f.height
    begin, end = pieces(lines, t)
    for piece in range(begin, end):
        block, c, h = piece // lines, piece % lines // f.height, piece % lines % f.height
        line = ((block * f.height + h) * f.channels + c) * f.width * VECTOR_BYTES
        copy_vectors(f.image + line, f.vector + piece * f.width * VECTOR_BYTES, f.width)


class Flatten(Node):
    """An image as a vector, in the order of torch.flatten: channel by channel, row by row."""

    def __init__(self, x: Value, y: Value) -> None:
        self.inputs, self.output = (x,), y

    def forward(self, tape: Tape) -> None:
        tape.emit(flatten, FlattenRow(self.inputs[0].buffer, self.output.buffer, *self.inputs[0].size))

    def backward(self, tape: Tape) -> None:
        dy = tape.gradient_of(self.output)
        tape.add_into(
            self.inputs[0],
            lambda dx: tape.emit(unflatten, FlattenRow(dx, dy, *self.inputs[0].size)),
        )
