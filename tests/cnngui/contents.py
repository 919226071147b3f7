"""The panels of a window, for tests."""

from __future__ import annotations

from typing import TypeVar

from PySide6.QtWidgets import QWidget

from cnngui.window.workbench import Workbench

W = TypeVar("W", bound=QWidget)


def content(workbench: Workbench, name: str, kind: type[W]) -> W:
    """What the panel of this name holds, made now where nobody has seen it yet."""
    made = workbench.views.content(name)
    assert isinstance(made, kind)
    return made
