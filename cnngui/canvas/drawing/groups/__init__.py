"""Open groups and their titles."""
