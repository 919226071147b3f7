"""Code that is compiled on this machine, for it alone: where it is kept, and what differs between systems."""
