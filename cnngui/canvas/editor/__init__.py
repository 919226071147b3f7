"""The edits that the canvas offers."""
