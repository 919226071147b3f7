"""The training panel: start and stop, progress and results, the data, and how to train."""

from __future__ import annotations

from typing import Any

from PySide6.QtCore import QSize, Qt
from PySide6.QtGui import QPalette
from PySide6.QtWidgets import (
    QHBoxLayout,
    QPushButton,
    QSizePolicy,
    QToolButton,
    QVBoxLayout,
    QWidget,
)

from cnngui.commands.bench import Bench
from cnngui.commands.table import declared
from cnngui.forms.form import Form
from cnngui.models.data import Data
from cnngui.models.models import Models
from cnngui.models.run import Run, State
from cnngui.models.run_control import RunControl
from cnngui.panels.data.preview import counts_text
from cnngui.panels.panel import PanelPlace, panel
from cnngui.panels.studio.run_diverged import RunDiverged
from cnngui.panels.studio.run_end import RunEnd
from cnngui.panels.studio.run_status import Results, RunStatus, result_text
from cnngui.panels.studio.schedule import ChoiceRow, ScheduleSettings
from cnngui.theme import icons
from cnngui.theme.theme import GRID, ICON_SIZE, MARGIN, SPACING, ThemeManager
from cnngui.widgets.banner import Banner
from cnngui.widgets.elided import ElidedLabel
from cnngui.widgets.small import IconLabel, Scroll, Separator, small_label
from core.design.expand import computed
from core.maths.optim import OPTIMIZERS
from core.maths.schedules import Schedule
from core.schema.making import changed
from core.schema.param import param_of, wrong_of
from core.training.plan import Plan

_PLACE = PanelPlace("right", 312)
_LABEL_WIDTH = 96
"""Pixels; one width for all forms, so that their fields stand in one line."""
_FIXED_DURING_RUN = ("validation", "seed")
"""Settings of the plan that decide how a run begins."""


class TrainingPanel(QWidget):
    """Follows the project and its run; what the buttons do is up to the run control."""

    def __init__(
        self,
        models: Models,
        control: RunControl,
        themes: ThemeManager,
        parent: QWidget | None = None,
    ) -> None:
        super().__init__(parent)
        self._document, self._data = models.document, models.data
        self._run, self._judging = models.run, models.judging
        self.control = control
        self._themes = themes
        self.train = QPushButton()
        self.anew = QPushButton(declared().commands["anew"].button_text)
        self.step, self.stop = QToolButton(), QToolButton()
        self.evaluate = QPushButton("Evaluate on test data")
        self.status, self.results = RunStatus(models.run, themes), Results(models.run, models.judging)
        self.banner = Banner(themes)
        self.diverged = RunDiverged(models, control)
        self.end = RunEnd(models, control, themes)
        self.data = DataLine(themes)
        titles = [optimizer.title for optimizer in OPTIMIZERS]
        self._choice = ChoiceRow("Optimiser", "How a gradient becomes a step", titles, _LABEL_WIDTH)
        self.optimizer = self._choice.box
        self.schedule = ScheduleSettings(themes, _LABEL_WIDTH)
        self.optimizer_form, self.plan_form = Form(themes), Form(themes)
        self.more = QToolButton()

        column = QVBoxLayout(self)
        column.setContentsMargins(0, 0, 0, 0)
        column.setSpacing(0)
        column.addWidget(self._head())
        column.addWidget(Separator())
        column.addWidget(Scroll(self._body()), 1)
        self._connect()
        self._color()
        self._update()

    # -- the parts -------------------------------------------------------------------------------------------

    def _head(self) -> QWidget:
        """What is needed all the time, above what scrolls."""
        self.train.setSizePolicy(QSizePolicy.Policy.Expanding, QSizePolicy.Policy.Fixed)
        self.train.setIconSize(QSize(ICON_SIZE, ICON_SIZE))
        self.anew.setToolTip(declared().commands["anew"].hint)
        for button, help in (
            (self.step, "Make one step: from here, or of a new run (Shift+Space)"),
            (self.stop, "Stop, and keep what was learned (Ctrl+.)"),
        ):
            button.setToolTip(help)
            button.setAccessibleName(help)
            button.setIconSize(QSize(ICON_SIZE, ICON_SIZE))
        buttons = QHBoxLayout()
        buttons.setSpacing(GRID)
        for widget in (self.train, self.anew, self.step, self.stop):
            buttons.addWidget(widget)
        head = QWidget()
        column = QVBoxLayout(head)
        column.setContentsMargins(MARGIN, MARGIN, MARGIN, SPACING)
        column.setSpacing(SPACING)
        column.addLayout(buttons)
        column.addWidget(self.status)
        return head

    def _body(self) -> QWidget:
        self.more.setAutoRaise(True)
        self.more.setCheckable(True)
        self.more.setToolButtonStyle(Qt.ToolButtonStyle.ToolButtonTextBesideIcon)
        above = (self.banner, self.diverged, self.end, self.results, self.evaluate, self.data, Separator())
        below = (
            self._choice,
            self.optimizer_form,
            self.more,
            Separator(),
            self.schedule,
            Separator(),
            self.plan_form,
        )
        body = QWidget()
        column = QVBoxLayout(body)
        column.setContentsMargins(MARGIN, SPACING, MARGIN, MARGIN)
        column.setSpacing(SPACING)
        for widget in above:
            column.addWidget(widget)
        for other in below:
            column.addWidget(other)
        column.addStretch(1)
        return body

    def _connect(self) -> None:
        document, data, run, judging = self._document, self._data, self._run, self._judging
        control = self.control
        self.train.clicked.connect(lambda: control.toggle(self.train))
        self.anew.clicked.connect(control.start_over)
        self.step.clicked.connect(self._make_step)
        self.stop.clicked.connect(run.stop)
        self.evaluate.clicked.connect(judging.evaluate)
        self.data.button.clicked.connect(control.data_needed)
        self.end.closed.connect(self._show_buttons)
        self.more.toggled.connect(self._show_more)
        self.optimizer.activated.connect(self._choose_optimizer)
        self.optimizer_form.changed.connect(self._set_optimizer)
        self.schedule.changed.connect(self._set_schedule)
        self.plan_form.changed.connect(self._set_plan)
        for signal in (
            run.state_changed,
            document.plan_changed,
            data.changed,
            judging.evaluated,
            data.failed,
            run.failed,
            document.changed,
        ):
            signal.connect(self._update)
        self._themes.changed.connect(self._color)

    # -- what the user does ----------------------------------------------------------------------------------

    def _make_step(self) -> None:
        """One step of a held run; where there is none, begins one that is held after its first step."""
        if self._run.active:
            self._run.step()
        else:
            self.control.start(held=True, asker=self.step)

    def _choose_optimizer(self, number: int) -> None:
        chosen = list(OPTIMIZERS)[number]
        plan = self._document.plan
        if type(plan.optimizer) is not chosen or "optimizer" in wrong_of(plan):
            plan = changed(plan, optimizer=chosen())
            self._document.set_plan(plan, f"Choose {chosen.title}")

    def _set_optimizer(self, name: str, value: Any) -> None:
        optimizer = changed(self._document.plan.optimizer, **{name: value})
        plan = changed(self._document.plan, optimizer=optimizer)
        self._document.set_plan(plan, _text(type(optimizer), name), merge_key=f"optimizer:{name}")

    def _set_schedule(self, schedule: Schedule) -> None:
        same = type(schedule) is type(self._document.plan.schedule)
        text, key = ("Change schedule", "schedule") if same else (f"Choose {schedule.title}", "")
        self._document.set_plan(changed(self._document.plan, schedule=schedule), text, merge_key=key)

    def _set_plan(self, name: str, value: Any) -> None:
        plan = changed(self._document.plan, **{name: value})
        self._document.set_plan(plan, _text(Plan, name), merge_key=f"plan:{name}")

    # -- following the models --------------------------------------------------------------------------------

    def _update(self) -> None:
        self._show_buttons()
        self._show_banner()
        self.data.show_source(self._data, self._run)
        plan = self._document.plan
        self.optimizer.setCurrentIndex(list(OPTIMIZERS).index(type(plan.optimizer)))
        self.optimizer_form.update_object(plan.optimizer)
        self.schedule.show_plan(plan)
        self.plan_form.update_object(plan)
        for row in (*self.optimizer_form.rows.values(), *self.plan_form.rows.values()):
            row.label.setFixedWidth(_LABEL_WIDTH)
            for box in (self.optimizer, self.schedule.choice.box):
                box.setMaximumWidth(row.editor.maximumWidth())
        self._show_more()
        for name in _FIXED_DURING_RUN:
            self.plan_form.editors[name].setEnabled(not self._run.active)

    def _show_more(self) -> None:
        """Of the optimiser's settings, the first (the learning rate) is always there."""
        shown = self.more.isChecked()
        self.more.setArrowType(Qt.ArrowType.DownArrow if shown else Qt.ArrowType.RightArrow)
        self.more.setText(f"{'Fewer' if shown else 'More'} settings of {self._document.plan.optimizer.title}")
        for row in list(self.optimizer_form.rows.values())[1:]:
            row.setVisible(shown)
            row.label.setVisible(shown)

    def _show_buttons(self) -> None:
        """As the commands in the tool bar: what is in the way of a run is said where one is asked for."""
        run, state = self._run, self._run.state
        obstacles = self._document.obstacles if state is State.IDLE else ()
        self.train.setText(self._verb())
        self.train.setEnabled(state not in (State.PREPARING, State.STOPPING))
        over = state is State.IDLE and run.has_finished(self._document.graph)
        help = "Train further, or start over (Space)" if over else "Space"
        self.train.setToolTip("\n".join(map(str, obstacles)) or help)
        self.anew.setVisible(self.control.resumes and not self.end.is_wanted)  # else the card has it
        self.step.setEnabled(state in (State.IDLE, State.PAUSED))
        self.stop.setEnabled(state in (State.PREPARING, State.RUNNING, State.PAUSED))
        self.evaluate.setVisible(state is State.IDLE and self._judging.can_evaluate)
        self._color_buttons()

    def _verb(self) -> str:
        match self._run.state:
            case State.RUNNING | State.STOPPING:
                return "Pause"
            case State.PAUSED:
                return "Continue"
            case _:
                return "Continue" if self.control.resumes else "Train"

    def _show_banner(self) -> None:
        run, graph = self._run, self._document.graph
        changed = run.graph is not None and computed(run.graph) != computed(graph)
        if run.problem is not None:
            self.banner.show_text("error", lambda theme: theme.error, str(run.problem))
        elif run.active and changed:
            self.banner.show_text(
                "info",
                lambda theme: theme.accent,
                "The design changed since this run started; the run goes on with the design it began with.",
            )
        elif run.checkpoint is not None and changed:
            self.banner.show_text(
                "info",
                lambda theme: theme.accent,
                "The design changed since the last run. Undo the change to continue that run, or press Train "
                "to go on with the trained weights or start over; Undo then brings the last run back.",
            )
        else:
            self.banner.hide()

    def _color(self) -> None:
        theme = self._themes.current
        self.stop.setIcon(icons.icon("stop", theme.text))
        self.step.setIcon(icons.icon("step", theme.text))
        self._color_buttons()

    def _color_buttons(self) -> None:
        """The primary button is filled with the accent while it can be pressed."""
        theme, palette = self._themes.current, QPalette(self.palette())
        palette.setColor(QPalette.ColorGroup.Active, QPalette.ColorRole.Button, theme.accent)
        palette.setColor(QPalette.ColorGroup.Inactive, QPalette.ColorRole.Button, theme.accent)
        palette.setColor(QPalette.ColorGroup.Active, QPalette.ColorRole.ButtonText, theme.on_accent)
        palette.setColor(QPalette.ColorGroup.Inactive, QPalette.ColorRole.ButtonText, theme.on_accent)
        self.train.setPalette(palette)
        color = theme.on_accent if self.train.isEnabled() else theme.muted
        self.train.setIcon(icons.icon("pause" if self._verb() == "Pause" else "play", color))


def _text(kind: type[object], name: str) -> str:
    """`Set learning rate`: what Undo calls a change of a setting."""
    return f"Set {param_of(kind, name).label.lower()}"


class DataLine(QWidget):
    """The data source in two lines, and the button to choose another one."""

    def __init__(self, themes: ThemeManager) -> None:
        super().__init__()
        self.button = QPushButton("Choose…")
        self._name, self._counts = ElidedLabel(), small_label()
        row = QHBoxLayout()
        row.setSpacing(SPACING)
        row.addWidget(IconLabel(themes, "data", lambda theme: theme.muted))
        row.addWidget(self._name, 1)
        row.addWidget(self.button)
        column = QVBoxLayout(self)
        column.setContentsMargins(0, 0, 0, 0)
        column.setSpacing(GRID)
        column.addLayout(row)
        column.addWidget(self._counts)

    def show_source(self, data: Data, run: Run) -> None:
        source = data.source
        self.button.setEnabled(not run.active)
        self.button.setToolTip(
            "Stop the run to choose other data" if run.active else "Choose the training data"
        )
        if data.loading is not None and (source is None or data.loading != source.spec):
            self._name.set_texts("Loading…")
            self._counts.setText(data.loading)
        elif source is None:
            self._name.set_texts("No data")
            self._counts.setText("Training needs samples.")
        else:
            self._name.set_texts(source.name)
            self._name.setToolTip(source.spec)
            self._counts.setText(counts_text(data.parts))


def _begin(bench: Bench) -> None:
    """Offers the workspace of training while a run is on; whoever does something else goes on with it."""

    def offer() -> None:
        run = bench.run
        if run.active:
            paused = run.state is State.PAUSED
            text = "The run is paused." if paused else "A network is being trained."
            bench.views.offer("train", text, "pause" if paused else "play")
        else:
            over = run.finished is not None and run.finished.reason == "completed" and run.problem is None
            bench.views.offer("train", f"{result_text(run)[0]}." if over else "", "check", "training")

    bench.run.state_changed.connect(offer)


@panel("training", "Training", icon="play", place=_PLACE, open={"train": _PLACE}, order=50, begin=_begin)
def training(bench: Bench) -> TrainingPanel:
    made = TrainingPanel(bench.models, bench.run_control, bench.themes)
    made.end.save_wanted.connect(bench.files.save)
    return made
