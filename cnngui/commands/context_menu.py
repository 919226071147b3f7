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
    editor = canvas.editor
    menu.setAttribute(Qt.WidgetAttribute.WA_DeleteOnClose)
    if canvas.selection.ids:
        _add_fixes(menu, canvas)
        menu.addAction("Cut", editor.clipboard.cut)
        menu.addAction("Copy", editor.clipboard.copy)
        menu.addAction("Duplicate", editor.clipboard.duplicate)
        menu.addSeparator()
        menu.addAction("Connect to…", canvas.connect_to.open_for_current)
        menu.addAction("Disconnect", editor.selected.disconnect)
        menu.addAction("Delete", editor.selected.delete)
        menu.addAction("Delete and reconnect", editor.selected.delete_and_reconnect)
        menu.addSeparator()
        add_grouping_to_context(menu, canvas)
        if len(canvas.selection.ids) > 1:
            menu.addSeparator()
            add_arranging_to_context(menu, editor)
        menu.addSeparator()
        menu.addAction("Add frame around", editor.notes.add_frame)
    elif canvas.selection.notes:
        _add_note_entries(menu, canvas)
    elif editor.selected_wires():
        menu.addAction("Delete", editor.selected.delete)
    else:
        menu.addAction("Paste", lambda: editor.clipboard.paste(point))
        menu.addAction("Select all", editor.select_all)
        menu.addSeparator()
        menu.addAction("Add frame", lambda: editor.notes.add_frame(point))
        menu.addAction("Add comment", lambda: editor.notes.add_comment(point))
        menu.addSeparator()
        add_arranging_to_context(menu, editor)
        menu.addAction("Fit", canvas.fit)
    return menu


def _add_note_entries(menu: QMenu, canvas: Canvas) -> None:
    """What can be done with frames and comments."""
    editor = canvas.editor
    note = next((n for n in notes_of(canvas.document.graph) if n.id == editor.notes.chosen), None)
    if note is not None:
        menu.addAction(f"Edit {'frame' if isinstance(note, Frame) else 'comment'}", editor.notes.edit)
    if isinstance(note, Frame):
        colors = menu.addMenu("Colour")
        for name in COLORS:
            color = canvas.theme.frame_color(name)
            colors.addAction(swatch(color), name.capitalize(), partial(editor.notes.color, name))
    menu.addAction("Cut", editor.clipboard.cut)
    menu.addAction("Copy", editor.clipboard.copy)
    menu.addAction("Duplicate", editor.clipboard.duplicate)
    menu.addAction("Delete", editor.selected.delete)


def _add_fixes(menu: QMenu, canvas: Canvas) -> None:
    """The remedies of the current block's problem, first of all."""
    current = canvas.selection.current
    document = canvas.document
    problem = document.inference.problem(current) if current else None
    previews = {
        menu.addAction(fix.title, partial(canvas.editor.edit, fix.title, fix.apply)): fix
        for fix in (document.with_fixes(problem).fixes if problem else ())
    }
    if previews:
        menu.addSeparator()
        menu.hovered.connect(lambda action: canvas.following.preview(previews.get(action)))
        menu.aboutToHide.connect(lambda: canvas.following.preview(None))
