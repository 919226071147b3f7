"""Arrays, losses, metrics, optimisers, schedules, initialisers and random numbers."""
