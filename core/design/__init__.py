"""The design as a value: its edits, its shapes and what is wrong with it."""
