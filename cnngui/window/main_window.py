"""The main window: painted first, filled at once after that."""

from __future__ import annotations

from collections.abc import Sequence
from functools import cached_property
from typing import TYPE_CHECKING, Final

from PySide6.QtCore import QEvent, Qt, QTimer
from PySide6.QtGui import QCloseEvent, QDragEnterEvent, QDragMoveEvent, QDropEvent, QPaintEvent

from cnngui.models.settings import Settings
from cnngui.theme.theme import ThemeManager
from cnngui.window.frame import Frame
from cnngui.window.scale import restart

if TYPE_CHECKING:
    from cnngui.commands.bench import FileWork
    from cnngui.window.workbench import Workbench

_SUFFIXES: Final = (".cnn", ".json")
"""Of the files that can be dropped."""


class MainWindow(Frame):
    """The frame, and `workbench`, which is everything in it.

    numpy, the layers and the canvas take longer to load than a window takes to be seen, so they are loaded
    after the first paint, or when somebody asks for the workbench.
    """

    def __init__(self, settings: Settings, themes: ThemeManager) -> None:
        self._filling = False
        super().__init__(settings, themes)
        self.setAcceptDrops(True)

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

    def open_names(self, *names: str) -> None:
        """Opens files or an example from the event loop, after asking about unsaved work."""
        QTimer.singleShot(0, lambda: open_names(self.workbench.files, names))

    def dragEnterEvent(self, event: QDragEnterEvent) -> None:
        """What no widget in the window takes: a file is opened wherever it is dropped."""
        take_drag(event)

    def dragMoveEvent(self, event: QDragMoveEvent) -> None:
        take_drag(event)

    def dropEvent(self, event: QDropEvent) -> None:
        self.open_names(*take_drag(event))

    def changeEvent(self, event: QEvent) -> None:
        """Coming back to the window is when somebody may have changed the open file elsewhere."""
        super().changeEvent(event)
        if event.type() is QEvent.Type.ActivationChange and self._is_filled and self.isActiveWindow():
            self.workbench.files.open_file.look()

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


def take_drag(event: QDropEvent) -> list[str]:
    """Accepts a drag of projects and designs, and gives their paths.

    As a copy, whatever was proposed: who moves a file deletes it afterwards.
    """
    paths = [url.toLocalFile() for url in event.mimeData().urls() if url.isLocalFile()]
    found = [path for path in paths if path.endswith(_SUFFIXES)]
    if found:
        event.setDropAction(Qt.DropAction.CopyAction)
        event.accept()
    else:
        event.ignore()
    return found


def open_names(files: FileWork, names: Sequence[str]) -> None:
    """Opens the first in this window, a file or an example, and each other one in a window of its own.

    A file that can't be opened is told of in the window, which stays as it is.
    """
    from cnngui.models.designs import is_example, local_path  # noqa: PLC0415  # an empty window does without it

    for number, name in enumerate(names):
        if number:
            restart([name])
        elif is_example(name):
            files.open_example(name)
        else:
            files.open_path(local_path(name).absolute())
