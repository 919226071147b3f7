"""What the menus offer to make, fold and unpack groups."""

from __future__ import annotations

from typing import TYPE_CHECKING

from PySide6.QtWidgets import QMenu

from cnngui.commands.actions import Actions, Entry

if TYPE_CHECKING:
    from cnngui.canvas.view.view import Canvas
    from cnngui.window.workbench import Workbench


def add_grouping(menu: QMenu, workbench: Workbench, actions: Actions) -> None:
    """Adds the commands to a menu of the menu bar."""
    canvas = workbench.canvas
    groups, members = canvas.editor.groups, canvas.editor.members
    actions.add(
        menu,
        Entry("group", "&Group", groups.group, "Ctrl+G", "group", "Fold the selection into a group"),
        Entry("ungroup", "U&npack Group", groups.unpack, "Ctrl+Shift+G"),
        Entry("fold", "Fold or &Open Group", groups.toggle, "G", local=True),
        Entry("into", "Mo&ve into Group…", canvas.into_group.open_for_selection, "Alt+Right", local=True),
        Entry("take_out", "Ta&ke Out of Group", members.take_out, "Alt+Left", local=True),
    )


def grouping_enabled(workbench: Workbench) -> dict[str, bool]:
    """Which of these actions make sense now, by name."""
    editor = workbench.canvas.editor
    target = editor.groups.target is not None
    return {
        "group": bool(workbench.selection.ids),
        "ungroup": target,
        "fold": target,
        "into": bool(workbench.selection.ids and workbench.document.graph.groups),
        "take_out": editor.members.around is not None,
    }


def add_grouping_to_context(menu: QMenu, canvas: Canvas) -> None:
    """The same for the menu of the right mouse button."""
    graph, groups, members = canvas.document.graph, canvas.editor.groups, canvas.editor.members
    menu.addAction("Group", groups.group)
    if graph.groups:
        menu.addAction("Move into group…", canvas.into_group.open_for_selection)
    target = groups.target
    if target is None:
        return
    group = graph.group(target)
    menu.addAction(f"{'Open' if group.folded else 'Fold'} {group.name}", lambda: groups.toggle(target))
    menu.addAction(f"Unpack {group.name}", groups.unpack)
    if members.around is not None:
        menu.addAction(f"Take out of {graph.group(members.around).name}", members.take_out)
