"""A disk that is slow or full when somebody saves."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path
from threading import Event

from core.errors import FormatError
from core.formats.project import ProjectFile, save_project
from tests.cnngui.runs import PATIENCE


class Disk:
    """What `save_project` is made of here: it may be slow, or full, and counts what is written."""

    def __init__(self) -> None:
        self.is_full = False
        self.written: list[ProjectFile] = []
        self._free = Event()
        self._free.set()

    def stop(self) -> None:
        """Nothing is written until `go_on`."""
        self._free.clear()

    def go_on(self) -> None:
        self._free.set()

    def write(
        self,
        path: Path,
        file: ProjectFile,
        known: str | None = None,
        told: Callable[[float], object] | None = None,
    ) -> str:
        self._free.wait(PATIENCE / 1000)
        if self.is_full:
            raise FormatError(f"{path.name} can't be written: No space left on device.")
        self.written.append(file)
        return save_project(path, file, known, told)
