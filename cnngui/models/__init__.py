"""What the application knows, without a widget."""
