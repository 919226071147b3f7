"""The question what becomes of a file that another program has changed, and of what is open here."""

from __future__ import annotations

from enum import Enum

from PySide6.QtWidgets import QMessageBox, QWidget


class Answer(Enum):
    """What the user wants; each but the last is a button with this text."""

    SAVE_AS = "&Save As…"
    OVERWRITE = "&Overwrite"
    RELOAD = "&Reload"
    NOTHING = ""


def ask_about_changes(window: QWidget, name: str) -> Answer:
    """Asks, with the answer that loses nothing proposed; Esc leaves the file and the window as they are."""
    box = QMessageBox(window)
    box.setIcon(QMessageBox.Icon.Warning)
    box.setWindowTitle("cnngui")
    box.setText(
        f"{name} was changed by another program since it was opened or saved here.\n"
        "Save As keeps both. Overwrite loses what the other program saved. Reload loses what is open here."
    )
    buttons = {
        answer: box.addButton(answer.value, QMessageBox.ButtonRole.AcceptRole)
        for answer in Answer
        if answer.value
    }
    box.setDefaultButton(buttons[Answer.SAVE_AS])
    box.addButton(QMessageBox.StandardButton.Cancel)
    box.exec()
    clicked = box.clickedButton()
    box.deleteLater()
    return next((answer for answer, button in buttons.items() if button is clicked), Answer.NOTHING)
