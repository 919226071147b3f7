"""What opens over the canvas and asks for a name."""
