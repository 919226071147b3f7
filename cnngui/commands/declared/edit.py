"""The Edit menu: the history, the clipboard, the selection."""

from __future__ import annotations

from typing import Final

from cnngui.commands.bench import Bench
from cnngui.commands.command import Command, Keys, Look, MenuPlace, Surface, when
from cnngui.commands.conditions import BLOCK, DESIGN, SELECTION
from cnngui.commands.table import COMMANDS
from core.design.edits import move_in_chain

_HISTORY: Final = (MenuPlace(Surface.EDIT), MenuPlace(Surface.TOOLS, 1))
_CLIPBOARD: Final = (MenuPlace(Surface.EDIT, 1), MenuPlace(Surface.BLOCKS, 1), MenuPlace(Surface.NOTES, 1))
_DELETING: Final = when(
    lambda bench: bench.selection.parts or bench.editor.selected_wires(),
    "Select what is to be deleted first.",
)
_NAMED: Final = when(
    lambda bench: bench.selection.ids or bench.editor.notes.chosen is not None,
    "Select a block, a frame or a comment first.",
)


def _rename(bench: Bench) -> None:
    if bench.editor.notes.chosen is not None:
        bench.editor.notes.edit()
    else:
        bench.editor.selected.rename()


def _renaming(bench: Bench) -> Look:
    if bench.editor.notes.chosen is None:
        return Look("Rena&me")
    is_frame = bench.editor.notes.chosen in {frame.id for frame in bench.document.graph.frames}
    return Look("Rena&me Frame" if is_frame else "Edit Co&mment")


def _move_in_chain(bench: Bench, step: int) -> None:
    current = bench.selection.current
    if current is not None:
        name = bench.document.graph[current].name
        bench.editor.edit(f"Move {name}", lambda graph: move_in_chain(graph, current, step))


COMMANDS.add(
    Command(
        id="undo",
        text="&Undo",
        run=lambda bench: bench.document.undo_stack.undo(),
        where=_HISTORY,
        keys=(Keys.Undo,),
        icon="undo",
        refusal=when(lambda bench: bench.document.undo_stack.canUndo(), "There is nothing to undo."),
        look=lambda bench: Look("&Undo", bench.document.undo_stack.undoText()),
    ),
    Command(
        id="redo",
        text="&Redo",
        run=lambda bench: bench.document.undo_stack.redo(),
        where=_HISTORY,
        keys=(Keys.Redo, "Ctrl+Shift+Z", "Ctrl+Y"),
        icon="redo",
        refusal=when(lambda bench: bench.document.undo_stack.canRedo(), "There is nothing to redo."),
        look=lambda bench: Look("&Redo", bench.document.undo_stack.redoText()),
    ),
    Command(
        id="cut",
        text="Cu&t",
        run=lambda bench: bench.editor.clipboard.cut(),
        where=_CLIPBOARD,
        keys=(Keys.Cut,),
        reach="design",
        icon="cut",
        refusal=SELECTION,
    ),
    Command(
        id="copy",
        text="&Copy",
        run=lambda bench: bench.editor.clipboard.copy(),
        where=_CLIPBOARD,
        keys=(Keys.Copy,),
        reach="design",
        icon="copy",
        refusal=SELECTION,
    ),
    Command(
        id="paste",
        text="&Paste",
        run=lambda bench: bench.editor.clipboard.paste(),
        at=lambda bench, point: bench.editor.clipboard.paste(point),
        where=(MenuPlace(Surface.EDIT, 1), MenuPlace(Surface.PLANE, 1)),
        keys=(Keys.Paste,),
        reach="design",
        icon="paste",
    ),
    Command(
        id="duplicate",
        text="Dupl&icate",
        run=lambda bench: bench.editor.clipboard.duplicate(),
        where=_CLIPBOARD,
        keys=("Ctrl+D",),
        icon="duplicate",
        refusal=SELECTION,
    ),
    Command(
        id="delete",
        text="&Delete",
        run=lambda bench: bench.editor.selected.delete(),
        where=(*_CLIPBOARD, MenuPlace(Surface.WIRES)),
        keys=(Keys.Delete, "Backspace"),
        reach="design",
        icon="delete",
        refusal=_DELETING,
    ),
    Command(
        id="reconnect",
        text="Delete and Reco&nnect",
        run=lambda bench: bench.editor.selected.delete_and_reconnect(),
        where=(MenuPlace(Surface.EDIT, 1), MenuPlace(Surface.BLOCKS, 1)),
        keys=("Shift+Del", "Shift+Backspace"),
        icon="reconnect",
        reach="design",
        hint="Closes the gap with wires",
        refusal=BLOCK,
    ),
    Command(
        id="all",
        text="Select &All",
        run=lambda bench: bench.editor.select_all(),
        where=(MenuPlace(Surface.EDIT, 2), MenuPlace(Surface.PLANE, 1)),
        keys=(Keys.SelectAll,),
        icon="select_all",
        reach="design",
        refusal=DESIGN,
    ),
    Command(
        id="rename",
        text="Rena&me",
        run=_rename,
        where=(MenuPlace(Surface.EDIT, 2), MenuPlace(Surface.BLOCKS, 2), MenuPlace(Surface.NOTES, 2)),
        keys=("F2",),
        icon="rename",
        refusal=_NAMED,
        look=_renaming,
    ),
    Command(
        id="configure",
        text="&Settings of the Block",
        run=lambda bench: bench.selection.settings_wanted.emit(),
        where=(MenuPlace(Surface.EDIT, 2), MenuPlace(Surface.BLOCKS, 2)),
        icon="properties",
        refusal=BLOCK,
    ),
    Command(
        id="find",
        text="&Find Block…",
        run=lambda bench: bench.canvas.search_bar.open(),
        where=(MenuPlace(Surface.EDIT, 4),),
        keys=(Keys.Find,),
        icon="search",
        hint="By name, kind or setting",
        refusal=DESIGN,
    ),
    Command(
        id="earlier",
        text="Move Earlier in the C&hain",
        run=lambda bench: _move_in_chain(bench, -1),
        where=(MenuPlace(Surface.EDIT, 2),),
        keys=("Alt+Up",),
        reach="design",
        hint="Changes places with the block before",
        refusal=BLOCK,
    ),
    Command(
        id="later",
        text="Move &Later in the Chain",
        run=lambda bench: _move_in_chain(bench, 1),
        where=(MenuPlace(Surface.EDIT, 2),),
        keys=("Alt+Down",),
        reach="design",
        hint="Changes places with the block behind",
        refusal=BLOCK,
    ),
)
