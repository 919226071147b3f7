"""The subcommands of `cnngui`, a file each: its name is the subcommand's, its `add_parser` declares it."""

from __future__ import annotations

import importlib
import pkgutil
from typing import Any, Final

NAMES: Final = tuple(sorted(module.name for module in pkgutil.iter_modules(__path__)))
"""Known without importing them: a window opens without any of them."""


def add_parsers(parsers: Any) -> None:
    """Adds all of them to what argparse's `add_subparsers` has made."""
    for name in NAMES:
        importlib.import_module(f"{__name__}.{name}").add_parser(parsers)
