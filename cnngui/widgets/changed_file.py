"""The question what becomes of a file that another program has changed, and of what is open here."""

from __future__ import annotations

from enum import Enum
from typing import Final

from PySide6.QtWidgets import QMessageBox, QWidget

MINE_HINT: Final = "Replaces the file; the design in it stays among its versions"
THEIRS_HINT: Final = "Opens the file; an unsaved design stays among its versions"


class Answer(Enum):
    """What the user wants; each but the last is a button with this text."""

    SAVE_AS = "Save &Beside…"
    OVERWRITE = "Keep &Mine"
    RELOAD = "Take &Theirs"
    NOTHING = ""


def ask_about_changes(window: QWidget, name: str) -> Answer:
    """Asks, with the answer that loses nothing proposed; Esc leaves the file and the window as they are."""
    box = QMessageBox(window)
    box.setIcon(QMessageBox.Icon.Warning)
    box.setWindowTitle("cnngui")
    box.setText(
        f"{name} was changed by another program since it was opened or saved here.\n"
        "Save Beside keeps both files. Keep Mine replaces what the other program saved, Take Theirs what is "
        "open here; of both, File › Browse Versions keeps the design, but not the trained weights."
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
