"""What the status bar has to offer: panels that have something to tell, and a workspace or a restart."""

from __future__ import annotations

from collections.abc import Callable
from typing import Final

from PySide6.QtCore import Signal
from PySide6.QtWidgets import QHBoxLayout, QPushButton, QSizePolicy, QToolButton, QWidget

from cnngui.theme.theme import GRID, SPACING
from cnngui.widgets.elided import ElidedLabel

_FAR_MORE: Final = 100
"""Of the room goes to the sentence until it has enough; the rest lies before it, and the button beside it."""


class Attention(QWidget):
    """A button for each panel that is out of sight and has something in its title, such as a count."""

    chosen = Signal(str)

    def __init__(self) -> None:
        super().__init__()
        self._buttons: dict[str, QToolButton] = {}
        self._row = QHBoxLayout(self)
        self._row.setContentsMargins(0, 0, 0, 0)
        self._row.setSpacing(GRID)

    def tell(self, titles: dict[str, str]) -> None:
        """The titles of these panels, by name, and of no others."""
        for name in self._buttons.keys() - titles.keys():
            self._buttons.pop(name).deleteLater()
        for name, title in titles.items():
            if name not in self._buttons:
                button = QToolButton()
                button.setAutoRaise(True)
                button.clicked.connect(lambda *_, name=name: self.chosen.emit(name))
                self._buttons[name] = button
                self._row.addWidget(button)
            self._buttons[name].setText(title)
            self._buttons[name].setToolTip(f"Show {title}")
        self.setVisible(bool(titles))


class Offer(QWidget):
    """One sentence with one button; nobody has to answer."""

    def __init__(self) -> None:
        super().__init__()
        self._run: Callable[[], object] = lambda: None
        self._text = ElidedLabel(hugs=True)
        self.button = QPushButton()
        self.button.setSizePolicy(QSizePolicy.Policy.Fixed, QSizePolicy.Policy.Fixed)
        row = QHBoxLayout(self)
        row.setContentsMargins(0, 0, 0, 0)
        row.setSpacing(SPACING)
        row.addStretch(1)
        row.addWidget(self._text, _FAR_MORE)
        row.addWidget(self.button)
        self.button.clicked.connect(self._answer)
        self.hide()

    @property
    def text(self) -> str:
        return self._text.text()

    def make(self, text: str, button: str, run: Callable[[], object], short: str = "") -> None:
        """Where there is no room for the text, `short` stands for it."""
        self._text.set_texts(text, short)
        self._text.setToolTip(text)
        self.button.setText(button)
        self.button.setToolTip(text)
        self.setAccessibleName(text)
        self._run = run
        self.show()

    def _answer(self) -> None:
        self._run()

    def withdraw(self) -> None:
        self.hide()
