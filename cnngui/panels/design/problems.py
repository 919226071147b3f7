"""The list of everything that keeps the network from being trained, or that makes its training poor."""

from __future__ import annotations

from typing import Final

from PySide6.QtCore import QTimer, Signal
from PySide6.QtWidgets import QStackedLayout, QVBoxLayout, QWidget

from cnngui.commands.bench import Bench
from cnngui.models.document import Document, without_fixes
from cnngui.models.selection import Selection
from cnngui.panels.design.problem_view import ProblemList
from cnngui.panels.panel import PanelPlace, panel
from cnngui.theme.theme import GRID, SPACING, ThemeManager
from cnngui.widgets.small import EmptyState, Scroll, small_label
from core.errors import Problem

MAX_ROWS = 50
"""Nobody mends more than that one by one."""

MAX_FIXED = 8
"""Remedies are tried for so many problems: trying takes time, and one remedy often ends several problems."""

LARGE: Final = 200
"""Blocks of a design in which remedies are tried when the edits pause: each try infers the whole design."""
_PAUSE_MS: Final = 300


class ProblemsPanel(QWidget):
    """Follows the document. A click on a row shows its block, a click on a button mends it."""

    count_changed = Signal(int)
    """The number of problems, for the title of the dock."""
    fix_chosen = Signal(object)
    """The user wants this Fix."""
    fix_previewed = Signal(object)
    """The user looks at this Fix, or no longer at one (None)."""

    def __init__(
        self, document: Document, selection: Selection, themes: ThemeManager, parent: QWidget | None = None
    ) -> None:
        super().__init__(parent)
        self._document = document
        self._selection = selection
        self._problems: tuple[Problem, ...] = ()

        self._empty = EmptyState(themes, "check", "")
        self._list = ProblemList(themes, clickable=True)
        self._more = small_label()
        content = QWidget()
        column = QVBoxLayout(content)
        column.setContentsMargins(SPACING, SPACING, SPACING, SPACING)
        column.setSpacing(GRID)
        column.addWidget(self._list)
        column.addWidget(self._more)
        column.addStretch(1)
        self._scroll = Scroll(content)
        self._stack = QStackedLayout(self)
        self._stack.addWidget(self._empty)
        self._stack.addWidget(self._scroll)

        self._list.activated.connect(self._reveal)
        self._list.fix_chosen.connect(self.fix_chosen)
        self._list.previewed.connect(self.fix_previewed)
        self._list.focus_moved.connect(self._scroll.ensureWidgetVisible)
        self._pause = QTimer(self, singleShot=True, interval=_PAUSE_MS)
        self._pause.timeout.connect(self._try_remedies)
        document.changed.connect(self._update)
        self._update()

    @property
    def problems(self) -> tuple[Problem, ...]:
        """All problems: of the last run first, then of the design."""
        return self._problems

    def _update(self) -> None:
        count = len(self._problems)
        self._problems = self._document.inference.problems
        if len(self._document.graph.blocks) > LARGE:
            self._list.set_problems([without_fixes(p) for p in self._problems[:MAX_ROWS]])
            self._pause.start()
        else:
            self._try_remedies()
        hidden = len(self._problems) - MAX_ROWS
        self._more.setText(f"… and {hidden} more.")
        self._more.setVisible(hidden > 0)
        self._show_empty()
        self._stack.setCurrentWidget(self._scroll if self._problems else self._empty)
        if len(self._problems) != count:
            self.count_changed.emit(len(self._problems))

    def _try_remedies(self) -> None:
        """Adds to the problems the buttons that mend them."""
        self._pause.stop()
        tried = map(self._document.with_fixes, self._problems[:MAX_FIXED])
        self._list.set_problems((*tried, *map(without_fixes, self._problems[MAX_FIXED:MAX_ROWS])))

    def _show_empty(self) -> None:
        if self._document.graph.blocks and self._document.obstacles:
            self._empty.set_icon("blocks", lambda theme: theme.muted)
            self._empty.set_text("No problems so far.", "The first steps say what is still missing.")
        elif self._document.graph.blocks:
            self._empty.set_icon("check", lambda theme: theme.ok)
            self._empty.set_text("No problems. The network can be trained.")
        else:
            self._empty.set_icon("blocks", lambda theme: theme.muted)
            self._empty.set_text("The design is empty.", "What is wrong with its blocks will be listed here.")

    def _reveal(self, problem: Problem) -> None:
        if problem.block in self._document.graph.by_id:
            self._selection.reveal(str(problem.block))


def _begin(bench: Bench) -> None:
    """Counts the problems, seen or not, and comes into sight while they keep a run from being started."""

    def count() -> None:
        found = len(bench.document.inference.problems)
        bench.views.set_title("problems", f"Problems ({found})" if found else "Problems")
        if not found:
            bench.views.take_away("problems")

    bench.document.changed.connect(count)
    bench.run_control.refused.connect(lambda: bench.views.show_for_now("problems"))
    bench.run_control.began.connect(lambda: bench.views.take_away("problems"))
    count()


@panel("problems", "Problems", icon="warning", place=PanelPlace("bottom", 0.3), order=80, begin=_begin)
def problems(bench: Bench) -> ProblemsPanel:
    made = ProblemsPanel(bench.document, bench.selection, bench.themes)
    made.fix_chosen.connect(bench.editor.mend)
    made.fix_previewed.connect(bench.canvas.following.preview)
    return made
