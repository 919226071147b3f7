"""Where panels are: in docks, out of strips, or over all others; the layouts that are remembered."""
