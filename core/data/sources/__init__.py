"""Where data can come from: one file each. Importing this package registers all of them."""

from core.data.sources.base import SOURCES, Opener, Recognition, find_source, load_source, source
from core.schema.discover import discover

__all__ = ["SOURCES", "Opener", "Recognition", "find_source", "load_source", "source"]

discover(__name__, __path__)
