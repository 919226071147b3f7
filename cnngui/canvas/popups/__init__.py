"""Small windows over the canvas that ask for a name."""
