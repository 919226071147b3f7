"""The data and its samples."""
