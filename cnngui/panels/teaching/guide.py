"""The guided first design: a bar above the canvas that says what to do next, and sees when it is done."""

from __future__ import annotations

from PySide6.QtCore import Signal
from PySide6.QtGui import QPalette
from PySide6.QtWidgets import QHBoxLayout, QPushButton, QSizePolicy, QVBoxLayout, QWidget

from cnngui.commands.bench import Bench
from cnngui.models.document import Document
from cnngui.models.run import Run
from cnngui.panels.panel import PanelPlace, panel
from cnngui.theme.theme import GRID, MARGIN, SPACING, ThemeManager
from cnngui.widgets.small import MUTED, IconLabel, Separator, TextLabel, small_label
from core.teaching.lesson import STEPS

_TRAIN = "Train"
_TRAIN_TEXT = "Press Train (Space): the loss falls, and the pictures on the blocks show what each one finds."
_END = "Your network learns to read digits. Select a block and look at Feature maps, or change something."


class Guide(QWidget):
    """Follows the document and the run; it is in nobody's way and can be closed at any time."""

    closed = Signal()

    def __init__(self, document: Document, run: Run, themes: ThemeManager) -> None:
        super().__init__()
        self._document = document
        self._run = run
        self.marks = [Mark(themes, step.title) for step in STEPS] + [Mark(themes, _TRAIN)]
        self.text = TextLabel()
        self.end = QPushButton("End the tour")
        self.end.clicked.connect(self.closed)
        row = QHBoxLayout()
        row.setSpacing(MARGIN)
        for mark in self.marks:
            row.addWidget(mark)
        row.addStretch(1)
        below = QHBoxLayout()
        below.setSpacing(MARGIN)
        below.addWidget(self.text, 1)
        below.addWidget(self.end)
        column = QVBoxLayout(self)
        column.setContentsMargins(MARGIN, SPACING, MARGIN, 0)
        column.setSpacing(GRID)
        column.addLayout(row)
        column.addLayout(below)
        column.addWidget(Separator())
        self.setAutoFillBackground(True)
        self.setBackgroundRole(QPalette.ColorRole.Window)
        self.setAccessibleName("Guided first design")
        document.changed.connect(self._update)
        run.curves_changed.connect(self._update)
        self._update()

    def _update(self) -> None:
        graph = self._document.graph
        learns = self._run.last_step is not None and self._run.graph is not None
        done = [step.done(graph) for step in STEPS] + [learns]
        current = done.index(False) if False in done else None
        for number, mark in enumerate(self.marks):
            mark.show_state(done=done[number], current=number == current)
        texts = [*(step.text for step in STEPS), _TRAIN_TEXT]
        self.text.setText(_END if current is None else texts[current])
        self.setAccessibleDescription(self.text.text())
        self.end.setText("Close" if current is None else "End the tour")


class Mark(QWidget):
    """One step: its name, with a tick when it is done."""

    def __init__(self, themes: ThemeManager, title: str) -> None:
        super().__init__()
        self._title = title
        self.done = False
        self._icon = IconLabel(themes, "check", lambda theme: theme.ok, size=14)
        self._label = small_label(title)
        self._label.setWordWrap(False)
        self._label.setSizePolicy(QSizePolicy.Policy.Minimum, QSizePolicy.Policy.Preferred)
        row = QHBoxLayout(self)
        row.setContentsMargins(0, 0, 0, 0)
        row.setSpacing(GRID)
        row.addWidget(self._icon)
        row.addWidget(self._label)

    def show_state(self, *, done: bool, current: bool) -> None:
        self.done = done
        name = "check" if done else "next"
        self._icon.set_icon(
            name, lambda theme: theme.ok if done else theme.accent if current else theme.border
        )
        self._label.setForegroundRole(QPalette.ColorRole.WindowText if current else MUTED)
        font = self._label.font()
        font.setBold(current)
        self._label.setFont(font)
        state = "done" if done else "now" if current else "later"
        self.setAccessibleName(f"{self._title}: {state}")


@panel("guide", "First steps", icon="next", place=PanelPlace("bar"), order=95)
def guide(bench: Bench) -> Guide:
    made = Guide(bench.document, bench.run, bench.themes)
    made.closed.connect(lambda: bench.views.close_panel("guide"))
    return made
