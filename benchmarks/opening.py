"""How long the window stands still while it opens a large design, and how much memory that takes.

Writes designs of several kinds into a temporary folder and opens each in a window of its own process.
Measures from the click to the end of the first painting, wall and CPU seconds of the window's thread, and
the growth of the peak. The goal is at most 2 s for whatever is opened; a refusal is told with its words.
    python -m benchmarks.opening [--kind chain] [--sizes 500 1000 2000] [--letters 10000]

Without QT_QPA_PLATFORM the window is drawn off screen.
"""

from __future__ import annotations

import argparse
import json
import os
import random
import sys
import tempfile
import time
from pathlib import Path
from typing import Any

os.environ.setdefault("QT_QPA_PLATFORM", "offscreen")

GOAL_SECONDS = 2.0
KINDS = (
    "chain", "stacked", "wide", "cycle", "dense", "random", "faulty", "comments", "frames", "groups", "nested"
)  # fmt: skip


def design(kind: str, size: int, letters: int) -> dict[str, Any]:
    """The JSON of a design of `size` parts."""
    notes = kind in ("comments", "frames")
    number = 0 if notes else size
    places = [[220 * (n % 40), 160 * (n // 40)] for n in range(max(size, number))]
    if kind == "stacked":
        places = [[0, 0]] * number
    if kind == "random":
        places = [[random.randrange(9000), random.randrange(9000)] for _ in range(number)]
    layers = [("add", {}) if kind == "dense" and n % 3 == 2 else ("relu", {}) for n in range(number)]
    if kind == "faulty":
        layers = [("conv2d", {"kernel": [90, 90]}) for _ in layers]
    if kind == "random":
        layers = [("add", {}) for _ in layers]
    if kind != "cycle" and layers:
        layers[0] = ("input", {})
    blocks = [
        {"id": f"b{n}", "kind": layer, "name": f"Block {n}", "position": places[n], "settings": settings}
        for n, (layer, settings) in enumerate(layers)
    ]
    wires = [] if kind == "wide" else [wire(n - 1, n) for n in range(1, number)]
    if kind == "cycle":
        wires.append(wire(number - 1, 0))
    if kind == "random":
        wires += [wire(random.randrange(n), n, 1 + place) for n in range(1, number) for place in range(3)]
    if kind == "dense":
        wires += [wire(max(0, n - 20 - n % 7), n, 1) for n in range(23, number, 3)]
    found: dict[str, Any] = {
        "format": "cnngui-design",
        "version": 2,
        "blocks": blocks,
        "wires": wires,
        "groups": [],
        "frames": [],
        "comments": [],
    }
    if kind == "comments":
        text = "word " * (letters // 5)
        found["comments"] = [{"id": f"c{n}", "text": text, "position": places[n]} for n in range(size)]
    if kind == "frames":
        found["frames"] = [
            {"id": f"f{n}", "title": f"Frame {n}", "position": places[n], "size": [200, 140]}
            for n in range(size)
        ]
    if kind == "groups":
        found["groups"] = [{"id": f"g{n}", "members": [f"b{n}"]} for n in range(size)]
    if kind == "nested":
        found["groups"] = [
            {"id": f"g{n}", "members": [f"b{n}", f"g{n - 1}"] if n % 20 else [f"b{n}"], "folded": n % 2 == 0}
            for n in range(size)
        ]
    return found


def wire(source: int, target: int, place: int = 0) -> dict[str, Any]:
    return {"from": f"b{source}", "to": f"b{target}", "input": place}


def measure(kind: str, size: int, letters: int) -> str:
    """Opens one such design in a window of its own process, and says how that went."""
    # The child loads Qt, and Windows has no resource.
    import resource  # noqa: PLC0415

    from PySide6.QtCore import QSettings  # noqa: PLC0415
    from PySide6.QtWidgets import QMessageBox  # noqa: PLC0415

    from cnngui.models.settings import Settings  # noqa: PLC0415
    from cnngui.window.app import make_application, make_window  # noqa: PLC0415

    folder = Path(tempfile.mkdtemp())
    QSettings.setPath(QSettings.Format.IniFormat, QSettings.Scope.UserScope, str(folder))
    path = folder / "large.json"
    path.write_text(json.dumps(design(kind, size, letters)), encoding="utf-8")
    said: list[str] = []
    box: Any = QMessageBox
    box.warning = staticmethod(lambda _parent, _title, text, *_: said.append(text))
    application = make_application()
    window = make_window(Settings())
    window.resize(1280, 800)
    window.show()
    bench = window.workbench
    bench.load_plots()
    settle = time.perf_counter() + 1
    while time.perf_counter() < settle:
        application.processEvents()
    before = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss
    stands = []
    started, cpu = time.perf_counter(), [time.thread_time()]
    bench.files.open_path(path)
    stands.append(time.perf_counter() - started)
    cpu.append(time.thread_time())
    while time.perf_counter() - started < max(stands) + 3:
        begun = time.perf_counter()
        application.processEvents()
        stands.append(time.perf_counter() - begun)
    cpu.append(time.thread_time())
    peak = (resource.getrusage(resource.RUSAGE_SELF).ru_maxrss - before) / 1024
    told = (
        f"{stands[0]:6.2f} s to open (CPU {cpu[1] - cpu[0]:.2f}), at most {max(stands[1:]):.2f} s afterwards "
        f"(CPU {cpu[2] - cpu[1]:.2f} in 3 s), {peak:.0f} MiB {''.join(said)[:200]}"
    )
    sys.stdout.flush()
    print(f"{kind:9} {size:6}  {told}", flush=True)
    os._exit(0)


def main() -> None:
    """Measures each in a process of its own."""
    import subprocess  # noqa: PLC0415

    parser = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    parser.add_argument("--kind", choices=KINDS, action="append")
    parser.add_argument("--sizes", type=int, nargs="+", default=[500, 1000, 2000])
    parser.add_argument("--letters", type=int, default=10_000, help="of a comment")
    parser.add_argument("--one", action="store_true", help=argparse.SUPPRESS)
    given = parser.parse_args()
    if given.one:
        measure(given.kind[0], given.sizes[0], given.letters)
    for kind in given.kind or KINDS:
        for size in given.sizes:
            command = [sys.executable, "-m", "benchmarks.opening", "--one", "--kind", kind]
            ended = subprocess.run(
                [*command, "--sizes", str(size), "--letters", str(given.letters)], check=False
            )
            if ended.returncode:
                print(f"{kind:9} {size:6}  ended with {ended.returncode}")


if __name__ == "__main__":
    main()
