"""Blocks, their settings and their problems."""
