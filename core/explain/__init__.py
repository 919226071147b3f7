"""What a design costs and does, in figures, pictures and words."""
