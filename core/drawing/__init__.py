"""Where things stand on the canvas: layouts, courses of wires, room."""
