"""Runs in the data folder, and copies of them in files: journals, checkpoints, and what is kept of both."""
