"""`cnngui` and `python -m cnngui`."""

from __future__ import annotations

import sys
from pathlib import Path

import core


def main() -> int:
    """The entry point; gives the exit status."""
    ours, found = Path(__file__).resolve().parent.parent, Path(core.__file__).resolve().parent.parent
    if ours != found:
        print(
            f"cnngui: the folder {found / 'core'} hides cnngui's own package core. "
            "Start cnngui from another folder.",
            file=sys.stderr,
        )
        return 2
    from cnngui.cli import main as run  # noqa: PLC0415  # imports core

    return run(sys.argv[1:])


if __name__ == "__main__":
    sys.exit(main())
