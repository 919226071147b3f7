"""The menu of the right mouse button."""

from __future__ import annotations

from functools import partial
from typing import TYPE_CHECKING

from PySide6.QtCore import QPointF, Qt
from PySide6.QtWidgets import QMenu

from cnngui.commands.arrange import add_arranging_to_context
from cnngui.commands.groups import add_grouping_to_context
from cnngui.theme.icons import swatch
from core.design.graph import COLORS, Frame
from core.design.notes import notes_of

if TYPE_CHECKING:
    from cnngui.canvas.view.view import Canvas


def canvas_menu(canvas: Canvas, point: QPointF) -> QMenu:
    """What can be done with the selection or, where there is none, at this point of the plane."""
    menu = QMenu(canvas)
    menu.setAttribute(Qt.WidgetAttribute.WA_DeleteOnClose)
    if canvas.selection.ids:
        _add_fixes(menu, canvas)
        menu.addAction("Cut", canvas.cut)
        menu.addAction("Copy", canvas.copy)
        menu.addAction("Duplicate", canvas.duplicate)
        menu.addSeparator()
        menu.addAction("Connect to…", canvas.connect_to.open_for_current)
        menu.addAction("Disconnect", canvas.disconnect_selected)
        menu.addAction("Delete", canvas.delete_selected)
        menu.addAction("Delete and reconnect", canvas.delete_and_reconnect)
        menu.addSeparator()
        add_grouping_to_context(menu, canvas)
        if len(canvas.selection.ids) > 1:
            menu.addSeparator()
            add_arranging_to_context(menu, canvas)
        menu.addSeparator()
        menu.addAction("Add frame around", canvas.add_frame)
    elif canvas.selection.notes:
        _add_note_entries(menu, canvas)
    elif canvas.selected_wires():
        menu.addAction("Delete", canvas.delete_selected)
    else:
        menu.addAction("Paste", lambda: canvas.paste(point))
        menu.addAction("Select all", canvas.select_all)
        menu.addSeparator()
        menu.addAction("Add frame", lambda: canvas.add_frame(point))
        menu.addAction("Add comment", lambda: canvas.add_comment(point))
        menu.addSeparator()
        add_arranging_to_context(menu, canvas)
        menu.addAction("Fit", canvas.fit)
    return menu


def _add_note_entries(menu: QMenu, canvas: Canvas) -> None:
    """What can be done with frames and comments."""
    note = next((note for note in notes_of(canvas.document.graph) if note.id == canvas.note), None)
    if note is not None:
        menu.addAction(f"Edit {'frame' if isinstance(note, Frame) else 'comment'}", canvas.edit_note)
    if isinstance(note, Frame):
        colors = menu.addMenu("Colour")
        for name in COLORS:
            color = canvas.theme.frame_color(name)
            colors.addAction(swatch(color), name.capitalize(), partial(canvas.color_frame, name))
    menu.addAction("Cut", canvas.cut)
    menu.addAction("Copy", canvas.copy)
    menu.addAction("Duplicate", canvas.duplicate)
    menu.addAction("Delete", canvas.delete_selected)


def _add_fixes(menu: QMenu, canvas: Canvas) -> None:
    """The remedies of the current block's problem, first of all."""
    current = canvas.selection.current
    document = canvas.document
    problem = document.inference.problem(current) if current else None
    previews = {
        menu.addAction(fix.title, partial(canvas.edit, fix.title, fix.apply)): fix
        for fix in (document.with_fixes(problem).fixes if problem else ())
    }
    if previews:
        menu.addSeparator()
        menu.hovered.connect(lambda action: canvas.preview(previews.get(action)))
        menu.aboutToHide.connect(lambda: canvas.preview(None))
