"""What the menus offer to put blocks in order."""

from __future__ import annotations

from functools import partial
from typing import TYPE_CHECKING, Final

from PySide6.QtWidgets import QMenu

from cnngui.commands.actions import SEPARATOR, Actions, Entry
from core.design.direction import Direction
from core.drawing.align import Axis, Edge

if TYPE_CHECKING:
    from cnngui.canvas.editor.editor import Editor
    from cnngui.window.workbench import Workbench

_EDGES: Final[tuple[tuple[Edge, str], ...]] = (
    ("left", "&Left"),
    ("center", "&Center"),
    ("right", "&Right"),
    ("top", "&Top"),
    ("middle", "&Middle"),
    ("bottom", "&Bottom"),
)
_TITLES: Final = {Direction.RIGHT: "Left to Right", Direction.DOWN: "Top Down"}
_AXES: Final[tuple[tuple[Axis, str], ...]] = (
    ("horizontal", "Distribute &Horizontally"),
    ("vertical", "Distribute &Vertically"),
)


def add_arranging(network: QMenu, workbench: Workbench, actions: Actions) -> None:
    """Adds the automatic layout and the submenu to align and distribute to the menu bar."""
    arranging = workbench.canvas.editor.arranging
    actions.add(
        network,
        Entry("arrange", "Arrange &Left to Right", partial(arranging.arrange, Direction.RIGHT), "Ctrl+L"),
        Entry(
            "arrange_down", "Arrange &Top Down", partial(arranging.arrange, Direction.DOWN), "Ctrl+Shift+L"
        ),
        Entry("turn", "Flow", arranging.turn, hint="Put the ports at the other sides; the blocks stay"),
    )
    edges = [Entry(f"align_{edge}", text, partial(arranging.align, edge)) for edge, text in _EDGES]
    axes = [Entry(f"distribute_{axis}", text, partial(arranging.distribute, axis)) for axis, text in _AXES]
    actions.add(network.addMenu("&Align"), *edges[:3], SEPARATOR, *edges[3:], SEPARATOR, *axes)


def arranging_enabled(workbench: Workbench) -> dict[str, bool]:
    """Which of these actions make sense now, by name."""
    chosen = len(workbench.selection.ids)
    enabled = {f"align_{edge}": chosen > 1 for edge, _ in _EDGES}
    enabled |= {f"distribute_{axis}": chosen > 2 for axis, _ in _AXES}
    return enabled | dict.fromkeys(("arrange", "arrange_down"), bool(workbench.document.graph.blocks))


def name_turning(workbench: Workbench, actions: Actions) -> None:
    """Says which way the design would run."""
    actions["turn"].setText(f"Flo&w {_TITLES[workbench.document.graph.direction.other]}")


def add_arranging_to_context(menu: QMenu, editor: Editor) -> None:
    """The same for the menu of the right mouse button: what fits the number of selected blocks."""
    arranging = editor.arranging
    if arranging.means_part:
        menu.addAction("Arrange selection", partial(arranging.arrange, editor.document.graph.direction))
    else:
        for direction in Direction:
            menu.addAction(f"Arrange {direction.words}", partial(arranging.arrange, direction))
    if len(editor.selection.ids) < 2:
        return
    align = menu.addMenu("Align")
    for edge, text in _EDGES:
        align.addAction(text, partial(arranging.align, edge))
    if len(editor.selection.ids) > 2:
        for axis, text in _AXES:
            align.addAction(text, partial(arranging.distribute, axis))
