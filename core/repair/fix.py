"""What a remedy is."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass

from core.design.graph import Graph


@dataclass(frozen=True)
class Fix:
    """A remedy: `title` says what it does; `apply` is the edit, which raises DesignError if it can't."""

    title: str
    apply: Callable[[Graph], Graph]
