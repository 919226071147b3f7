"""A run, watched and steered."""
