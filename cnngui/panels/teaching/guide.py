"""The guided first design: a bar above the canvas that says what to do next, and sees when it is done."""

from __future__ import annotations

from typing import Final

from PySide6.QtCore import QRect, Qt, QTimer
from PySide6.QtGui import QPalette, QResizeEvent
from PySide6.QtWidgets import QHBoxLayout, QPushButton, QSizePolicy, QVBoxLayout, QWidget

from cnngui.commands.bench import Bench
from cnngui.models.run import State
from cnngui.panels.panel import PanelPlace, panel
from cnngui.panels.teaching.pointing import Pointing
from cnngui.theme.formatting import percent_text
from cnngui.theme.theme import GRID, MARGIN, SPACING, ThemeManager
from cnngui.widgets.small import MUTED, IconLabel, Separator, TextLabel, small_label
from core.layers import LAYERS
from core.teaching.lesson import STEPS
from core.templates.inserting import only_open_end

_TRAIN: Final = "Train"
_TRAIN_TEXT: Final = (
    "Press Train (Space): the loss falls, and the pictures on the blocks show what each one finds."
)
_LEARNS: Final = "Your network learns to read digits. The workspace Train shows its curves and feature maps."
_NEXT: Final = (
    "Next: see in Train which ones it gets wrong, "
    "or drag another Conv 2D from Blocks, in Design, onto the wire before Flatten."
)
_READS: Final = "Your network reads {} of the digits rightly that it hasn't seen before."
_CONNECT: Final = (
    "{} isn't connected yet: drag a wire to its input from the output of the block that it is to come behind."
)
_SELECT: Final = "Select the block that {0} is to come behind, then double-click {0}."
_TEXTS: Final = (
    *(task.text for step in STEPS for task in step.tasks),
    _CONNECT.format("Classification 1"),
    f"{_READS.format(percent_text(1))} {_NEXT}",
)
"""All that may have to be shown, or is as long."""
_TO_RESULT: Final = "Show the result"
_TO_DESIGN: Final = "Go to Design"


class Guide(QWidget):
    """Shows the lesson; it is in nobody's way and can be closed at any time."""

    def __init__(self, bench: Bench, pointing: Pointing) -> None:
        super().__init__()
        self._bench, self._pointing = bench, pointing
        self._trains = False
        """Whether the button begins the run."""
        self.marks = [Mark(bench.themes, step.title) for step in STEPS] + [Mark(bench.themes, _TRAIN)]
        self.text = TextLabel()
        self.next = QPushButton()
        self.next.clicked.connect(self._go_on)
        self.end = QPushButton()
        self.end.clicked.connect(bench.lesson.end)
        row = QHBoxLayout()
        row.setSpacing(MARGIN)
        for mark in self.marks:
            row.addWidget(mark)
        row.addStretch(1)
        below = QHBoxLayout()
        below.setSpacing(MARGIN)
        below.addWidget(self.text, 1)
        below.addWidget(self.next)
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
        bench.lesson.changed.connect(self._update)
        self._laid_out = QTimer(self, singleShot=True, interval=0)  # what is in sight may change until then
        self._laid_out.timeout.connect(self._update)
        bench.selection.changed.connect(self._update)
        for changed in (bench.views.changed, pointing.changed):
            changed.connect(self._update)
            changed.connect(self._laid_out.start)
        self._update()

    def _update(self) -> None:
        lesson = self._bench.lesson
        done = lesson.done
        current = done.index(False) if False in done else None
        for number, mark in enumerate(self.marks):
            mark.show_state(done=done[number], current=number == current)
        self._fit_marks()
        self.text.setText(self._text_of_task() or self._text_of_run())
        self.setAccessibleDescription(self.text.text())
        self.end.setText("Close" if current is None else "End the tour")
        self._trains = lesson.task is None and current is not None and not self._bench.run.active
        offered = self._offered(trained=current is None)
        self.next.setText(offered)
        self.next.setVisible(bool(offered))
        self._keep_height()

    def _keep_height(self) -> None:
        """The canvas below doesn't jump as a text of another length comes, or a button beside it."""
        buttons = 2 * MARGIN + self.end.sizeHint().width() + self._widest_button
        room = max(1, self.width() - 2 * MARGIN - buttons)
        metrics, wrapped = self.text.fontMetrics(), Qt.TextFlag.TextWordWrap
        place = QRect(0, 0, room, 1 << 16)
        self.text.setMinimumHeight(max(metrics.boundingRect(place, wrapped, t).height() for t in _TEXTS))

    @property
    def _widest_button(self) -> int:
        """Pixels that the button beside the text takes at most."""
        around = self.next.sizeHint().width() - self.next.fontMetrics().horizontalAdvance(self.next.text())
        return around + max(map(self.next.fontMetrics().horizontalAdvance, (_TO_RESULT, _TO_DESIGN)))

    def _fit_marks(self) -> None:
        """Where there isn't the room for all names, only that of the current step is written."""
        room = self.width() - MARGIN * (len(self.marks) + 2)  # at both ends and between all
        short = sum(mark.full_width for mark in self.marks) > room
        for mark in self.marks:
            mark.show_name(wanted=not short or mark.is_current)

    def resizeEvent(self, event: QResizeEvent) -> None:
        super().resizeEvent(event)
        self._fit_marks()
        self._keep_height()

    def _offered(self, *, trained: bool) -> str:
        """What a click does for whoever goes on; nothing where that is in sight."""
        views, panel = self._bench.views, self._pointing.panel
        if self._bench.lesson.task is not None:
            return "" if self._pointing.is_in_sight else f"Show {views.panels()[panel]}"
        if self._trains:
            return _TRAIN
        there = views.workspace == "train"
        if trained and there and not views.is_in_sight("training"):
            return _TO_RESULT
        if trained and there and not self._bench.run.active:
            return _TO_DESIGN
        return "" if there else "Go to Train"

    def _text_of_task(self) -> str:
        """What is to be done to the design; how a block gets its input, where that isn't certain."""
        bench = self._bench
        task, unconnected, graph = bench.lesson.task, bench.lesson.unconnected, bench.document.graph
        if task is None:
            return ""
        if unconnected is not None:
            return _CONNECT.format(unconnected.name)
        follows = bool(task.kind) and LAYERS[task.kind].inputs != 0 and bool(graph.blocks)
        if follows and bench.selection.current is None and only_open_end(graph) is None:
            return _SELECT.format(LAYERS[task.kind].title)
        return task.text

    def _text_of_run(self) -> str:
        """What there is to do where the design is complete: it isn't trained, learns, or has learned."""
        run = self._bench.run
        if run.problem is not None:
            return str(run.problem)
        if run.state is State.PREPARING:
            return "The network is being prepared; training begins in a moment."
        if not self._bench.lesson.done[-1]:
            return _TRAIN_TEXT
        if run.active:
            return _LEARNS
        epoch, output = run.result_epoch, run.output
        if epoch is None or epoch.validation is None or output is None or not output.shares:
            return f"Your network has learned to read digits. {_NEXT}"
        share = percent_text(epoch.validation.first_metric)
        return f"{_READS.format(share)} {_NEXT}"

    def _go_on(self) -> None:
        if self._bench.lesson.task is not None:
            self._pointing.show()
        elif self._trains:
            self._bench.run_control.toggle(self.next)
        elif self.next.text() == _TO_DESIGN:
            self._bench.views.switch_to_panel("design", "blocks")
        else:
            self._bench.views.switch_to_panel("train", "" if self._bench.run.active else "training")


class Mark(QWidget):
    """One step: its name, with a tick when it is done."""

    def __init__(self, themes: ThemeManager, title: str) -> None:
        super().__init__()
        self._title = title
        self.done = self.is_current = False
        self.setToolTip(title)
        self._icon = IconLabel(themes, "check", lambda theme: theme.ok, size=14)
        self._label = small_label(title)
        self._label.setWordWrap(False)
        self._label.setSizePolicy(QSizePolicy.Policy.Minimum, QSizePolicy.Policy.Preferred)
        row = QHBoxLayout(self)
        row.setContentsMargins(0, 0, 0, 0)
        row.setSpacing(GRID)
        row.addWidget(self._icon)
        row.addWidget(self._label)

    @property
    def full_width(self) -> int:
        """With the name of the step, in pixels."""
        return self._icon.minimumWidth() + GRID + self._label.sizeHint().width()

    def show_name(self, *, wanted: bool) -> None:
        self._label.setVisible(wanted)

    def show_state(self, *, done: bool, current: bool) -> None:
        self.done, self.is_current = done, current
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


def _begin(bench: Bench) -> None:
    """It goes with the lesson, which ends when another project is opened."""

    def follow() -> None:
        if not bench.lesson.is_on:
            bench.views.close_panel("guide")

    def show_all() -> None:
        """The pictures on the blocks are what a first run is about."""
        if bench.lesson.is_on:
            bench.canvas.fit()

    bench.lesson.changed.connect(follow)
    bench.run_control.refused.connect(bench.lesson.warn)
    bench.run_control.began.connect(show_all)


@panel("guide", "First steps", icon="next", place=PanelPlace("bar"), order=95, begin=_begin)
def guide(bench: Bench) -> Guide:
    pointing = Pointing(bench)
    bench.lesson.begin()
    made = Guide(bench, pointing)
    pointing.setParent(made)
    return made
