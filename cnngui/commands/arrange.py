"""What the menus offer to put blocks in order."""

from __future__ import annotations

from functools import partial
from typing import TYPE_CHECKING, Final

from PySide6.QtWidgets import QMenu

from cnngui.commands.actions import SEPARATOR, Actions, Entry
from core.design.direction import Direction
from core.drawing.align import Axis, Edge

if TYPE_CHECKING:
    from cnngui.canvas.editor.arranging import ArrangingView
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
    canvas = workbench.canvas
    actions.add(
        network,
        Entry("arrange", "Arrange &Left to Right", partial(canvas.arrange, Direction.RIGHT), "Ctrl+L"),
        Entry("arrange_down", "Arrange &Top Down", partial(canvas.arrange, Direction.DOWN), "Ctrl+Shift+L"),
        Entry("turn", "Flow", canvas.turn, hint="Put the ports at the other sides; the blocks stay"),
    )
    edges = [Entry(f"align_{edge}", text, partial(canvas.align, edge)) for edge, text in _EDGES]
    axes = [Entry(f"distribute_{axis}", text, partial(canvas.distribute, axis)) for axis, text in _AXES]
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


def add_arranging_to_context(menu: QMenu, canvas: ArrangingView) -> None:
    """The same for the menu of the right mouse button: what fits the number of selected blocks."""
    if canvas.arranges_part:
        menu.addAction("Arrange selection", partial(canvas.arrange, canvas.document.graph.direction))
    else:
        for direction in Direction:
            menu.addAction(f"Arrange {direction.words}", partial(canvas.arrange, direction))
    if len(canvas.selection.ids) < 2:
        return
    align = menu.addMenu("Align")
    for edge, text in _EDGES:
        align.addAction(text, partial(canvas.align, edge))
    if len(canvas.selection.ids) > 2:
        for axis, text in _AXES:
            align.addAction(text, partial(canvas.distribute, axis))
