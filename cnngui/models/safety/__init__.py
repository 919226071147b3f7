"""What keeps a person's work safe without being asked: drafts, what was left behind, and the open file."""
