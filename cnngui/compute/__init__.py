"""The thread that computes, and the way to it."""
