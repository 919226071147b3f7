"""How the learning rate changes over the run: the choice of a schedule, its settings, and the curve."""

from __future__ import annotations

from typing import Any

from PySide6.QtCore import QPointF, QSize, Qt, Signal
from PySide6.QtGui import QPainter, QPaintEvent, QPen, QPolygonF
from PySide6.QtWidgets import QHBoxLayout, QLabel, QSizePolicy, QVBoxLayout, QWidget

from cnngui.forms.editors import ChoiceBox
from cnngui.forms.form import Form
from cnngui.theme.formatting import number_text
from cnngui.theme.theme import SPACING, ThemeManager
from core.maths.schedules import SCHEDULES, Schedule
from core.schema.making import changed
from core.schema.param import wrong_of
from core.schema.written import counted_text
from core.training.plan import Plan

_CURVE_HEIGHT = 48
_POINTS = 200


class ChoiceRow(QWidget):
    """A choice with its label, in line with the rows of a form."""

    chosen = Signal(int)

    def __init__(self, label: str, help: str, titles: list[str], label_width: int) -> None:
        super().__init__()
        self.box = ChoiceBox(label, titles)
        self.box.setToolTip(help)
        self.box.activated.connect(self.chosen)
        text = QLabel(label)
        text.setFixedWidth(label_width)
        row = QHBoxLayout(self)
        row.setContentsMargins(0, 0, 0, 0)
        row.setSpacing(SPACING)
        row.addWidget(text)
        row.addWidget(self.box, 1)
        row.addStretch(0)


class ScheduleSettings(QWidget):
    """Follows the plan; a change becomes another schedule."""

    changed = Signal(object)
    """The Schedule that the user wants."""

    def __init__(self, themes: ThemeManager, label_width: int) -> None:
        super().__init__()
        self._label_width = label_width
        self._schedule: Schedule | None = None
        self._stands_in = False
        titles = [declared.title for declared in SCHEDULES]
        self.choice = ChoiceRow("Schedule", "How the learning rate changes over the run", titles, label_width)
        self.form = Form(themes)
        self.curve = RateCurve(themes)
        self.choice.chosen.connect(self._choose)
        self.form.changed.connect(self._set)
        column = QVBoxLayout(self)
        column.setContentsMargins(0, 0, 0, 0)
        column.setSpacing(SPACING)
        for widget in (self.choice, self.form, self.curve):
            column.addWidget(widget)

    def show_plan(self, plan: Plan) -> None:
        """Shows the plan's schedule and what comes of it."""
        self._schedule = plan.schedule
        self._stands_in = "schedule" in wrong_of(plan)
        self.choice.box.setCurrentIndex(list(SCHEDULES).index(type(plan.schedule)))
        self.form.update_object(plan.schedule)
        self.form.setVisible(bool(self.form.rows))
        for row in self.form.rows.values():
            row.label.setFixedWidth(self._label_width)
        self.curve.show_plan(plan)

    def _choose(self, number: int) -> None:
        declared = list(SCHEDULES)[number]
        if type(self._schedule) is not declared or self._stands_in:
            self.changed.emit(declared())

    def _set(self, name: str, value: Any) -> None:
        if self._schedule is not None:
            self.changed.emit(changed(self._schedule, **{name: value}))


class RateCurve(QWidget):
    """The learning rate from the first epoch to the last; hidden where it stays what it is."""

    def __init__(self, themes: ThemeManager) -> None:
        super().__init__()
        self._themes = themes
        self.rates: list[float] = []
        self.setSizePolicy(QSizePolicy.Policy.Expanding, QSizePolicy.Policy.Fixed)

    def sizeHint(self) -> QSize:
        return QSize(0, _CURVE_HEIGHT)

    def show_plan(self, plan: Plan) -> None:
        self.rates = [plan.learning_rate(plan.epochs * n / _POINTS) for n in range(_POINTS + 1)]
        self.setVisible(min(self.rates) < max(self.rates))
        text = (
            f"Learning rate over {counted_text(plan.epochs, 'epoch')}: "
            f"at most {number_text(max(self.rates))}, {number_text(self.rates[-1])} at the end"
        )
        self.setToolTip(text)
        self.setAccessibleName(text)
        self.update()

    def paintEvent(self, event: QPaintEvent) -> None:
        theme, painter = self._themes.current, QPainter(self)
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        width, height, top = self.width() - 1, self.height() - 3, max(self.rates, default=0) or 1.0
        painter.setPen(QPen(theme.border, 1))
        painter.drawLine(QPointF(0, height + 1.5), QPointF(width, height + 1.5))
        painter.setPen(QPen(theme.accent, 1.6, Qt.PenStyle.SolidLine, Qt.PenCapStyle.RoundCap))
        points = [
            QPointF(width * n / _POINTS, 1.5 + height * (1 - rate / top)) for n, rate in enumerate(self.rates)
        ]
        painter.drawPolyline(QPolygonF(points))
