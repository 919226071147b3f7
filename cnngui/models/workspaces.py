"""The workspaces: what people do in the window, each with panels and a layout of its own."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Final


@dataclass(frozen=True)
class Workspace:
    """A tab of the window. `@panel` says by these names where a panel stands."""

    name: str
    title: str
    help: str
    type_size: float = 1.0
    """How much larger text is than elsewhere."""
    stays: bool = True
    """Whether the next start comes back to it; where it doesn't, Esc leaves it."""


WORKSPACES: Final = (
    Workspace("design", "Design", "Build the network"),
    Workspace("data", "Data", "Choose the data and look at them"),
    Workspace("train", "Train", "Train, and follow the curves"),
    Workspace("explain", "Explain", "See what the network does, and why"),
    Workspace(
        "present", "Present", "Show it to others, in large type; Esc leaves", type_size=1.4, stays=False
    ),
)
"""In the order of the tabs and of their keys, Ctrl+1 to Ctrl+5."""


def workspace(name: str) -> Workspace:
    """The workspace of this name; the first one for a name that nobody knows."""
    return next((known for known in WORKSPACES if known.name == name), WORKSPACES[0])
