"""Declared settings, and registries of what declares them."""
