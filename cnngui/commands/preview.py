"""Shows what the marked command of a menu or a list would do, where it can show that."""

from __future__ import annotations

from cnngui.commands.bench import Bench
from cnngui.commands.command import Command


class Preview:
    """Holds at most one preview."""

    def __init__(self, bench: Bench) -> None:
        self._bench = bench
        self._shown: Command | None = None

    def show(self, command: Command | None) -> None:
        """Shows what this command would do, instead of what was shown before."""
        before, self._shown = self._shown, command
        if before is not None and before.preview is not None:
            before.preview(self._bench, False)
        if command is not None and command.preview is not None:
            command.preview(self._bench, True)
