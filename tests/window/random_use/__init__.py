"""Uses the whole application at random, with mouse, keys, commands and remedies, to see what breaks."""
