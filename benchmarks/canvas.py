"""How fast the canvas is with a large design: CPU milliseconds per frame and per edit.

Draws 1,000 blocks with 1,200 wires offscreen at 1280 × 800 and measures what a user does: pan, zoom through
all levels of detail, drag a block, edit the first block of a chain, undo, open. A frame is all that Qt and
the canvas do from the event to the painted picture, in CPU time of the thread.

    python -m benchmarks.canvas [--blocks 1000] [--wires 1200] [--frames 200] [--window] [--json]
"""

from __future__ import annotations

import argparse
import gc
import json
import os
import random
import statistics
import tempfile
import time
from collections.abc import Callable, Iterator
from functools import partial
from typing import Any

os.environ.setdefault("QT_QPA_PLATFORM", "offscreen")

from PySide6.QtCore import QPoint, QPointF, QSettings, Qt
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QApplication

from cnngui.canvas.view.view import Canvas
from cnngui.models.document import Document
from cnngui.models.selection import Selection
from cnngui.models.settings import Settings
from cnngui.theme.theme import ThemeManager
from cnngui.window.app import make_application, make_window
from core.design import edits, groups
from core.design.graph import Block, Graph, Wire
from core.layers import LAYERS, Layer

COLUMNS = 40
SIZE = (1280, 800)


def mesh(blocks: int, wires: int) -> Graph:
    """Convolutions, activations and sums in rows; the wires beyond a chain lead to the sums."""
    random_number = random.Random(0)
    layers: list[Layer] = [LAYERS["input"]()]
    convolution: Any = LAYERS["conv2d"]
    cycle = (convolution(padding="same"), LAYERS["relu"](), LAYERS["add"]())
    layers += [cycle[number % 3] for number in range(blocks - 1)]
    made = [
        Block(f"b{n}", layer, f"{layer.title} {n}", (220.0 * (n % COLUMNS), 160.0 * (n // COLUMNS)))
        for n, layer in enumerate(layers)
    ]
    drawn = [Wire(f"b{n - 1}", f"b{n}") for n in range(1, blocks)]
    sums = [n for n, layer in enumerate(layers) if layer.inputs is None]
    joined = random_number.sample(sums, min(max(0, wires - len(drawn)), len(sums)))
    drawn += [Wire(f"b{max(0, n - random_number.randint(2, 30))}", f"b{n}", 1) for n in joined]
    return Graph(tuple(made), tuple(drawn))


def chain(blocks: int) -> Graph:
    """A chain in which every shape depends on the first block."""
    graph = mesh(blocks, 0)
    changed = [
        block
        if block.layer.inputs is not None
        else Block(block.id, LAYERS["relu"](), block.name, block.position)
        for block in graph.blocks
    ]
    return Graph(tuple(changed), graph.wires)


def timed(action: Callable[[], object]) -> float:
    """The CPU milliseconds of an action and the painting that follows it."""
    started = time.thread_time()
    action()
    QApplication.processEvents()
    return (time.thread_time() - started) * 1000


def pan(canvas: Canvas, frames: int) -> Iterator[float]:
    for number in range(frames):
        way = QPointF(13, 7) if number % 40 < 20 else QPointF(-13, -7)
        yield timed(partial(canvas.scroll_by, way))


def zoom(canvas: Canvas, frames: int) -> Iterator[float]:
    """From the whole design to a few blocks and back."""
    canvas.fit()
    far, near = canvas.zoom, 1.5
    for number in range(frames):
        share = 1 - abs(1 - 2 * number / frames)
        level = far * (near / far) ** share
        yield timed(partial(canvas.zoom_to, level, QPointF(640, 400)))


def drag(canvas: Canvas, frames: int, block: str) -> Iterator[float]:
    """One block with the mouse."""
    canvas.centerOn(canvas.drawing.content_rect([block]).center())
    QApplication.processEvents()
    start = canvas.mapFromScene(canvas.drawing.content_rect([block]).topLeft() + QPointF(80, 14))
    QTest.mousePress(canvas.viewport(), Qt.MouseButton.LeftButton, pos=start)
    for number in range(frames):
        place = start + QPoint(number % 100, (number * 3) % 80 + 5)
        yield timed(partial(QTest.mouseMove, canvas.viewport(), place))
    QTest.keyClick(canvas, Qt.Key.Key_Escape)
    QTest.mouseRelease(canvas.viewport(), Qt.MouseButton.LeftButton, pos=start)


def edit(canvas: Canvas, times: int) -> Iterator[float]:
    """Another number of channels at the head of a chain: every block shows another shape."""
    document = canvas.document
    for number in range(times):
        shape = (1 + number % 3, 64, 64 + number % 2)
        change = partial(edits.set_param, block_id="b0", name="shape", value=shape)
        yield timed(partial(document.edit, "Edit", change))


def move(canvas: Canvas, times: int) -> Iterator[float]:
    """Another place for a block in the middle, as one edit."""
    block = canvas.document.graph.blocks[len(canvas.document.graph.blocks) // 2].id
    for number in range(times):
        change = partial(edits.move, positions={block: (4000.0 + 4 * number, 1800.0)})
        yield timed(partial(canvas.document.edit, "Move", change))


def undo(canvas: Canvas, times: int) -> Iterator[float]:
    for _ in range(times):
        yield timed(canvas.document.undo_stack.undo)


def grouped(graph: Graph, size: int) -> Graph:
    """The same design in open groups of this size."""
    ids = [block.id for block in graph.blocks]
    for start in range(0, len(ids), size):
        graph = groups.group(graph, ids[start : start + size])
    return graph


def folded(graph: Graph) -> Graph:
    for group in graph.groups:
        graph = groups.fold(graph, group.id)
    return graph


def fold(canvas: Canvas, times: int) -> Iterator[float]:
    """One group of many, in turn folded and opened."""
    group = canvas.document.graph.groups[len(canvas.document.graph.groups) // 2].id
    for _ in range(times):
        yield timed(partial(canvas.editor.groups.toggle, group))


def open_design(canvas: Canvas, graph: Graph, times: int) -> Iterator[float]:
    for _ in range(times):
        canvas.document.open(Graph())
        QApplication.processEvents()

        def action() -> None:
            canvas.document.open(Graph(graph.blocks, graph.wires))
            canvas.fit()

        yield timed(action)


def measure(canvas: Canvas, options: argparse.Namespace) -> Iterator[tuple[str, list[float]]]:
    """What was done, and the milliseconds of each time."""
    frames = options.frames
    graph = mesh(options.blocks, options.wires)
    yield "open and fit", list(open_design(canvas, graph, 5))
    for name, level in (("overview", 0.15), ("at 0.35", 0.36), ("at 0.6", 0.61), ("at 1", 1.0)):
        canvas.fit()
        canvas.zoom_to(level)
        QApplication.processEvents()
        yield f"pan {name}", list(pan(canvas, frames))
        yield f"redraw {name}", [timed(canvas.viewport().update) for _ in range(frames // 4)]
        yield f"drag {name}", list(drag(canvas, frames, f"b{options.blocks // 2}"))
    yield "zoom", list(zoom(canvas, frames))
    canvas.document.open(grouped(graph, options.blocks // 20))
    canvas.zoom_to(0.61)
    yield "drag in open groups", list(drag(canvas, frames, f"b{options.blocks // 2}"))
    yield "fold and open a group", list(fold(canvas, 20))
    canvas.document.open(folded(canvas.document.graph))
    yield "drag, all groups folded", list(drag(canvas, frames, f"b{options.blocks // 2}"))
    yield from measure_edits(canvas, options)


def measure_edits(canvas: Canvas, options: argparse.Namespace) -> Iterator[tuple[str, list[float]]]:
    """The same for edits of a chain, and for their undoing."""
    canvas.document.open(chain(options.blocks))
    canvas.fit()
    for name, level in (("overview", 0.15), ("at 0.6", 0.61)):
        canvas.zoom_to(level)
        QApplication.processEvents()
        yield f"edit the head, {name}", list(edit(canvas, 30))
        yield f"undo that, {name}", list(undo(canvas, 30))
        yield f"move a block, {name}", list(move(canvas, 30))
        yield f"undo that, {name}", list(undo(canvas, 30))


def main() -> None:
    parser = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    parser.add_argument("--blocks", type=int, default=1000)
    parser.add_argument("--wires", type=int, default=1200)
    parser.add_argument("--frames", type=int, default=200)
    parser.add_argument("--json", action="store_true", help="one JSON object per line")
    parser.add_argument("--window", action="store_true", help="only edits, in the window with its panels")
    options = parser.parse_args()
    application = make_application()
    with tempfile.TemporaryDirectory() as folder:
        QSettings.setPath(QSettings.Format.IniFormat, QSettings.Scope.UserScope, folder)
        os.environ["CNNGUI_DATA_DIR"] = folder
        if options.window:
            window = make_window(Settings())
            window.resize(*SIZE)
            window.show()
            application.processEvents()
            report(measure_edits(window.workbench.canvas, options), options)
            window.close_without_asking()
        else:
            canvas = Canvas(Document(), Selection(), ThemeManager(Settings()))
            canvas.resize(*SIZE)
            canvas.show()
            application.processEvents()
            report(measure(canvas, options), options)
            canvas.close()


def report(measured: Iterator[tuple[str, list[float]]], options: argparse.Namespace) -> None:
    gc.freeze()  # as the application does once it is loaded
    for name, values in measured:
        median, late = statistics.median(values), statistics.quantiles(values, n=100)[98]
        if options.json:
            print(json.dumps({"what": name, "median_ms": round(median, 2), "p99_ms": round(late, 2)}))
        else:
            print(f"{name:<24} median {median:7.1f} ms   p99 {late:7.1f} ms", flush=True)


if __name__ == "__main__":
    main()
