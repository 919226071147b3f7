"""The commands, by theme: each file adds its own to the table, and is found by lying here."""

from core.schema.discover import discover

discover(__name__, __path__)
