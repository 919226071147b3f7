"""The commands, by theme: each file adds its own to the table, and is found by lying here."""
