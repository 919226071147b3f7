"""Answers what stops the application: message boxes and file dialogs, at random."""

from __future__ import annotations

import random
from pathlib import Path

from PySide6.QtCore import QTimer
from PySide6.QtWidgets import QApplication, QDialog, QFileDialog, QMessageBox, QWidget

PAUSE_MS = 150
PATIENCE = 10
"""Looks after which a menu is closed that nothing else has closed."""


class Answers:
    """Goes on in the dialogs' own event loops: one timer waits in its slot, the next fires."""

    def __init__(self, choices: random.Random, folder: Path) -> None:
        self.count = 0
        self._choices = choices
        self._folder = folder
        self._stopped = False
        self._looks = 0
        QTimer.singleShot(PAUSE_MS, self._answer)

    def stop(self) -> None:
        self._stopped = True

    def _answer(self) -> None:
        if self._stopped:
            return
        QTimer.singleShot(PAUSE_MS, self._answer)
        self._close_old_menu()
        dialog = QApplication.activeModalWidget()
        if dialog is None:
            return
        self.count += 1
        if isinstance(dialog, QMessageBox):
            buttons = dialog.buttons()
            if buttons:
                self._choices.choice(buttons).click()
                return
        elif isinstance(dialog, QFileDialog) and self._choices.random() < 0.5:
            self._name(dialog)
            return
        self._leave(dialog)

    def _close_old_menu(self) -> None:
        """One that runs an event loop of its own would hold up everything."""
        popup = QApplication.activePopupWidget()
        self._looks = self._looks + 1 if popup is not None else 0
        if popup is not None and self._looks > PATIENCE:
            popup.close()

    def _name(self, dialog: QFileDialog) -> None:
        saving = dialog.acceptMode() == QFileDialog.AcceptMode.AcceptSave
        known = sorted(self._folder.glob("*.cnn"))
        if saving or not known:
            dialog.selectFile(str(self._folder / f"design{self._choices.randrange(4)}.cnn"))
        else:
            dialog.selectFile(str(self._choices.choice(known)))
        if saving or known:
            dialog.accept()
        else:
            dialog.reject()

    @staticmethod
    def _leave(dialog: QWidget) -> None:
        if isinstance(dialog, QDialog):
            dialog.reject()
        else:
            dialog.close()
