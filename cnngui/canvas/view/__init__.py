"""The widget that shows the drawing and takes mouse and keys."""
