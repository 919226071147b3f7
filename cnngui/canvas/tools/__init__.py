"""The gestures on the canvas, each an object: it starts, moves, ends or is cancelled."""

from cnngui.canvas.tools.band import RubberBand
from cnngui.canvas.tools.base import Pointer, Tool
from cnngui.canvas.tools.drop import Drop, DropBlock, DropSnippet
from cnngui.canvas.tools.move import MoveBlocks
from cnngui.canvas.tools.note import HoldNote
from cnngui.canvas.tools.pan import Pan
from cnngui.canvas.tools.wire import DrawWire

__all__ = [
    "DrawWire",
    "Drop",
    "DropBlock",
    "DropSnippet",
    "HoldNote",
    "MoveBlocks",
    "Pan",
    "Pointer",
    "RubberBand",
    "Tool",
]
