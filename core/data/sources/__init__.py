"""What data can be read from, one file a kind."""
