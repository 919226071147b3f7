"""The guided first design."""
