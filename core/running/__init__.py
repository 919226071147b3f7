"""A design made runnable, and the reference executor."""
