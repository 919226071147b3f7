"""Wires and their courses."""
