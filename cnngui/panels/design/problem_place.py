"""The place of problems below a form: it doesn't move what is above, and once taken it stays."""

from __future__ import annotations

from collections.abc import Sequence

from PySide6.QtWidgets import QVBoxLayout, QWidget

from cnngui.models.document import MendableProblem
from cnngui.panels.design.problem_view import ProblemList
from cnngui.widgets.small import small_label


class ProblemPlace(QWidget):
    """A list of problems that keeps its height while the same thing is shown.

    Above the form, a problem that comes would push it down; below, a place that shrinks would scroll it
    when one goes. Then the next of some fast clicks would hit something else.
    """

    def __init__(self, problems: ProblemList) -> None:
        super().__init__()
        self._problems = problems
        self._solved = small_label("No problem is left.")
        column = QVBoxLayout(self)
        column.setContentsMargins(0, 0, 0, 0)
        column.addWidget(problems)
        column.addWidget(self._solved)
        column.addStretch(1)

    def show_problems(self, problems: Sequence[MendableProblem], *, same: bool) -> None:
        """`same`: of what was shown before."""
        self.setMinimumHeight(self.height() if same and self.isVisible() else 0)
        self._problems.set_problems(problems)
        self._problems.setVisible(bool(problems))
        self._solved.setVisible(not problems)
        self.setVisible(bool(problems) or self.minimumHeight() > 0)
