"""Dense layers: y = W·x + b as a product over blocks, its gradients as products over images."""

from __future__ import annotations

from typing import NamedTuple

from core.engine.machine.arena import Buffer, Operand
from core.engine.machine.helpers import ceil_div, share
from core.engine.machine.microkernel import ACCUMULATE, BIAS, PIXELS, RELU
from core.engine.machine.operation import Kernel, Scope, Task, call, finishing, operation, read
from core.engine.machine.vectors import VECTOR_BYTES, WIDTH, load_float, store_float
from core.engine.operations.activation import emit_output_gradient
from core.engine.operations.batch import batch_row, store_batch
from core.engine.operations.packed_weights import PanelsRow, pack_panels, part_start, split
from core.engine.tape import Learned, Node, Tape, Value


class DenseRow(NamedTuple):
    """Weights of the outputs of one part are side by side, `step` bytes from one input to the next.

    Parts lie `panel` bytes apart, or, where that is 0, are columns of one matrix.
    """

    weights: Operand
    panel: int
    step: int
    bias: Operand | int
    x: Operand
    y: Operand
    inputs: int
    outputs: int
    mode: int
    parts: int
    rows: int
    full: int
    product: Kernel
    smaller_product: Kernel


@operation
def multiply(row: int, task: int) -> None:
    """y (+)= weights · x (+ bias) (then ReLU) for vectors."""
    f, t = read(DenseRow, row), read(Task, task)
    blocks = t.last - t.first
    # A part for all blocks reads its weights once; with few parts the blocks are shared out, too.
    group = blocks if f.parts >= 4 * t.parts else PIXELS
    groups = ceil_div(blocks, group)
    begin, end = share(f.parts * groups, t)
    for piece in range(begin, end):
        part, block = piece // groups, piece % groups * group
        start = part_start(part, f.rows, f.full)
        block_count = min(group, blocks - block)
        block += t.first
        a = f.weights + (part * f.panel if f.panel else 4 * start)
        call(f.product if part < f.full else f.smaller_product,
             (block_count, a, f.x + block * f.inputs * VECTOR_BYTES,
              f.y + (block * f.outputs + start) * VECTOR_BYTES, 1, 1, f.inputs, 0, 0, f.step,
              0, 0, VECTOR_BYTES, f.inputs * VECTOR_BYTES, VECTOR_BYTES, f.outputs * VECTOR_BYTES,
              f.mode, f.bias + 4 * start))  # fmt: skip


multiply_own = multiply.within(Scope.OWN_BLOCKS)
_SMALL = 2 * 1024 * 1024
"""Bytes of weights up to which each thread reads all of them for its own blocks and needs no barrier."""


def _product(weights: int) -> Kernel:
    return multiply_own if 4 * weights <= _SMALL else multiply


class DenseGradientRow(NamedTuple):
    """x and dy are (N, inputs) and (N, outputs), image by image, rows `x_step` and `dy_step` bytes apart."""

    x: Operand
    x_step: int
    dy: Operand
    dy_step: int
    gradient: Operand
    inputs: int
    outputs: int
    parts: int
    rows: int
    full: int
    product: Kernel
    smaller_product: Kernel


_CHUNK = 32 * PIXELS
"""Vectors of inputs that one piece of work covers."""


@finishing
def dense_weight_gradient(row: int, task: int) -> None:
    """dW[f, k] = Σ_n dy[n, f] · x[n, k]."""
    f, t = read(DenseGradientRow, row), read(Task, task)
    vectors = f.inputs // WIDTH
    chunks = ceil_div(vectors, _CHUNK) + 1  # the last is what doesn't fill a vector
    begin, end = share(f.parts * chunks, t)
    for piece in range(begin, end):
        part, chunk = piece // chunks, piece % chunks
        start = part_start(part, f.rows, f.full)
        rows = f.rows if part < f.full else f.rows - 1
        target = f.gradient + 4 * start * f.inputs
        if chunk < chunks - 1:
            offset = chunk * _CHUNK * VECTOR_BYTES
            call(f.product if part < f.full else f.smaller_product,
                 (min(_CHUNK, vectors - chunk * _CHUNK), f.dy + 4 * start, f.x + offset, target + offset,
                  1, 1, t.samples, 0, 0, f.dy_step, 0, 0, f.x_step, VECTOR_BYTES,
                  4 * f.inputs, VECTOR_BYTES, 0, 0))  # fmt: skip
            continue
        for k in range(vectors * WIDTH, f.inputs):
            for i in range(rows):
                value = load_float(f.dy + 4 * (start + i)) * load_float(f.x + 4 * k)
                for n in range(1, t.samples):
                    value += load_float(f.dy + n * f.dy_step + 4 * (start + i)) * load_float(
                        f.x + n * f.x_step + 4 * k
                    )
                store_float(target + 4 * (i * f.inputs + k), value)


def _image_by_image(tape: Tape, value: Buffer, count: int) -> tuple[Buffer, int]:
    """A copy of vectors as (N, count), rows apart by no power of two, which would collide in the cache."""
    step = 4 * (-(-count // 16) * 16 + 16)
    copy = tape.blockwise(WIDTH * step)
    row = batch_row(copy, value, (count, 1, 1))
    tape.emit(store_batch, row._replace(image=step // 4))
    return copy, step


class Dense(Node):
    """A fully connected layer with an optional fused ReLU; weight is (outputs, inputs)."""

    learns = True

    def __init__(self, x: Value, y: Value, weight: Learned, bias: Learned | None) -> None:
        self.inputs, self.output = (x,), y
        self.weight, self.bias = weight, bias
        self.relu = False

    def forward(self, tape: Tape) -> None:
        inputs, outputs = self.inputs[0].vectors, self.output.vectors
        parts = split(outputs)
        panels = Buffer(4 * parts.number * inputs * parts.rows)
        tape.emit(
            pack_panels,
            PanelsRow(self.weight.values, panels, 1, *parts, 1, 1, inputs, 0, 0, 0, 0, 1, inputs),
        )
        mode = (BIAS if self.bias else 0) | (RELU if self.relu else 0)
        tape.emit(
            _product(inputs * outputs),
            DenseRow(
                panels, 4 * inputs * parts.rows, 4 * parts.rows, self.bias.values if self.bias else 0,
                self.inputs[0].buffer, self.output.buffer, inputs, outputs, mode, *parts,
                parts.kernel, parts.smaller_kernel,
            ),
        )  # fmt: skip

    def backward(self, tape: Tape) -> None:
        x, inputs, outputs = self.inputs[0], self.inputs[0].vectors, self.output.vectors
        emit_output_gradient(tape, self.output, self.bias, self.relu)
        dy = tape.gradient_of(self.output)
        images, x_step = _image_by_image(tape, tape.recall(x), inputs)
        gradients, dy_step = _image_by_image(tape, dy, outputs)
        parts = split(outputs)
        tape.emit(
            dense_weight_gradient,
            DenseGradientRow(
                images, x_step, gradients, dy_step, self.weight.gradient, inputs, outputs, *parts,
                parts.kernel, parts.smaller_kernel,
            ),
        )  # fmt: skip
        if x.trained:
            parts = split(inputs)
            dx, add = tape.contribute(x)
            tape.emit(
                _product(inputs * outputs),
                DenseRow(
                    self.weight.values, 0, 4 * inputs, 0, dy, dx, outputs, inputs,
                    ACCUMULATE if add else 0, *parts, parts.kernel, parts.smaller_kernel,
                ),
            )  # fmt: skip
