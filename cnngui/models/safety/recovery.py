"""What was left behind by windows that didn't end properly, as offers to bring it back."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from dataclasses import dataclass

from PySide6.QtCore import QObject, Signal

from core.design.graph import Graph


@dataclass(frozen=True, eq=False)
class Offer:
    """One thing that can be brought back, and what to do with it."""

    title: str
    """What it is called: a file's name, say."""
    detail: str
    """A sentence on what there is and since when."""
    design: Graph
    """Its picture."""
    recover_text: str
    """On the button."""
    recover: Callable[[], object]
    discard: Callable[[], object]
    """What to do when somebody has said twice that it isn't wanted."""
    questions: tuple[str, str]
    """What is asked before."""


class Recovery(QObject):
    """The offers of this start. Whoever finds something adds it; the window shows them."""

    changed = Signal()
    wanted = Signal()
    """Somebody wants to see them."""

    def __init__(self, parent: QObject | None = None) -> None:
        super().__init__(parent)
        self.offers: list[Offer] = []

    def add(self, offers: Iterable[Offer]) -> None:
        self.offers += offers
        self.changed.emit()

    def show(self) -> None:
        """Has them shown."""
        self.wanted.emit()

    def remove(self, offer: Offer) -> None:
        """It is brought back, or discarded."""
        if offer in self.offers:
            self.offers.remove(offer)
            self.changed.emit()
