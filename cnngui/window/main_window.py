"""The main window: painted first, filled at once after that."""

from __future__ import annotations

from functools import cached_property
from typing import TYPE_CHECKING

from PySide6.QtCore import QTimer
from PySide6.QtGui import QCloseEvent, QPaintEvent

from cnngui.models.settings import Settings
from cnngui.theme.theme import ThemeManager
from cnngui.window.frame import Frame

if TYPE_CHECKING:
    from cnngui.window.workbench import Workbench


class MainWindow(Frame):
    """The frame, and `workbench`, which is everything in it.

    numpy, the layers and the canvas take longer to load than a window takes to be seen, so they are loaded
    after the first paint, or when somebody asks for the workbench.
    """

    def __init__(self, settings: Settings, themes: ThemeManager) -> None:
        self._filling = False
        super().__init__(settings, themes)

    @cached_property
    def workbench(self) -> Workbench:
        """The models and panels; loaded when it is first asked for."""
        from cnngui.window.workbench import Workbench  # noqa: PLC0415  # after the first paint

        return Workbench(self, self._settings, self.themes)

    @property
    def _is_filled(self) -> bool:
        return "workbench" in vars(self)

    def start_demo(self) -> None:
        """Opens the demo and begins to train it."""
        self.workbench.start_demo()

    def paintEvent(self, event: QPaintEvent) -> None:
        super().paintEvent(event)
        if not self._filling:  # a timer from showEvent would fire before the first paint
            self._filling = True
            QTimer.singleShot(0, lambda: self.workbench)

    def closeEvent(self, event: QCloseEvent) -> None:
        """A fault on the way keeps the window open, over unsaved work; let out, it would end the process."""
        event.ignore()
        try:
            if self._is_filled and not self.workbench.may_close():
                return
            super().closeEvent(event)  # accepts it
            if self._is_filled:
                self.workbench.shut_down()
            self.remember()
        except Exception as error:
            self.faults.note(type(error), error, error.__traceback__)
