"""Designs to begin with, and parts to build with."""

from core.templates.networks import TEMPLATES, Template
from core.templates.snippets import SNIPPETS, Snippet, insert_snippet

__all__ = ["SNIPPETS", "TEMPLATES", "Snippet", "Template", "insert_snippet"]
