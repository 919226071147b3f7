"""The design as it is drawn."""
