"""The small dialogs of the Help menu."""

from __future__ import annotations

from html import escape

from PySide6.QtGui import QAction, QKeySequence
from PySide6.QtWidgets import QDialog, QDialogButtonBox, QMainWindow, QMessageBox, QTextBrowser, QVBoxLayout

from cnngui.theme.theme import MARGIN

_MOUSE = (
    ("Wheel", "Zoom at the cursor"),
    ("Drag with the middle button", "Move the canvas"),
    ("Drag over nothing", "Select what the frame touches"),
    ("Drag from port to port", "Draw a wire"),
    ("Tab", "Add a block by typing"),
    ("C", "Connect the block to another"),
    ("Ctrl and arrows", "Go from block to block"),
    ("Esc", "Cancel what the mouse is doing"),
    ("Arrows", "Move the selected blocks"),
)


def show_about(window: QMainWindow) -> None:
    """What this is."""
    QMessageBox.about(
        window,
        "About cnngui",
        "<b>cnngui</b><p>Drag layer blocks into a convolutional neural network and watch it learn.</p>"
        "<p>The training is written by hand in NumPy and Numba; no deep-learning library is used.</p>"
        "<p>Open source under the MIT licence.</p>",
    )


def show_shortcuts(window: QMainWindow) -> None:
    """A table of all keys, made from the actions themselves."""
    dialog = QDialog(window)
    dialog.setWindowTitle("Keyboard and mouse")
    text = QTextBrowser()
    rows = [(_keys(a), a.text().replace("&", "")) for a in window.findChildren(QAction) if _keys(a)]
    cells = "".join(
        f"<tr><td><b>{escape(keys)}</b></td><td width='24'></td><td>{escape(what)}</td></tr>"
        for keys, what in (*dict.fromkeys(rows), *_MOUSE)
    )
    text.setHtml(f"<table cellspacing='4'>{cells}</table>")
    buttons = QDialogButtonBox(QDialogButtonBox.StandardButton.Close)
    buttons.rejected.connect(dialog.reject)
    column = QVBoxLayout(dialog)
    column.setContentsMargins(MARGIN, MARGIN, MARGIN, MARGIN)
    column.addWidget(text)
    column.addWidget(buttons)
    dialog.resize(480, 560)
    dialog.open()


def _keys(action: QAction) -> str:
    return action.shortcut().toString(QKeySequence.SequenceFormat.NativeText)
