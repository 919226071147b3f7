"""What is written for other programs: one file each. Importing this package registers all of them."""

from core.exchange.base import EXPORTERS, Exporter, Material, exporter, exporters_of
from core.schema.discover import discover

__all__ = ["EXPORTERS", "Exporter", "Material", "exporter", "exporters_of"]

discover(__name__, __path__)
