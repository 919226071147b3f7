"""F6: from panel to panel with the keyboard."""

from __future__ import annotations

from PySide6.QtCore import Qt
from PySide6.QtWidgets import QDockWidget, QMainWindow, QWidget

from cnngui.window.docking.sheet import Sheet


def focus_panel(window: QMainWindow, step: int) -> None:
    """Gives the keyboard to the next panel in sight (`step` 1) or to the one before it (-1)."""
    panels = [panel for panel in _panels(window) if _entry(panel) is not None]
    focused = window.focusWidget()
    current = next((n for n, panel in enumerate(panels) if focused and _contains(panel, focused)), None)
    place = 0 if current is None else current + step
    entry = _entry(panels[place % len(panels)]) if panels else None
    if entry is not None:
        entry.setFocus(Qt.FocusReason.TabFocusReason)


def _panels(window: QMainWindow) -> list[QWidget]:
    """The middle of the window, the docks that aren't behind another one's tab, and what lies over them.

    What is maximised hides all others, so it is the only one.
    """
    sheet = next((found for found in window.findChildren(Sheet) if found.isVisible()), None)
    if sheet is not None and sheet.is_maximised:
        return [sheet]
    docks = [dock for dock in window.findChildren(QDockWidget) if not dock.visibleRegion().isEmpty()]
    contents = [window.centralWidget(), *(dock.widget() for dock in docks), sheet]
    return [content for content in contents if content is not None]


def _entry(panel: QWidget) -> QWidget | None:
    """What had the keyboard in a panel last, or the first thing in it that can have it."""
    last = panel.focusWidget()
    if last is not None and _takes_keys(last):
        return last
    chain, following = [panel], panel.nextInFocusChain()
    while following is not None and following is not panel:
        chain.append(following)
        following = following.nextInFocusChain()
    return next((widget for widget in chain if _contains(panel, widget) and _takes_keys(widget)), None)


def _takes_keys(widget: QWidget) -> bool:
    by_tab = bool(widget.focusPolicy() & Qt.FocusPolicy.TabFocus)
    return by_tab and widget.isVisible() and widget.isEnabled()


def _contains(panel: QWidget, widget: QWidget) -> bool:
    return panel is widget or panel.isAncestorOf(widget)
