"""The page that stands in for an empty canvas."""
