"""`cnngui demo`: a first look, in the window or, without a display, in the terminal."""

from __future__ import annotations

import argparse
from typing import Any


def add_parser(commands: Any) -> None:
    """Adds the command."""
    text = "a LeNet learns the embedded digits, in the window or the terminal"
    commands.add_parser("demo", help=text).set_defaults(run=run)


def run(_: argparse.Namespace) -> int:
    """Shows the demo."""
    from cnngui.window.start import run_demo  # noqa: PLC0415  # Qt only where a window is wanted

    return run_demo()
