"""What this is."""

from __future__ import annotations

from typing import Final

from PySide6.QtCore import Qt
from PySide6.QtWidgets import QMessageBox

from cnngui.assets import version_text
from cnngui.commands.bench import Bench
from cnngui.theme.icons import application_icon

_ICON: Final = 64
_TEXT: Final = (
    "<b>cnngui</b> {version}<p>Drag layer blocks into a convolutional neural network and watch it learn.</p>"
    "<p>The training is written by hand in NumPy and Numba; no deep-learning library is used.</p>"
    "<p>Open source under the MIT licence.</p>"
)


def show_about(bench: Bench) -> None:
    """A box with a few sentences; it doesn't wait for its end."""
    box = QMessageBox(
        QMessageBox.Icon.NoIcon,
        "About cnngui",
        _TEXT.format(version=version_text()),
        parent=bench.canvas.window(),
    )
    box.setIconPixmap(application_icon().pixmap(_ICON))
    box.setAttribute(Qt.WidgetAttribute.WA_DeleteOnClose)
    box.open()
