"""What the window says of unsaved work that was left behind, and of the open file on the disk."""
