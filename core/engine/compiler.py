"""A helper process: compiles the operations that it is told, one a line, and answers each with a line.

core/engine/machine/compilers.py starts it.
"""

from __future__ import annotations

import gc
import sys
from contextlib import suppress

from core.native.system import give_way


def main() -> None:
    give_way()
    gc.disable()  # looking for garbage would take a sixth of the time; it all goes with the process
    import core.engine.executor  # noqa: F401, PLC0415  # there is time for it until the first line comes
    from core.engine.machine.operation import find  # noqa: PLC0415

    for line in sys.stdin:
        with suppress(Exception):  # who needs it tries it, too, and reports what is wrong
            assert find(line.rstrip()).address
        print("tried", flush=True)


if __name__ == "__main__":
    with suppress(KeyboardInterrupt):
        main()
