"""All registries, and entries that a test declares for itself."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any

from core.data.sources import SOURCES
from core.exchange import EXPORTERS
from core.layers import LAYERS
from core.maths.optim import OPTIMIZERS
from core.maths.schedules import SCHEDULES
from core.probes import PROBES
from core.schema.registry import Registry

REGISTRIES: dict[str, Registry[Any]] = {
    registry.what: registry for registry in (LAYERS, OPTIMIZERS, SCHEDULES, SOURCES, PROBES, EXPORTERS)
}
ENTRIES: list[tuple[Registry[Any], type[Any]]] = [(r, entry) for r in REGISTRIES.values() for entry in r]
NAMES = [f"{registry.what} {entry.kind}" for registry, entry in ENTRIES]


@contextmanager
def declared_for_a_moment(registry: Registry[Any]) -> Iterator[None]:
    """What is declared inside is forgotten afterwards."""
    before = {entry.kind for entry in registry}
    try:
        yield
    finally:
        for kind in [entry.kind for entry in registry if entry.kind not in before]:
            registry.remove(kind)
