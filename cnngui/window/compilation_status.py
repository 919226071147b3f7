"""What the status bar shows while operations are compiled: how far that is, and a way to end the wait."""

from __future__ import annotations

from PySide6.QtWidgets import QHBoxLayout, QLabel, QPushButton, QSizePolicy, QWidget

from cnngui.models.run import Run
from cnngui.theme.formatting import ahead_text, compiling_text
from cnngui.theme.theme import SPACING, ThemeManager
from cnngui.widgets.bar import Bar

_BAR_WIDTH = 120
_REASON = "This computer translates the network's operations once; the next start finds them."


class CompilationStatus(QWidget):
    """Is there only while something is compiled. What is compiled ahead keeps nobody waiting: it says what
    it is good for, and asks for no decision."""

    def __init__(self, run: Run, themes: ThemeManager) -> None:
        super().__init__()
        self._run = run
        self._text = QLabel()
        self._bar = Bar(themes)
        self._bar.setFixedWidth(_BAR_WIDTH)
        self.cancel = QPushButton("Cancel")
        self.cancel.setSizePolicy(QSizePolicy.Policy.Fixed, QSizePolicy.Policy.Fixed)
        self.setToolTip(_REASON)
        row = QHBoxLayout(self)
        row.setContentsMargins(0, 0, 0, 0)
        row.setSpacing(SPACING)
        for widget in (self._text, self._bar, self.cancel):
            row.addWidget(widget)
        self.cancel.clicked.connect(run.cancel_compiling)
        run.compiling_changed.connect(self._update)
        run.state_changed.connect(self._update)
        self._update()

    @property
    def text(self) -> str:
        return self._text.text()

    def _update(self) -> None:
        progress = self._run.compiling
        self.setVisible(progress is not None)
        if progress is not None:
            waits = self._run.active
            self._text.setText(compiling_text(progress) if waits else ahead_text(progress))
            self.cancel.setVisible(waits)
            self._bar.set_share(progress.share)
