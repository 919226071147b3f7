"""What the status bar shows while something is being saved."""

from __future__ import annotations

from PySide6.QtWidgets import QLabel

from cnngui.models.saving import Saving


class SavingStatus(QLabel):
    """Is there only while something is being saved."""

    def __init__(self, saving: Saving) -> None:
        super().__init__()
        self._saving = saving
        saving.changed.connect(self._update)
        self._update()

    def _update(self) -> None:
        path = self._saving.busy
        self.setVisible(path is not None)
        self.setText(f"Saving {path.name}…" if path is not None else "")
