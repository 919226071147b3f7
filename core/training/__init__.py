"""A training run: plan, session, events, checkpoint, evaluation."""
