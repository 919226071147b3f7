"""The main window: painted first, filled at once after that."""

from __future__ import annotations

from functools import cached_property
from typing import TYPE_CHECKING, Final

from PySide6.QtCore import QSize, QTimer
from PySide6.QtGui import QCloseEvent, QGuiApplication, QPaintEvent
from PySide6.QtWidgets import QMainWindow

from cnngui.models.settings import Settings
from cnngui.theme.theme import ThemeManager
from cnngui.window.center import Center
from cnngui.window.docks import Docks
from cnngui.window.fault_notice import FaultNotice
from cnngui.window.faults import Faults

if TYPE_CHECKING:
    from cnngui.window.workbench import Workbench

_SIZE: Final = QSize(1280, 720)


class MainWindow(QMainWindow):
    """The frame with its empty docks, in the remembered layout. `workbench` is everything in it.

    numpy, the layers and the canvas take longer to load than a window takes to be seen, so they are loaded
    after the first paint, or when somebody asks for the workbench.
    """

    def __init__(self, settings: Settings, themes: ThemeManager) -> None:
        super().__init__()
        self._settings = settings
        self._themes = themes
        self.setObjectName("main")
        self.setWindowTitle("cnngui")
        self.center = Center()
        self.setCentralWidget(self.center)
        self.faults = Faults(self)
        self.fault_notice = FaultNotice(self.faults, themes)
        self.center.add_notice(self.fault_notice)
        self._filling = False
        self.docks = Docks(self)
        self.resize(_SIZE.boundedTo(QGuiApplication.primaryScreen().availableSize()))
        # In this order: while a window is being maximised, Qt puts the restored layout back again and again,
        # and so takes out what has come into the window since then, such as the tool bar.
        self.docks.restore(settings.layout("docks"))
        self.restoreGeometry(settings.layout("geometry"))

    @cached_property
    def workbench(self) -> Workbench:
        """The models and panels; loaded when it is first asked for."""
        from cnngui.window.workbench import Workbench  # noqa: PLC0415  # after the first paint

        return Workbench(self, self._settings, self._themes)

    def restore_docks(self) -> None:
        """The remembered sizes once more, now that the docks have their content."""
        self.docks.settle(self._settings.layout("docks"))

    @property
    def _is_filled(self) -> bool:
        return "workbench" in vars(self)

    def start_demo(self) -> None:
        """Opens the demo and begins to train it."""
        self.workbench.start_demo()

    def close_without_asking(self) -> None:
        """Closes whatever is unsaved: for pictures, demos and tests. What is being saved is still saved."""
        self.workbench.asking = False
        self.close()

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
            self._settings.set_layout("geometry", self.saveGeometry())
            self._settings.set_layout("docks", self.docks.save())
        except Exception as error:
            self.faults.note(type(error), error, error.__traceback__)
