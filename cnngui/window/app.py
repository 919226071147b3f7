"""The application: makes Qt, the window and the models, and puts them together."""

from __future__ import annotations

import gc
import signal
import sys
from collections.abc import Sequence
from pathlib import Path
from typing import TYPE_CHECKING

from PySide6.QtCore import QEvent, QEventLoop, Qt, QTimer, Signal, qInstallMessageHandler
from PySide6.QtGui import QFileOpenEvent
from PySide6.QtWidgets import QApplication

from cnngui.models.settings import Settings
from cnngui.theme.icons import application_icon
from cnngui.theme.theme import ThemeManager
from cnngui.window.main_window import MainWindow
from cnngui.window.scale import apply_interface_size

if TYPE_CHECKING:
    from core.formats.project import ProjectFile

PICTURE_SIZE = (1280, 720)
_LOADED_MS = 2000
"""By then all is loaded, the plots too."""

_SWITCH_SECONDS = 0.0005
"""So long a thread may keep the interpreter from another one that waits for it, a tenth of Python's choice.
The compute thread needs it for a moment between two steps; while the GUI paints, that adds up."""


class Application(QApplication):
    """Qt's application object, which hears of files that the system wants to be opened."""

    file_wanted = Signal(str)
    """A path: macOS tells a double click so, to an application that runs already, too."""

    def event(self, event: QEvent) -> bool:
        if isinstance(event, QFileOpenEvent):
            self.file_wanted.emit(event.file())
            return True
        return super().event(event)


def make_application() -> QApplication:
    """Qt's application object, with what users see of it set."""
    if QApplication.instance() is None:
        apply_interface_size(Settings().interface_size)
    application = QApplication.instance() or Application(sys.argv[:1])
    assert isinstance(application, QApplication)
    sys.setswitchinterval(_SWITCH_SECONDS)
    application.setApplicationName("cnngui")
    application.setApplicationDisplayName("cnngui")
    application.setDesktopFileName("cnngui")
    application.setWindowIcon(application_icon())
    return application


def make_window(settings: Settings) -> MainWindow:
    """The main window; what fills it is loaded after its first paint."""
    return MainWindow(settings, ThemeManager(settings))


def run_window(names: Sequence[str]) -> int:
    """Shows the window, with the files or the example of these names, until it is closed."""
    application = make_application()
    window = make_window(Settings())
    window.faults.catch()
    window.show()
    if names:
        window.open_names(*names)
    return _run(application, window)


def run_demo_window() -> int:
    """Shows the window with the demo, which begins by itself."""
    application = make_application()
    window = make_window(Settings())
    window.faults.catch()
    window.show()
    QTimer.singleShot(0, window.start_demo)
    return _run(application, window)


def draw_window(file: ProjectFile, path: Path) -> None:
    """Renders the window with a trained project into a PNG file."""
    qInstallMessageHandler(lambda *_: None)  # what Qt says of a window that nobody sees concerns nobody
    make_application()
    window = make_window(Settings())
    window.setWindowState(Qt.WindowState.WindowNoState)
    window.resize(*PICTURE_SIZE)
    window.show()
    window.workbench.load_plots()
    window.workbench.views.switch("train")
    window.workbench.files.show_project(file)
    loop = QEventLoop()
    window.workbench.looking.snapshot_changed.connect(loop.quit)
    QTimer.singleShot(20_000, loop.quit)  # the picture is drawn without feature maps rather than never
    if file.checkpoint is not None:
        window.workbench.select_first_image_block()
        loop.exec()
    QApplication.processEvents()
    window.grab().save(str(path))
    window.close_without_asking()


def _run(application: QApplication, window: MainWindow) -> int:
    if isinstance(application, Application):
        application.file_wanted.connect(window.open_names)
    signal.signal(signal.SIGINT, signal.SIG_DFL)  # Ctrl+C in the terminal ends the window
    QTimer.singleShot(_LOADED_MS, _spare_the_collector)
    return application.exec()


def _spare_the_collector() -> None:
    """Python's garbage collector needn't look at modules again and again: edits would wait for it."""
    gc.freeze()
