"""The declared classes of one sort: layers, optimisers, data sources and so on, each known by its kind."""

from __future__ import annotations

import difflib
import inspect
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from typing import Generic, TypeVar

from core.errors import UsageError

T = TypeVar("T")


class Registry(Generic[T]):
    """The declared classes of one sort, by kind, in the order of their declaration.

    With `eq`, two objects of a class with the same settings are equal.
    """

    def __init__(self, what: str, *, eq: bool = True) -> None:
        self.what = what
        self._eq = eq
        self._classes: dict[str, type[T]] = {}

    def register(self, kind: str, **attributes: object) -> Callable[[type[T]], type[T]]:
        """A class decorator: makes a frozen dataclass of the class, known by `kind`.

        `attributes` become attributes of the class. Raises ValueError for a kind that is declared already.
        """

        def enter(declared: type[T]) -> type[T]:
            if kind in self._classes:
                taken = self._classes[kind].__qualname__
                raise ValueError(
                    f"{declared.__qualname__}: there is a {self.what} {kind!r} already, {taken}."
                )
            for name, value in {"kind": kind, **attributes}.items():
                setattr(declared, name, value)
            made = dataclass(frozen=True, eq=self._eq)(declared)
            self._classes[kind] = made
            return made

        return enter

    def remove(self, kind: str) -> None:
        """Forgets a class, as if it had never been declared."""
        del self._classes[kind]

    def __getitem__(self, kind: str) -> type[T]:
        """Raises UsageError, with the nearest names, for an unknown kind."""
        try:
            return self._classes[kind]
        except KeyError:
            near = difflib.get_close_matches(kind, self._classes, n=1)
            hint = f"Did you mean {near[0]!r}?" if near else f"Known: {', '.join(sorted(self._classes))}."
            raise UsageError(f"There is no {self.what} {kind!r}.", hint) from None

    def __contains__(self, kind: object) -> bool:
        return kind in self._classes

    def __iter__(self) -> Iterator[type[T]]:
        return iter(self._classes.values())

    def __len__(self) -> int:
        return len(self._classes)


def summary(declared: type[object]) -> str:
    """The first paragraph of a class's docstring, in one line."""
    return " ".join((inspect.getdoc(declared) or "").partition("\n\n")[0].split())
