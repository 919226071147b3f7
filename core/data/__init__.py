"""Where the samples come from: data sets, the files they are read from, and the embedded digits."""

from core.data.dataset import Dataset, Source
from core.data.sources import load_source

__all__ = ["Dataset", "Source", "load_source"]
