"""Comparing the open design with another one: a file's, or that of the run."""

from __future__ import annotations

from PySide6.QtCore import QObject, Signal

from cnngui.models.document import Document
from cnngui.models.run import Run
from core.design.difference import Difference, Matching, difference
from core.design.expand import computed
from core.design.graph import Graph

SINCE_TRAINING = "the design that was trained"


class Comparing(QObject):
    """The other design is the one before, the open one comes after it. It follows every edit."""

    changed = Signal()
    """`difference` is another one, or none any more."""

    def __init__(self, document: Document, run: Run, parent: QObject | None = None) -> None:
        super().__init__(parent)
        self._document = document
        self._run = run
        self._other: Graph | None = None
        self._name = ""
        self._matching: Matching | None = None
        self._follows_run = False
        self._found: Difference | None = None
        self._seen: Graph | None = None
        document.changed.connect(self._follow)
        document.opened.connect(self.stop)
        run.network_changed.connect(self._follow_run)

    @property
    def other(self) -> Graph | None:
        """What the open design is compared with."""
        return self._other

    @property
    def name(self) -> str:
        """What people call the other design."""
        return self._name

    @property
    def difference(self) -> Difference | None:
        """What leads from the other design to the open one; None while nothing is compared."""
        return self._found

    @property
    def has_changed_since_training(self) -> bool:
        """Whether the open design computes something else than the one of the run."""
        trained, graph = self._trained, self._document.graph
        return trained is not None and trained is not graph and computed(trained) != computed(graph)

    def compare_with(self, other: Graph, name: str, matching: Matching | None = None) -> None:
        """Compares with another design from now on; without `matching`, it is found out what fits."""
        self._other, self._name, self._matching, self._follows_run = other, name, matching, False
        self._compare()

    def show_since_training(self) -> None:
        """Compares with the design of the run: that is the same one, edited, so ids say what is what."""
        trained = self._trained
        if trained is not None:
            self.compare_with(trained, SINCE_TRAINING, "ids")
            self._follows_run = True

    def stop(self) -> None:
        """Ends it."""
        if self._other is not None:
            self._other = self._found = self._seen = None
            self._name, self._follows_run = "", False
            self.changed.emit()

    @property
    def _trained(self) -> Graph | None:
        run = self._run
        return run.graph if run.has_begun or run.has_learned else None

    def _follow(self) -> None:
        if self._other is not None and self._document.graph is not self._seen:
            self._compare()

    def _follow_run(self) -> None:
        """Another run has another design."""
        if self._follows_run:
            if self.has_changed_since_training:
                self.show_since_training()
            else:
                self.stop()

    def _compare(self) -> None:
        if self._other is not None:
            self._seen = self._document.graph
            self._found = difference(self._other, self._seen, self._matching)
            self.changed.emit()
