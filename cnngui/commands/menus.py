"""The menus, the tool bar and the context menus: functions of the table of commands."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from functools import partial
from itertools import groupby
from typing import TypeAlias

from PySide6.QtCore import QPointF, QRegularExpression, QSize, Qt
from PySide6.QtGui import QAction
from PySide6.QtWidgets import QMenu, QMenuBar, QToolBar, QToolButton, QWidget

from cnngui.commands.actions import Actions
from cnngui.commands.bench import Bench
from cnngui.commands.command import Command, MenuPlace, Surface, literal, plain
from cnngui.commands.preview import Preview
from cnngui.theme.theme import ICON_SIZE

MakeAction: TypeAlias = Callable[[Command, QMenu], QAction]
Standing: TypeAlias = tuple[MenuPlace, Command]


def fill_menus(bar: QMenuBar, actions: Actions) -> None:
    """Makes the menus of the menu bar; each is made anew before it is shown."""
    for surface in Surface:
        if surface.is_menu:
            menu = QMenu(surface.value, bar)
            bar.addMenu(menu)
            _refill(menu, surface, actions)
            menu.aboutToShow.connect(partial(_refill, menu, surface, actions))
    _name_the_rest(bar, "More menus")


def make_toolbar(window: QWidget, actions: Actions) -> QToolBar:
    """The most used commands as buttons."""
    bar = QToolBar("Tools", window)
    bar.setObjectName("tools")
    bar.setMovable(False)
    bar.setIconSize(QSize(ICON_SIZE, ICON_SIZE))
    bar.setToolButtonStyle(Qt.ToolButtonStyle.ToolButtonTextBesideIcon)
    standing = actions.table.at(Surface.TOOLS, actions.bench)
    for _, section in groupby(standing, key=_section):
        if bar.actions():
            bar.addSeparator()
        bar.addActions([actions[command.id] for _, command in section])
    _name_the_rest(bar, "More tools")
    return bar


def _name_the_rest(bar: QWidget, name: str) -> None:
    """The button of Qt's that opens what a narrow bar has no room for."""
    for button in bar.findChildren(QToolButton, QRegularExpression("qt_.*_ext_button")):
        button.setAccessibleName(name)


def canvas_menu(actions: Actions, point: QPointF) -> QMenu:
    """What can be done now with the selection or, where there is none, at this point of the plane."""
    bench = actions.bench
    surface = selected(bench)
    menu = QMenu(bench.canvas)
    menu.setAttribute(Qt.WidgetAttribute.WA_DeleteOnClose)
    commands: dict[QAction, Command] = {}

    def make(command: Command, parent: QMenu) -> QAction:
        here = command.at if surface is Surface.PLANE else None
        action = actions.make(command, parent, None if here is None else lambda bench: here(bench, point))
        action.setShortcuts(command.sequences)
        action.setShortcutContext(Qt.ShortcutContext.WidgetShortcut)  # it shows the keys; the window has them
        action.setShortcutVisibleInContextMenu(True)
        commands[action] = command
        return action

    usable = [(place, c) for place, c in actions.table.at(surface, bench) if c.enabled(bench)]
    _fill(menu, usable, make)
    _leave_out_marks(menu)
    preview = Preview(bench)
    menu.hovered.connect(lambda marked: preview.show(commands.get(marked)))
    menu.aboutToHide.connect(lambda: preview.show(None))
    return menu


def selected(bench: Bench) -> Surface:
    """The context menu for what is selected."""
    if bench.selection.ids:
        return Surface.BLOCKS
    if bench.selection.notes:
        return Surface.NOTES
    return Surface.WIRES if bench.editor.selected_wires() else Surface.PLANE


def _refill(menu: QMenu, surface: Surface, actions: Actions) -> None:
    menu.clear()
    for submenu in menu.findChildren(QMenu, options=Qt.FindChildOption.FindDirectChildrenOnly):
        submenu.deleteLater()
    known = actions.table.commands
    standing = actions.table.at(surface, actions.bench)
    _fill(menu, standing, lambda c, parent: actions[c.id] if c.id in known else actions.make(c, parent))


def _fill(menu: QMenu, standing: Iterable[Standing], make: MakeAction) -> None:
    """Fills an empty menu: lines between sections, and a submenu where the first of its commands stands."""
    submenus: dict[str, tuple[QMenu, list[Standing]]] = {}
    for _, section in groupby(sorted(standing, key=_section), key=_section):
        if not menu.isEmpty():
            menu.addSeparator()
        for place, command in section:
            if not place.path:
                menu.addAction(make(command, menu))
                continue
            title, _ = place.path[0]
            if title not in submenus:
                submenus[title] = QMenu(title, menu), []
                menu.addMenu(submenus[title][0])
            submenus[title][1].append((place.as_seen_inside(), command))
    for submenu, inside in submenus.values():
        _fill(submenu, inside, make)
        submenu.menuAction().setEnabled(any(action.isEnabled() for action in submenu.actions()))


def _section(standing: Standing) -> int:
    return standing[0].section


def _leave_out_marks(menu: QMenu) -> None:
    """In context menus the same letters would be marked again and again."""
    for action in menu.actions():
        action.setText(literal(plain(action.text())))
    for submenu in menu.findChildren(QMenu):
        _leave_out_marks(submenu)
