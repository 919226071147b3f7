"""Vectors, compiled code, the team of threads and the memory that operations share."""
