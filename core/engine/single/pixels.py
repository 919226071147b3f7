"""How a value of one image lies in memory, and the zeros around it."""

from __future__ import annotations

from abc import abstractmethod
from typing import NamedTuple

from core.engine.machine.arena import Buffer, BufferPlace, Operand
from core.engine.machine.helpers import clear, share
from core.engine.machine.operation import Task, preparing, read
from core.engine.machine.vectors import VECTOR_BYTES, WIDTH
from core.engine.tape import Node, Tape, Value


class Border(NamedTuple):
    """Rows and columns of zeros around an image."""

    top: int
    left: int
    bottom: int
    right: int


class Pixels(Value):
    """A value of one image, laid out [row][column][channel]; `depth` vectors hold the channels of a pixel.

    What the lanes behind the last channel hold means nothing. Around the image lies a border of zeros, as
    wide as the widest window that reads beyond it: so no kernel has a case for padding.
    """

    def __init__(self, size: tuple[int, int, int]) -> None:
        super().__init__(size, Buffer(0))
        self.depth = -(-size[0] // WIDTH)
        self.border = Border(0, 0, 0, 0)
        self.surround(0, 0, 0, 0)

    def surround(self, top: int, left: int, bottom: int, right: int) -> None:
        """Makes the border at least so wide; to be called before any row is emitted."""
        wanted = zip(self.border, (top, left, bottom, right), strict=True)
        self.border = Border(*(max(pair) for pair in wanted))
        self.buffer.size = self.lines * self.line

    @property
    def pixel(self) -> int:
        """Bytes from one pixel to the next."""
        return self.depth * VECTOR_BYTES

    @property
    def line(self) -> int:
        """Bytes from one row to the next."""
        return (self.border.left + self.size[2] + self.border.right) * self.pixel

    @property
    def lines(self) -> int:
        """Rows with the border."""
        return self.border.top + self.size[1] + self.border.bottom

    def at(self, row: int = 0, column: int = 0) -> BufferPlace:
        """The place of a pixel; negative numbers are in the border."""
        return self.buffer.at((self.border.top + row) * self.line + (self.border.left + column) * self.pixel)


def pixels(value: Value) -> Pixels:
    """A value that is known to have this layout."""
    if not isinstance(value, Pixels):
        raise TypeError("the value has the layout of a batch")
    return value


class Image(NamedTuple):
    """A value as kernels see it: the first pixel, and the distances to the next row and pixel in bytes."""

    first: Operand
    line: int
    pixel: int


def image(value: Pixels) -> Image:
    """All of a value."""
    return Image(value.at(), value.line, value.pixel)


class BorderRow(NamedTuple):
    memory: Operand
    lines: int
    line: int
    pixel: int
    height: int
    top: int
    left: int
    right: int


@preparing
def clear_border(row: int, task: int) -> None:
    """Sets the border to zero; whoever computes the pixels inside doesn't touch it."""
    f, t = read(BorderRow, row), read(Task, task)
    begin, end = share(f.lines, t)
    for i in range(begin, end):
        place = f.memory + i * f.line
        if f.top <= i < f.top + f.height:
            clear(place, f.left * f.pixel)
            clear(place + f.line - f.right * f.pixel, f.right * f.pixel)
        else:
            clear(place, f.line)


def emit_border(tape: Tape, value: Pixels) -> None:
    """The row for a value's border, if it has one."""
    b = value.border
    if any(b):
        row = BorderRow(
            value.buffer, value.lines, value.line, value.pixel, value.size[1], b.top, b.left, b.right
        )
        tape.emit(clear_border, row)


class PixelNode(Node):
    """A step of the network for one image; nothing is learned from that."""

    output: Pixels

    def forward(self, tape: Tape) -> None:
        emit_border(tape, self.output)
        self.emit(tape)

    def backward(self, tape: Tape) -> None:
        raise RuntimeError("a network for one image has no backward pass")

    @abstractmethod
    def emit(self, tape: Tape) -> None:
        """Emits the rows that compute the output."""
