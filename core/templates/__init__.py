"""Designs to begin with, and parts to build with."""

from core.templates.inserting import insert_snippet
from core.templates.networks import TEMPLATES, Template
from core.templates.snippets import SNIPPETS, Snippet

__all__ = ["SNIPPETS", "TEMPLATES", "Snippet", "Template", "insert_snippet"]
