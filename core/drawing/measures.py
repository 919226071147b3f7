"""How large blocks are drawn, and how far apart they are put, in pixels of the canvas."""

from __future__ import annotations

from typing import Final

BLOCK_WIDTH: Final = 168
BLOCK_GAP: Final = 48
"""Between a block and the one behind it: room for the wire."""
ROW_GAP: Final = 24
"""Between a block and one that stands aside of it."""
