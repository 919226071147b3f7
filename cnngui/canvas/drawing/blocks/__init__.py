"""Blocks and folded groups."""
