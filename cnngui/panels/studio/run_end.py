"""The card at the end of a run: its result, samples read rightly and wrongly, and what can be done next."""

from __future__ import annotations

from PySide6.QtCore import Signal
from PySide6.QtGui import QPainter, QPaintEvent, QPalette, QShowEvent
from PySide6.QtWidgets import QHBoxLayout, QPushButton, QToolButton, QVBoxLayout, QWidget

from cnngui.commands.table import declared
from cnngui.models.judging import Sorted
from cnngui.models.models import Models
from cnngui.models.run import State
from cnngui.models.run_control import RunControl
from cnngui.models.shown_run import Weights
from cnngui.panels.studio.run_status import result_text
from cnngui.theme import icons
from cnngui.theme.theme import GRID, RADIUS, SPACING, ThemeManager
from cnngui.widgets.gallery import Gallery, Tile
from cnngui.widgets.pictures import levels_of, picture
from cnngui.widgets.small import IconLabel, TextLabel, small_label
from core.schema.written import counted_text
from core.training.verdicts import Verdict


class RunEnd(QWidget):
    """There from the end of a run until the next one begins, another project is open, or it is closed."""

    save_wanted = Signal()
    closed = Signal()

    def __init__(self, models: Models, control: RunControl, themes: ThemeManager) -> None:
        super().__init__()
        self._document, self._run = models.document, models.run
        self._judging, self._looking, self._data = models.judging, models.looking, models.data
        self._control = control
        self._themes = themes
        self._closed: Weights | None = None
        self._shown: Sorted | None = None
        self.title = TextLabel(bold=True)
        self.result = small_label(role=QPalette.ColorRole.WindowText)
        self.close_button = QToolButton()
        self.close_button.setAutoRaise(True)
        self.close_button.setAccessibleName("Close the result of the run")
        self.close_button.setToolTip("Close the result of the run")
        self.close_button.clicked.connect(self._close)
        self._titles = {right: small_label() for right in (False, True)}
        self.galleries = {right: Gallery(themes) for right in (False, True)}
        known = declared().commands
        self.save = QPushButton(known["save"].button_text)
        self.further = QPushButton(known["further"].button_text)
        self.over = QPushButton(known["anew"].button_text)
        self.ahead = small_label()
        self.save.setToolTip(known["save"].hint)
        self.over.setToolTip(known["anew"].hint)
        self.save.clicked.connect(self.save_wanted)
        self.further.clicked.connect(control.train_further)
        self.over.clicked.connect(control.start_over)
        for right, gallery in self.galleries.items():
            gallery.chosen.connect(lambda number, right=right: self._look_at(right, number))
        self._lay_out()
        self.setAccessibleName("Result of the run")
        for signal in (
            self._run.state_changed,
            self._run.ended,
            self._judging.sorted_out,
            self._document.changed,
            self._document.plan_changed,
            self._data.changed,
        ):
            signal.connect(self._update)
        themes.changed.connect(self._color)
        self._color()
        self._update()

    def _lay_out(self) -> None:
        head = QHBoxLayout()
        head.setSpacing(GRID)
        head.addWidget(IconLabel(self._themes, "check", lambda theme: theme.ok, size=16))
        head.addWidget(self.title, 1)
        head.addWidget(self.close_button)
        buttons = QHBoxLayout()
        buttons.setSpacing(GRID)
        for button in (self.save, self.further, self.over):
            buttons.addWidget(button)
        buttons.addStretch(1)
        column = QVBoxLayout(self)
        column.setContentsMargins(SPACING, GRID, SPACING, SPACING)
        column.setSpacing(GRID)
        column.addLayout(head)
        column.addLayout(buttons)  # above what has more or fewer lines: they are where they were last time
        column.addWidget(self.result)
        for right, gallery in self.galleries.items():
            column.addWidget(self._titles[right])
            column.addWidget(gallery)
        column.addWidget(self.ahead)

    @property
    def is_wanted(self) -> bool:
        """Whether a run is over, and nobody has closed its card."""
        run = self._run
        over = run.has_learned and run.state is State.IDLE and run.problem is None
        return over and self._closed is not run.weights

    def _update(self) -> None:
        run = self._run
        shown = self.is_wanted
        self.setVisible(shown)
        if not shown:
            return
        title, sentence = result_text(run)
        self.title.setText(title)
        self.result.setText(sentence)
        what = self._what_further_does()
        self.further.setVisible(not self._control.is_of_another_design)
        self.further.setEnabled(self._control.epochs_to_go > 0)
        self.further.setToolTip(what)
        self.ahead.setText(what)
        self.ahead.setVisible(bool(what))
        found = self._judging.samples
        if found is None and self.isVisible():
            self._judging.sort_out()
        if found is not self._shown or found is None:
            self._show_samples(found)

    def _what_further_does(self) -> str:
        """Nothing where the design is another one: Train offers what can be done with that."""
        control, epochs = self._control, self._control.epochs_to_go
        if control.is_of_another_design:
            return ""
        if epochs <= 0:
            return "The plan has as many epochs as it can."
        if control.resumes:
            left = f"the {counted_text(epochs, 'epoch')}" if epochs > 1 else "the last epoch"
            return f"Train further goes on with {left} that the plan still has."
        return (
            f"Train further adds {counted_text(epochs, 'epoch')} to the plan, and goes on with these weights."
        )

    def _show_samples(self, found: Sorted | None) -> None:
        self._shown = found
        for right, gallery in self.galleries.items():
            verdicts = [v for v in found.verdicts if v.right is right] if found is not None else []
            for widget in (gallery, self._titles[right]):
                widget.setVisible(bool(verdicts))
            if found is not None:
                name = "Read rightly" if right else "Read wrongly"
                self._titles[right].setText(name if right or not verdicts else _explained(found, verdicts[0]))
                gallery.setAccessibleName(f"{name} ({found.part} samples)")
                gallery.show_tiles([_tile(found, verdict) for verdict in verdicts])

    def _look_at(self, right: bool, number: int) -> None:
        """Shows the sample where feature maps are, as long as the data are those it is of."""
        found = self._judging.samples
        if found is not None and self._data.parts.get(found.part) is found.data:
            verdicts = [verdict for verdict in found.verdicts if verdict.right is right]
            self._looking.look_at(found.part, verdicts[number].sample)

    def _close(self) -> None:
        self._closed = self._run.weights
        self._update()
        self.closed.emit()

    def showEvent(self, event: QShowEvent) -> None:
        super().showEvent(event)
        self._update()  # samples are looked for where somebody sees them

    def _color(self) -> None:
        self.close_button.setIcon(icons.icon("close", self._themes.current.text))

    def paintEvent(self, event: QPaintEvent) -> None:
        painter, theme = QPainter(self), self._themes.current
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        painter.setPen(theme.border)
        painter.setBrush(theme.raised)
        painter.drawRoundedRect(self.rect().adjusted(0, 0, -1, -1), RADIUS / 2, RADIUS / 2)


def _tile(found: Sorted, verdict: Verdict) -> Tile:
    sample, _ = found.data.batch(verdict.sample)
    answer, truth = found.data.classes[verdict.answer], found.data.classes[verdict.truth]
    text = truth if verdict.right else f"{truth} as {answer}"
    help = f"It is {truth}, as the network says." if verdict.right else f"Taken for {answer}; it is {truth}."
    return Tile(picture(sample, levels_of(found.data)), text, help)


def _explained(found: Sorted, verdict: Verdict) -> str:
    """What the short texts below the samples mean."""
    answer, truth = found.data.classes[verdict.answer], found.data.classes[verdict.truth]
    return f"Read wrongly: “{truth} as {answer}” is {truth}, taken for {answer}"
