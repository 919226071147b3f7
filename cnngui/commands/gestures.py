"""What mouse and keys do on the canvas besides the commands: told in the list of shortcuts."""

from __future__ import annotations

from typing import Final

GESTURES: Final = {
    "Canvas: keys": (
        ("Go from block to block", "Ctrl+Arrows"),
        ("Move the selection, or the view where nothing is selected", "Arrows"),
        ("Move the selection ten times as far", "Shift+Arrows"),
        ("Add a block by typing", "Tab"),
        ("Connect the block to another", "C"),
        ("Show the settings of the block, open or fold the group, edit the note", "Return"),
        ("Cancel what the mouse is doing, or select nothing", "Esc"),
    ),
    "Canvas: mouse": (
        ("Select, and select one more", "Click, Ctrl and click"),
        ("Select what the frame touches", "Drag over nothing"),
        ("Move what is selected", "Drag a block"),
        ("Move without snapping and without changing groups", "Alt and drag a block"),
        ("Draw a wire", "Drag from port to port"),
        ("Lead a wire elsewhere, or remove it", "Drag its end off the input"),
        ("Show the settings of a block, open or fold a group", "Double click"),
        ("Add a block there by typing", "Double click on nothing"),
        ("Zoom at the cursor", "Wheel"),
        ("Move the view", "Drag with the middle button"),
        ("See what can be done here", "Right click"),
    ),
}
"""By group: what is done, and how."""
