"""What gestures, popups and screen readers may ask of the canvas."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Protocol

from PySide6.QtCore import QPoint, QPointF, QRect, QRectF
from PySide6.QtWidgets import QWidget

from cnngui.canvas.drawing.scene import Scene
from cnngui.canvas.editor.editor import Editor
from cnngui.models.document import Document
from cnngui.models.selection import Selection


class Stage(Protocol):
    """The design as it is seen: a drawing, the part of it in sight, and the editor of what is drawn.

    Points and areas of the plane are in its own pixels (`QPointF`, `QRectF`); on the screen they are in
    pixels of the viewport (`QPoint`, `QRect`).
    """

    @property
    def document(self) -> Document:
        """The open design."""

    @property
    def selection(self) -> Selection:
        """Which of its blocks, frames and comments are selected."""

    @property
    def editor(self) -> Editor:
        """All edits; `select`, too, which knows of wires."""

    @property
    def drawing(self) -> Scene:
        """What is drawn: the document, or what a gesture or a remedy that is looked at would make of it."""

    def show_document(self) -> None:
        """Draws the document as it is: after a gesture, whatever became of it."""

    def end_preview(self) -> None:
        """Draws the document where what a remedy would make of it was drawn."""

    def hint(self, text: str | None, cursor: QPoint | None = None) -> None:
        """Shows a text beside the cursor while a gesture runs, or hides it."""

    def scroll_by(self, distance: QPointF) -> None:
        """Moves the view over the plane, in pixels of the viewport."""

    def visible_area(self) -> QRectF:
        """The part of the plane in sight."""

    def bring_into_sight(self, parts: Iterable[str]) -> None:
        """Moves the view where these parts of the design aren't in it."""

    def come_forward(self) -> None:
        """Something is about to open here: what hides the canvas goes, and what else is open on it."""

    def mapToScene(self, place: QPoint, /) -> QPointF:
        """The point of the plane at this place of the viewport."""

    def mapFromScene(self, point: QPointF, /) -> QPoint:
        """The place of the viewport at which a point of the plane is."""

    def pixels_of(self, area: QRectF) -> QRect:
        """Where an area of the plane is in the viewport."""

    def viewport(self) -> QWidget:
        """What the design is painted on."""

    @property
    def widget(self) -> QWidget:
        """What popups lie on; it gets the keys."""
