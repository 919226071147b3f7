"""The kept runs in a window: the panel, and going on after a kill."""
