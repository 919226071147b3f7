"""Starting the window, or saying in one line why that can't be."""

from __future__ import annotations

import os
import sys
from collections.abc import Sequence
from pathlib import Path

from cnngui.window import display
from core.errors import UsageError

SCREENSHOT = Path("cnngui-demo.png")


def open_window(names: Sequence[str]) -> int:
    """`cnngui [FILE ...]`.

    Raises UsageError where there is no display or a system library is missing, and for a word that is neither
    an example nor the name of a file.
    """
    for name in names:
        from cnngui.models.designs import require_design  # noqa: PLC0415  # an empty window does without it

        require_design(name)
    if not display.has_display() and not _wants_offscreen():
        raise UsageError(
            "There is no display to open a window on.",
            "Set DISPLAY or WAYLAND_DISPLAY, or work in the terminal: cnngui train --help.",
        )
    _need_libraries(offscreen=_wants_offscreen())
    from cnngui.window.app import run_window  # noqa: PLC0415  # only now is it sure that Qt can be loaded

    return run_window(names)


def run_demo() -> int:
    """`cnngui demo`: the window where there is a display, else the same training in the terminal."""
    if display.has_display():
        _need_libraries(offscreen=False)
        from cnngui.window.app import run_demo_window  # noqa: PLC0415  # as above

        return run_demo_window()
    print("There is no display: the demo runs in the terminal, and the window is drawn into a picture.")
    from cnngui.cli.demo import run_in_terminal  # noqa: PLC0415  # no Qt yet

    project = run_in_terminal()
    packages = display.missing_packages(offscreen=True)
    if packages:
        print(f"No picture: {display.advice(packages)}", file=sys.stderr)
        return 0
    os.environ["QT_QPA_PLATFORM"] = display.OFFSCREEN
    from cnngui.window.app import draw_window  # noqa: PLC0415  # only now is it sure that Qt can be loaded

    draw_window(project, SCREENSHOT)
    print(f"The window as a picture: {SCREENSHOT.resolve()}")
    return 0


def _wants_offscreen() -> bool:
    return os.environ.get("QT_QPA_PLATFORM", "").startswith(display.OFFSCREEN)


def _need_libraries(*, offscreen: bool) -> None:
    packages = display.missing_packages(offscreen=offscreen)
    if packages:
        raise UsageError(display.advice(packages).capitalize())
