"""A file that was open lately, as a button: a small picture of its design, and its name."""

from __future__ import annotations

from functools import lru_cache
from pathlib import Path
from typing import Final

from PySide6.QtCore import QEvent, QPoint, QRect, QSize, QTimer
from PySide6.QtGui import QIcon, QPainter, QPaintEvent, QPixmap

from cnngui.canvas.drawing.design_picture import design_picture
from cnngui.theme.icons import icon
from cnngui.theme.theme import GRID, ThemeManager
from cnngui.widgets.small import ElidedButton
from core.design.bounds import check_bounds
from core.design.graph import Graph
from core.errors import CoreError
from core.formats.project import load_design

_PICTURE: Final = QSize(56, 36)
_KEPT: Final = 16


class RecentFile(ElidedButton):
    """The picture is drawn when nothing else waits; a file that can't be read has a sign for it instead."""

    def __init__(self, path: Path, themes: ThemeManager) -> None:
        super().__init__(path.name)
        self.path = path
        self._themes = themes
        self.setFlat(True)
        self.setToolTip(str(path))
        self.setAccessibleName(f"Open {path.name}")
        self.setIconSize(_PICTURE)
        self._timer = QTimer(self, singleShot=True, interval=0)
        self._timer.timeout.connect(self._draw)
        self._forget()
        themes.changed.connect(self._forget)

    def _forget(self) -> None:
        self._is_drawn = False
        self.setIcon(QIcon(self._empty()))

    def _draw(self) -> None:
        theme = self._themes.current
        try:
            stamp = self.path.stat()
            design = _design(self.path, stamp.st_mtime_ns, stamp.st_size)
        except CoreError as error:
            self._show_reason(str(error.problem))
        except OSError as error:
            self._show_reason(f"{self.path.name} can't be read: {error.strerror or error}.")
        else:
            picture = design_picture(design, theme, _PICTURE, self.devicePixelRatioF(), GRID)
            self.setIcon(QIcon(picture))

    def _show_reason(self, reason: str) -> None:
        picture = self._empty()
        painter = QPainter(picture)
        icon("warning", self._themes.current.warn).paint(painter, QRect(QPoint(), _PICTURE))
        painter.end()
        self.setIcon(QIcon(picture))
        self.setToolTip(f"{self.path}\n{reason}")
        self.setAccessibleDescription(reason)

    def _empty(self) -> QPixmap:
        """As large as a picture, so that names stand one below the other and don't move."""
        ratio = self.devicePixelRatioF()
        picture = QPixmap(_PICTURE * ratio)
        picture.setDevicePixelRatio(ratio)
        picture.fill(self._themes.current.canvas)
        return picture

    def event(self, event: QEvent) -> bool:
        if event.type() is QEvent.Type.DevicePixelRatioChange:
            self._forget()
        return super().event(event)

    def paintEvent(self, event: QPaintEvent) -> None:
        if not self._is_drawn:
            self._is_drawn = True
            self._timer.start()
        super().paintEvent(event)


@lru_cache(maxsize=_KEPT)
def _design(path: Path, modified: int, size: int) -> Graph:
    """Of the file as it is: as long as it stays, it isn't read again. Raises CoreError."""
    design = load_design(path)
    check_bounds(design)
    return design
