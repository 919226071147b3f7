"""Compiles what a network needs before anybody waits for it, in processes of its own.

Compilation holds the interpreter's lock: in a thread it would make a window stutter. A process fills the
cache instead, and the program that is built afterwards finds everything there.

    python -m core.engine.warmup < design.json
"""

from __future__ import annotations

import subprocess
import sys

import numpy as np

from core.errors import CoreError
from core.formats.design import from_text, to_text
from core.graph import Graph


class WarmUp:
    """A process that compiles for a design; close it, done or not."""

    def __init__(self, graph: Graph) -> None:
        self._process = subprocess.Popen(
            [sys.executable, "-m", "core.engine.warmup"],
            stdin=subprocess.PIPE,
            stdout=subprocess.DEVNULL,
            stderr=subprocess.DEVNULL,
            text=True,
        )
        assert self._process.stdin is not None  # it is a pipe
        try:
            self._process.stdin.write(to_text(graph))
            self._process.stdin.close()
        except OSError:  # it didn't start properly: then the first step compiles
            self.close()

    @property
    def done(self) -> bool:
        """Whether it has ended; where it failed, the first step compiles."""
        return self._process.poll() is not None

    def close(self) -> None:
        """Ends the process, whatever it does."""
        self._process.kill()
        self._process.wait()


def compile_all(graph: Graph) -> None:
    """Compiles for training and evaluation by running both on one image. Raises CoreError."""
    from core.engine.executor import EngineProgram  # noqa: PLC0415  # needs numba
    from core.optim import OPTIMIZERS, OptimizerState  # noqa: PLC0415

    program = EngineProgram(graph)
    x = np.zeros((1, *program.shapes[program.input.id]), np.float32)
    classes = program.output_layer.target == "class"
    target = (
        np.zeros(1, np.int64) if classes else np.zeros((1, *program.shapes[program.output.id]), np.float32)
    )
    for kind in OPTIMIZERS:
        program.train_step(x, target, OptimizerState(kind(), program.parameters.values))
    program.scores(x)


def main() -> None:
    try:
        compile_all(from_text(sys.stdin.read()))
    except CoreError as error:
        sys.exit(str(error))


if __name__ == "__main__":
    main()
