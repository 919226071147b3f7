"""What can be written for other programs: the base of all exporters."""

from __future__ import annotations

from abc import ABC, abstractmethod
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path
from typing import Any, ClassVar, TypeVar, dataclass_transform

from core.design.graph import Graph
from core.errors import UsageError
from core.explain.analysis import Analysis
from core.formats.atomic import write_atomically
from core.schema.param import check_settings
from core.schema.registry import Registry


@dataclass(frozen=True, eq=False)
class Material:
    """What there is to export; None where it isn't there."""

    graph: Graph | None = None
    analysis: Analysis | None = None
    """Of `graph`."""


class Exporter(ABC):
    """Writes a file of one kind, with its settings. The base of all of them."""

    kind: ClassVar[str]
    title: ClassVar[str]
    suffix: ClassVar[str]
    """Of the file's name: `.csv`."""
    needs: ClassVar[frozenset[str]]
    """The fields of Material without which there is nothing to write."""

    def __post_init__(self) -> None:
        """Raises UsageError for a setting that isn't allowed."""
        check_settings(self)

    @classmethod
    def missing(cls, material: Material) -> frozenset[str]:
        """What it needs that isn't there."""
        return frozenset(name for name in cls.needs if getattr(material, name) is None)

    def write(self, path: Path, material: Material) -> None:
        """Writes the file, or leaves the one that is there.

        Raises FormatError where it can't be written, UsageError where something is missing.
        """
        missing = self.missing(material)
        if missing:
            raise UsageError(f"{self.title} can't be exported without: {', '.join(sorted(missing))}.")
        write_atomically(path, self.content(material))

    @abstractmethod
    def content(self, material: Material) -> bytes:
        """What the file holds; everything in `needs` is there."""


EXPORTERS: Registry[Exporter] = Registry("exporter")

E = TypeVar("E", bound=Exporter)


@dataclass_transform(frozen_default=True)
def exporter(kind: str, *, title: str, suffix: str, needs: frozenset[str]) -> Callable[[type[E]], type[E]]:
    """Declares an exporter: `@exporter("cost_csv", title="Cost table", suffix=".csv", needs=…)`."""
    enter: Any = EXPORTERS.register(kind, title=title, suffix=suffix, needs=needs)
    declare: Callable[[type[E]], type[E]] = enter
    return declare


def exporters_of(material: Material) -> list[type[Exporter]]:
    """The exporters that have all they need."""
    return [found for found in EXPORTERS if not found.missing(material)]
