"""What a screen reader finds on the canvas."""
