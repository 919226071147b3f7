"""The headless half of cnngui: what a convolutional network is, and how it learns."""
