"""Frames and comments on the canvas: drawn, selected, moved, resized and edited in place."""
