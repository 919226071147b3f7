"""The application, its window and what fills it."""
