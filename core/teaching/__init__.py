"""Guided designs."""
