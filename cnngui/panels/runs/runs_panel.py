"""The runs that are kept: looked at, compared, and gone on with."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import dataclass
from functools import partial
from typing import Final, cast

from PySide6.QtCore import QEvent, QPoint, QSize, Qt
from PySide6.QtGui import QHideEvent, QKeyEvent, QKeySequence, QResizeEvent, QShowEvent
from PySide6.QtWidgets import (
    QApplication,
    QHBoxLayout,
    QMenu,
    QPushButton,
    QSplitter,
    QStackedWidget,
    QToolButton,
    QVBoxLayout,
    QWidget,
)

from cnngui.commands.bench import Bench
from cnngui.commands.kept_runs import (
    branch,
    clone,
    go_on,
    restore,
    why_not_cloned,
    why_not_deleted,
    why_not_shown,
)
from cnngui.forms.editors import ChoiceBox
from cnngui.panels.panel import PanelPlace, panel
from cnngui.panels.runs.checkpoint_choice import CheckpointChoice
from cnngui.panels.runs.compared import MOST, ComparedPlot, Line, marks_of
from cnngui.panels.runs.rows import Row, names_of, rows_of
from cnngui.panels.runs.run_model import RunModel
from cnngui.panels.runs.run_table import RunTable
from cnngui.theme.icons import icon
from cnngui.theme.theme import GRID, MARGIN, SMALL_SIZE, SPACING
from cnngui.widgets.elided import ElidedLabel
from cnngui.widgets.entries import add_entry
from cnngui.widgets.notice import Notice
from cnngui.widgets.search_line import SearchLine
from cnngui.widgets.small import MUTED, EmptyState
from core.errors import Problem
from core.formats.runs.kept import KeptRun
from core.schema.written import count_text, counted_text

_WIDE: Final = 640
"""From this width on, the curves stand beside the table, and buttons have their texts."""
_DELETED: Final = "{runs} deleted."
_DELETED_OPEN: Final = "{runs} deleted. The one that is open stays in this window until you close it."
_LEAST: Final = QSize(320, 160)
_HIGH: Final = 440
"""From this height on, the curves stand below the table of a narrow panel."""


@dataclass(frozen=True)
class Action:
    """What can be done with the selected runs."""

    name: str
    text: str
    icon: str
    help: str
    run: Callable[[], object]
    keys: str = ""


class RunsPanel(QWidget):
    """Up to date while it is seen."""

    def __init__(self, bench: Bench) -> None:
        super().__init__()
        self._bench = bench
        self._kept = bench.kept_runs
        self.model = RunModel(bench.themes)
        self.table = RunTable(self.model, bench.themes)
        self.search = SearchLine(bench.themes, "Filter runs")
        self.search.setMinimumWidth(20 * GRID)
        self.plot = ComparedPlot(bench.themes)
        self.shown = ChoiceBox("Which curves are compared")
        self.log = QToolButton()
        self.log.setText("Log")
        self.log.setCheckable(True)
        self.log.setAutoRaise(True)
        self.log.setToolTip("Logarithmic axis for the loss")
        self.log.setAccessibleName("Logarithmic axis for the loss")
        self.remark = ElidedLabel(size=SMALL_SIZE, role=MUTED)
        self.actions_by_name = {action.name: action for action in self._declared()}
        self.buttons = {name: self._button(action) for name, action in self.actions_by_name.items()}
        self.deleted = Notice(bench.themes, "delete", lambda theme: theme.muted, "Deleted runs")
        self.undo = self.deleted.button(
            "Undo",
            self._kept.bring_back,
            "Brings back all that was deleted (Ctrl+Z here: one deletion)",
        )
        self.deleted.button("Close", self._kept.forget_thrown)
        self._empty = EmptyState(bench.themes, "runs", "")
        self._empty.set_text("Looking at the runs…")
        self._stack = QStackedWidget()
        self._stack.addWidget(self._empty)
        self._stack.addWidget(self._page())
        column = QVBoxLayout(self)
        column.setContentsMargins(0, 0, 0, 0)
        column.setSpacing(0)
        column.addWidget(self.deleted)
        column.addWidget(self._stack, 1)
        self.setMinimumSize(_LEAST)
        self._connect()
        self._follow()

    # -- the parts -------------------------------------------------------------------------------------------

    def _declared(self) -> tuple[Action, ...]:
        return (
            Action(
                "continue",
                "Continue",
                "play",
                "Goes on training where the run stands",
                self._go_on,
                "Ctrl+Return",
            ),
            Action(
                "restore",
                "Restore",
                "restart",
                "Design, plan, weights and curves as they were",
                self._restore,
                "Return",
            ),
            Action("clone", "Clone", "duplicate", "Its design and plan, without its weights", self._clone),
            Action(
                "branch",
                "Branch…",
                "branch",
                "Goes on from one of its checkpoints, as another run",
                self._branch,
            ),
            Action(
                "note", "Note…", "comment", "Write something down about the run", self.table.edit_note, "F2"
            ),
            Action(
                "delete",
                "Delete",
                "delete",
                "Can be undone; it lies in the trash for 30 days",
                self._delete,
                "Del",
            ),
        )

    def _button(self, action: Action) -> QPushButton:
        button = QPushButton(action.text)
        button.setAccessibleName(action.text)
        button.clicked.connect(lambda *_: action.run())
        return button

    def _page(self) -> QWidget:
        head = QHBoxLayout()
        head.setContentsMargins(SPACING, GRID, MARGIN, GRID)
        head.setSpacing(GRID)
        head.addWidget(self.search, 1)
        for button in self.buttons.values():
            head.addWidget(button)
        above = QHBoxLayout()
        above.setContentsMargins(SPACING, GRID, MARGIN, 0)
        above.setSpacing(SPACING)
        above.addWidget(self.shown)
        above.addWidget(self.log)
        above.addWidget(self.remark, 1)
        self._curves = QWidget()
        beside = QVBoxLayout(self._curves)
        beside.setContentsMargins(0, 0, 0, 0)
        beside.setSpacing(0)
        beside.addLayout(above)
        beside.addWidget(self.plot, 1)
        self._split = QSplitter(Qt.Orientation.Horizontal)
        self._split.setChildrenCollapsible(False)
        self._split.addWidget(self.table)
        self._split.addWidget(self._curves)
        self._split.setStretchFactor(0, 3)
        self._split.setStretchFactor(1, 2)
        self._split.setSizes([6500, 3500])  # shares of whatever there is
        page = QWidget()
        column = QVBoxLayout(page)
        column.setContentsMargins(0, 0, 0, 0)
        column.setSpacing(0)
        column.addLayout(head)
        column.addWidget(self._split, 1)
        return page

    def _connect(self) -> None:
        kept, table = self._kept, self.table
        self.search.textChanged.connect(table.filter.look_for)
        self.model.noted.connect(kept.note)
        table.selection_changed.connect(self._choose)
        table.restore_wanted.connect(partial(self._try, "restore"))
        table.continue_wanted.connect(partial(self._try, "continue"))
        table.delete_wanted.connect(partial(self._try, "delete"))
        table.customContextMenuRequested.connect(self._show_menu)
        self.shown.currentIndexChanged.connect(self._draw)
        self.log.toggled.connect(self._draw)
        kept.changed.connect(self._follow)
        kept.curves_changed.connect(self._draw)
        kept.thrown_away.connect(self._show_deleted)
        kept.busy_changed.connect(self._enable)
        kept.failed.connect(self._tell)
        self._bench.run.state_changed.connect(self._enable)
        self._bench.run.network_changed.connect(self._follow_network)
        self._bench.run.rested.connect(self._look_again)
        self._bench.themes.changed.connect(self._color)
        self._color()

    # -- following -------------------------------------------------------------------------------------------

    def showEvent(self, event: QShowEvent) -> None:
        super().showEvent(event)
        self._kept.watch(watched=True)

    def hideEvent(self, event: QHideEvent) -> None:
        super().hideEvent(event)
        self._kept.watch(watched=False)

    def event(self, event: QEvent) -> bool:
        """Undo brings back runs here, and takes nothing back in the design."""
        if event.type() == QEvent.Type.ShortcutOverride and _undoes(cast(QKeyEvent, event)):
            event.accept()
            return True
        return super().event(event)

    def keyPressEvent(self, event: QKeyEvent) -> None:
        if _undoes(event):
            self._bring_back()
        else:
            super().keyPressEvent(event)

    def resizeEvent(self, event: QResizeEvent) -> None:
        super().resizeEvent(event)
        wide = self.width() >= _WIDE
        self._split.setOrientation(Qt.Orientation.Horizontal if wide else Qt.Orientation.Vertical)
        self._curves.setVisible(wide or self.height() >= _HIGH)
        for name, button in self.buttons.items():
            button.setText(self.actions_by_name[name].text if wide else "")

    def _follow(self) -> None:
        is_first = not self.model.rows
        self.model.show(rows_of(self._kept))
        if is_first:
            shown = self.table.shown
            self.table.choose([run for run in shown if self._kept.is_open(run)] or shown[:1])
        problem = self._kept.problem
        if problem is not None:
            self._empty.set_text(problem.message, problem.hint)
        elif self._kept.has_looked and not self._kept.runs:
            self._empty.set_text(
                "No run is kept yet.",
                "Train (Space): every run is kept here as it happens, to be compared and gone on with.",
            )
        focused = QApplication.focusWidget()
        if not self._kept.runs and focused is not None and self._stack.isAncestorOf(focused):
            (self.undo if self.deleted.isVisible() else self).setFocus()  # the keyboard stays here
        self._stack.setCurrentIndex(1 if self._kept.runs else 0)
        self._choose()

    def _follow_network(self) -> None:
        """Another run may be the one that is open."""
        if self.isVisible():
            self._follow()

    def _look_again(self) -> None:
        """A run has come to its end, and is open from now on."""
        if self.isVisible():
            self._kept.refresh()

    def _choose(self) -> None:
        """Other runs are selected: their curves are asked for, and what can be done with them changes."""
        chosen = self.table.chosen
        self._kept.want_curves(chosen[:MOST])
        self.model.mark(marks_of(chosen, self._bench.themes.current, self.devicePixelRatioF()))
        self._offer_metrics()
        self._draw()
        self._enable()

    @property
    def _chosen_rows(self) -> list[Row]:
        rows = {row.run.id: row for row in self.model.rows}
        return [rows[run] for run in self.table.chosen]

    def _offer_metrics(self) -> None:
        """The loss, and each metric that one of the selected runs has."""
        names = {"": "Loss"}
        for row in self._chosen_rows:
            for name in row.output.metrics if row.output is not None else ():
                names[name] = name.replace("_", " ").capitalize()
        if [self.shown.itemData(n) for n in range(self.shown.count())] != list(names):
            current = self.shown.currentData()
            self.shown.blockSignals(True)
            self.shown.clear()
            for name, text in names.items():
                self.shown.addItem(text, name)
            self.shown.setCurrentIndex(max(0, self.shown.findData(current)))
            self.shown.blockSignals(False)

    def _draw(self) -> None:
        rows, metric = self._chosen_rows, self.shown.currentData() or ""
        lines, shares = [], []
        for number, (row, name) in enumerate(zip(rows[:MOST], names_of(rows[:MOST]), strict=True)):
            curves = self._kept.curves_of(row.run.id)
            if curves is not None:
                lines.append(Line(number, name, curves))
                shares.append(row.output is not None and row.output.shares)
        share = bool(metric) and all(shares)
        self.log.setEnabled(not share)
        self.plot.show_lines(lines, metric, share=share, log=self.log.isChecked() and not share)
        if not rows:
            self.remark.set_texts("Select runs to see their curves over each other.")
        elif len(rows) > MOST:
            self.remark.set_texts(f"The first {count_text(MOST)} of {count_text(len(rows))} runs")
        else:
            self.remark.set_texts("Faint: training; with dots: validation", "With dots: validation")

    def _enable(self) -> None:
        runs = [row.run for row in self._chosen_rows]
        for name, button in self.buttons.items():
            why = self._why_not(name, runs)
            action = self.actions_by_name[name]
            button.setEnabled(why is None)
            keys = f" ({action.keys})" if action.keys else ""
            button.setToolTip(f"{action.text.rstrip('…')}{keys}: {why or action.help}")
            button.setAccessibleDescription(why or action.help)
        if self._kept.is_fetching:
            self.remark.set_texts("Reading the run…")

    def _why_not(self, name: str, runs: list[KeptRun]) -> str | None:
        if not runs:
            return "Select a run first."
        if name == "delete":
            return next(filter(None, (why_not_deleted(self._bench, run) for run in runs)), None)
        if len(runs) > 1:
            return "Select a single run."
        if name == "note":
            return None
        if name == "clone":
            return why_not_cloned(self._bench)
        return why_not_shown(self._bench, runs[0])

    def _color(self) -> None:
        theme = self._bench.themes.current
        for name, button in self.buttons.items():
            button.setIcon(icon(self.actions_by_name[name].icon, theme.text))
        self.model.mark(marks_of(self.table.chosen, theme, self.devicePixelRatioF()))

    def _show_deleted(self) -> None:
        thrown = self._kept.thrown
        if not thrown:
            focused = QApplication.focusWidget()
            if focused is not None and self.deleted.isAncestorOf(focused):
                self.setFocus()  # else Qt gives the keyboard to whatever comes next
            self.deleted.hide()
            return
        still = any(self._kept.is_open(path.name) for path in thrown)
        told = _DELETED_OPEN if still else _DELETED
        self.deleted.say(told.format(runs=counted_text(len(thrown), "run")))

    def _tell(self, problem: Problem) -> None:
        self._bench.say(str(problem))

    # -- what can be done ------------------------------------------------------------------------------------

    def _try(self, name: str) -> None:
        """A key was pressed: it says why it does nothing."""
        why = self._why_not(name, [row.run for row in self._chosen_rows])
        if why is None:
            self.actions_by_name[name].run()
        else:
            self._bench.say(why)

    def _each(self) -> Iterator[tuple[Action, bool]]:
        for name, action in self.actions_by_name.items():
            yield action, self.buttons[name].isEnabled()

    def _show_menu(self, place: QPoint) -> None:
        if not self.table.chosen:
            return
        menu = QMenu(self)
        menu.setAttribute(Qt.WidgetAttribute.WA_DeleteOnClose)
        for action, enabled in self._each():
            entry = add_entry(menu, action.icon, action.text, action.run, action.keys)
            entry.setEnabled(enabled)
            entry.setToolTip(action.help)
        menu.popup(self.table.viewport().mapToGlobal(place))

    def _go_on(self) -> None:
        go_on(self._bench, self.table.chosen[0])

    def _restore(self) -> None:
        restore(self._bench, self.table.chosen[0])

    def _clone(self) -> None:
        clone(self._bench, self.table.chosen[0])

    def _branch(self) -> None:
        row = self._chosen_rows[0]
        title = f"{row.run.begun.name}, begun {row.begun}"
        chosen = partial(branch, self._bench, row.run.id)
        CheckpointChoice(row.run, title, self._kept, chosen, self.window()).open()

    def _delete(self) -> None:
        self.table.setFocus()  # its button is disabled when nothing is selected any more
        self._kept.throw_away(self.table.chosen)

    def _bring_back(self) -> None:
        if self._kept.thrown:
            self._kept.bring_back_last()
        else:
            self._bench.say("No run was deleted. To undo a change of the design, go to the canvas first.")


def _undoes(event: QKeyEvent) -> bool:
    return event.matches(QKeySequence.StandardKey.Undo)


_PLACE: Final = PanelPlace("bottom", 0.4)


@panel(
    "runs",
    "Training History",
    icon="runs",
    place=_PLACE,
    open={"train": PanelPlace("bottom", 0.4, behind=True)},
    order=79,
    needs=lambda bench: bool(bench.run.curves.count),
)
def runs(bench: Bench) -> RunsPanel:
    return RunsPanel(bench)
