"""Where the parts of a window lie.

As a program, it starts, resets and restores windows on three sizes of screens, in the scale of the
environment, and prints what was wrong as a JSON list.
"""

from __future__ import annotations

import json
import os
import sys
import tempfile
from itertools import combinations
from pathlib import Path

from PySide6.QtCore import QRect, QSettings
from PySide6.QtGui import QCursor, QGuiApplication, QScreen
from PySide6.QtWidgets import QApplication, QDockWidget, QToolBar, QWidget

from cnngui.models.settings import Settings
from cnngui.theme.theme import ThemeManager
from cnngui.window.main_window import MainWindow

SIZES = ((1280, 720), (1920, 1080), (1024, 600))


def parts(window: MainWindow) -> dict[str, QRect]:
    """The rectangles of all that stands in the window, without the docks behind another one's tab."""
    center = window.centralWidget()
    assert center is not None
    bars: list[QWidget] = [window.menuBar(), window.statusBar(), *window.findChildren(QToolBar)]
    widgets: list[QWidget] = [center, *bars, *window.findChildren(QDockWidget)]
    shown = [widget for widget in widgets if not widget.visibleRegion().isEmpty()]
    return {w.objectName() or type(w).__name__: QRect(w.geometry()) for w in shown}


def misplaced(window: MainWindow) -> list[str]:
    """What lies on something else, is cut to nothing, or is not wholly in the window."""
    found = parts(window)
    wrong = [
        f"{a} {found[a]} lies on {b} {found[b]}"
        for a, b in combinations(found, 2)
        if found[a].intersects(found[b])
    ]
    wrong += [f"{a} sticks out" for a, place in found.items() if not window.rect().contains(place)]
    docks = window.findChildren(QDockWidget)
    wrong += [f"{d.objectName()} is cut: {d.size()}" for d in docks if d.isVisible() and d.width() < 96]
    center = window.center.size()
    return wrong + [f"the canvas is cut: {center}"] * (center.width() < 240 or center.height() < 120)


def turn_events() -> None:
    """Each layout may ask for another one."""
    for _ in range(20):
        QApplication.processEvents()


def canvas_share(window: MainWindow) -> float:
    """The canvas in the area between tool bar and status bar."""
    room, center = window.middle(), window.center
    return center.width() * center.height() / (room.width() * room.height())


def _unreachable(window: MainWindow) -> list[str]:
    """Opens every panel; what doesn't come up, or not inside the window."""
    views, wrong = window.workbench.views, []
    for name in window.docks.names:
        views.show(name)
        turn_events()
        sheet, room = window.sheet.geometry(), window.middle()
        if sheet.left() != room.left() and sheet.right() != room.right():
            wrong.append(f"{name} comes out of no strip")
        seen = views.content(name)
        place = QRect(window.sheet.pos(), window.sheet.size())
        if not seen.isVisible() or not window.sheet.isAncestorOf(seen) or not window.middle().contains(place):
            wrong.append(f"{name} can't be seen")
        views.close_panel(name)
    return wrong


def _opened(settings: Settings, themes: ThemeManager, example: str | None) -> MainWindow:
    window = MainWindow(settings, themes)
    window.show()
    if example is not None:
        window.workbench.files.open_example(example)
    assert window.workbench
    turn_events()
    return window


def _closed(window: MainWindow) -> None:
    window.close_without_asking()
    window.deleteLater()
    turn_events()


def _try_screen(screen: QScreen, *, maximised: bool) -> list[str]:
    """Twice a start, first without anything remembered."""
    settings = Settings()
    QSettings(QSettings.Format.IniFormat, QSettings.Scope.UserScope, "cnngui", "cnngui").clear()
    themes = ThemeManager(settings)
    QCursor.setPos(screen.geometry().center())
    wrong: list[str] = []
    for number, example in enumerate((None, "lenet5")):
        window = _opened(settings, themes, example)
        if number == 0:
            if window.isMaximized() and not maximised:
                window.showNormal()
            elif maximised:
                window.showMaximized()
            turn_events()
        elif window.isMaximized() is not maximised:
            wrong.append("it comes back in another state")
        room = screen.availableGeometry()
        size, where = window.size(), f"start {number}"
        if window.screen() is not screen or not room.contains(window.frameGeometry()):
            wrong.append(f"{where}: {window.frameGeometry()} isn't on the screen {room}")
        wrong += [f"{where}: {what}" for what in misplaced(window)]
        window.workbench.views.reset()
        turn_events()
        wrong += [f"{where}, reset: {what}" for what in misplaced(window)]
        if window.size() != size:
            wrong.append(f"{where}: reset makes {window.size()} of {size}")
        for name in ("train", "explain", "data", "present", "design"):
            window.workbench.views.switch(name)
            turn_events()
            wrong += [f"{where}, {name}: {what}" for what in misplaced(window)]
            if window.size() != size:
                wrong.append(f"{where}: {name} makes {window.size()} of {size}")
        if window.is_small and number:
            wrong += _unreachable(window)
        share = canvas_share(window)
        if not window.is_small and maximised and share < (0.6 if size.width() >= 1270 else 0.5):
            wrong.append(f"{where}: the canvas has {share:.0%} of {size}")
        _closed(window)
    return [f"{screen.name()}, {'maximised' if maximised else 'normal'}: {what}" for what in wrong]


def main() -> None:
    with tempfile.TemporaryDirectory() as home:
        screens, left = [], 0
        for width, height in SIZES:
            place = {"name": f"{width}x{height}", "x": left, "y": 0, "width": width, "height": height}
            screens.append({**place, "logicalDpi": 96, "logicalBaseDpi": 96, "dpr": 1})
            left += width
        configuration = Path(home) / "screens.json"
        configuration.write_text(json.dumps({"screens": screens}))
        os.environ["QT_QPA_PLATFORM"] = f"offscreen:configfile={configuration}"
        QSettings.setPath(QSettings.Format.IniFormat, QSettings.Scope.UserScope, home)
        application = QApplication([])
        wrong = [
            what
            for screen in QGuiApplication.screens()
            for maximised in (True, False)
            for what in _try_screen(screen, maximised=maximised)
        ]
        application.processEvents()
    json.dump(wrong, sys.stdout)


if __name__ == "__main__":
    main()
