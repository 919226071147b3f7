"""What the compute thread can be asked to do, one job a file."""
