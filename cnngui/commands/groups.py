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
    actions.add(
        menu,
        Entry("group", "&Group", canvas.group_selected, "Ctrl+G", "group", "Fold the selection into a group"),
        Entry("ungroup", "U&npack Group", canvas.ungroup_selected, "Ctrl+Shift+G"),
        Entry("fold", "Fold or &Open Group", canvas.toggle_fold, "G", local=True),
        Entry("into", "Mo&ve into Group…", canvas.into_group.open_for_selection, "Alt+Right", local=True),
        Entry("take_out", "Ta&ke Out of Group", canvas.take_out, "Alt+Left", local=True),
    )


def grouping_enabled(workbench: Workbench) -> dict[str, bool]:
    """Which of these actions make sense now, by name."""
    target = workbench.canvas.target_group is not None
    return {
        "group": bool(workbench.selection.ids),
        "ungroup": target,
        "fold": target,
        "into": bool(workbench.selection.ids and workbench.document.graph.groups),
        "take_out": workbench.canvas.around is not None,
    }


def add_grouping_to_context(menu: QMenu, canvas: Canvas) -> None:
    """The same for the menu of the right mouse button."""
    menu.addAction("Group", canvas.group_selected)
    if canvas.document.graph.groups:
        menu.addAction("Move into group…", canvas.into_group.open_for_selection)
    target = canvas.target_group
    if target is None:
        return
    group = canvas.document.graph.group(target)
    menu.addAction(f"{'Open' if group.folded else 'Fold'} {group.name}", lambda: canvas.toggle_fold(target))
    menu.addAction(f"Unpack {group.name}", canvas.ungroup_selected)
    if canvas.around is not None:
        menu.addAction(f"Take out of {canvas.document.graph.group(canvas.around).name}", canvas.take_out)
