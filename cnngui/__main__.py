"""`cnngui` and `python -m cnngui`."""

from __future__ import annotations

import os
import sys

# By `python -m`, the working directory comes first: nothing is to run of what lies there, unless it is cnngui
# itself. Until this is done, only modules may be imported that Python has loaded for itself.
_HOME = os.path.dirname(os.path.dirname(os.path.abspath(__file__)))  # noqa: PTH100, PTH120
if __name__ == "__main__" and not sys.flags.safe_path and sys.path[0] != _HOME:
    del sys.path[0]

TYPE_CHECKING = False
if TYPE_CHECKING:
    from pathlib import Path

EXIT_INTERRUPTED = 130


def foreign_core() -> Path | None:
    """Another distribution's package `core`, where it hides ours; None where it doesn't.

    It isn't imported: it may do anything.
    """
    from importlib.util import find_spec  # noqa: PLC0415
    from pathlib import Path  # noqa: PLC0415

    spec = find_spec("core")
    found = Path((spec and spec.origin) or "").resolve().parent
    return None if found.parent == Path(_HOME).resolve() else found


def main() -> int:
    """The entry point; gives the exit status. All modules are loaded in here, where Ctrl+C is answered."""
    try:
        return _run()
    except KeyboardInterrupt:
        print("cnngui: interrupted.", file=sys.stderr)
        return EXIT_INTERRUPTED


def _run() -> int:
    hiding = foreign_core()
    if hiding is not None:
        print(
            f"cnngui: the folder {hiding} hides cnngui's own package core. Start cnngui from another folder.",
            file=sys.stderr,
        )
        return 2
    from cnngui.cli import main as run  # noqa: PLC0415  # imports core

    return run(sys.argv[1:])


if __name__ == "__main__":
    sys.exit(main())
