"""What a remedy is."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass

from core.graph import Graph


@dataclass(frozen=True)
class Fix:
    """A one-click remedy: `title` says what it does, `apply` is the edit."""

    title: str
    apply: Callable[[Graph], Graph]
