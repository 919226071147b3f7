"""Wishes about a network, and their answers."""
