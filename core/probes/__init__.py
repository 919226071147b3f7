"""Wishes about a network, and their answers: one file each. Importing this package registers all of them."""

from core.probes.base import PROBES, Probe, probe
from core.schema.discover import discover

__all__ = ["PROBES", "Probe", "probe"]

discover(__name__, __path__)
