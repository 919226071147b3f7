"""What a data source is before it is opened, and how one is found for what somebody has named."""

from __future__ import annotations

from abc import ABC, abstractmethod
from collections.abc import Callable, Mapping
from contextlib import suppress
from dataclasses import dataclass
from pathlib import Path
from typing import Any, ClassVar, NamedTuple, TypeVar, dataclass_transform

from core.data.dataset import Source
from core.errors import DataError, name_of
from core.schema.param import check_settings, param
from core.schema.registry import Registry, summary

CERTAIN, LIKELY, POSSIBLE, NO = 1.0, 0.5, 0.1, 0.0
"""How surely a path is recognised: it is nothing else; it looks like it; it may be meant; it isn't."""


@dataclass(frozen=True)
class Recognition:
    """What an opener makes of a path: how surely it is one of its own, from 0 (not at all) to 1, and why."""

    confidence: float
    reason: str


class Name(NamedTuple):
    """What stands for a source that needs no path; `settings` are those that it means."""

    spec: str
    title: str
    settings: Mapping[str, object]


class Opener(ABC):
    """Where data can come from, with its settings: `open` gives the samples. The base of all of them.

    One that opens files or folders has the setting `path` (see `path_setting`) and overrides `recognise`; one
    that needs none has `names`.
    """

    kind: ClassVar[str]
    title: ClassVar[str]
    form: ClassVar[str]
    """What a user gives, as a part of a sentence: `a folder with MNIST's files`. The docstring says more."""
    patterns: ClassVar[tuple[str, ...]] = ()
    """Of the files to choose from in a dialog: `*.npz`."""
    names: ClassVar[tuple[Name, ...]] = ()

    def __post_init__(self) -> None:
        """Raises UsageError for a setting that isn't allowed."""
        check_settings(self)

    @classmethod
    def recognise(cls, path: Path) -> Recognition:
        """Whether it opens this file or folder, which exists; a short look, nothing is read as a whole."""
        return Recognition(NO, f"{cls.title} needs no file")

    @abstractmethod
    def open(self) -> Source:
        """Raises DataError where there is nothing to open, or not what was expected."""


SOURCES: Registry[Opener] = Registry("data source")

O = TypeVar("O", bound=Opener)  # noqa: E741


@dataclass_transform(frozen_default=True)
def source(kind: str, *, title: str) -> Callable[[type[O]], type[O]]:
    """Declares a data source: `@source("npz", title="NumPy archive")`."""
    enter: Any = SOURCES.register(kind, title=title)
    declare: Callable[[type[O]], type[O]] = enter
    return declare


def path_setting(help: str) -> Any:
    return param("", label="Path", help=help)


def named_sources() -> dict[str, str]:
    """The titles of the sources that need no path, by the names that stand for them."""
    return {name.spec: name.title for opener in SOURCES for name in opener.names}


def forms() -> str:
    """What can be given as a data source, as a part of a sentence."""
    known = [*named_sources(), *(opener.form for opener in SOURCES if not opener.names)]
    return " or ".join(filter(None, (", ".join(known[:-1]), known[-1])))


def descriptions() -> list[str]:
    """A sentence about each source that has a path: what has to lie there."""
    return [summary(opener) for opener in SOURCES if not opener.names]


def patterns() -> list[str]:
    """What the names of data files look like: `*.npz`."""
    return sorted({pattern for opener in SOURCES for pattern in opener.patterns})


def load_source(spec: str) -> Source:
    """Opens what a name or a path stands for. Raises DataError."""
    return find_source(spec).open()


def find_source(spec: str) -> Opener:
    """What opens this name or path: the opener that recognises it most surely.

    Raises DataError where there is no such file, or nobody knows it.
    """
    for opener in SOURCES:
        for name in opener.names:
            if name.spec == spec:
                return _made(opener, name.settings)
    path = _existing(spec)
    found, best = max(recognised(path), key=lambda pair: pair[1].confidence)
    if best.confidence == NO:
        raise DataError(f"{name_of(path)} is no data source that cnngui knows.", f"Give {forms()}.")
    return _made(found, {"path": str(path)})


def lasting(spec: str) -> str:
    """The same source, named so that it is found from any folder. What isn't there stays as it is."""
    with suppress(DataError, OSError):
        if spec and spec not in named_sources():
            return str(_existing(spec).absolute())
    return spec


def recognised(path: Path) -> list[tuple[type[Opener], Recognition]]:
    """What each of the openers makes of a path."""
    return [(opener, opener.recognise(path)) for opener in SOURCES]


def _made(opener: type[Opener], settings: Mapping[str, object]) -> Opener:
    make: Callable[..., Opener] = opener
    return make(**settings)


def _existing(spec: str) -> Path:
    try:
        path = Path(spec).expanduser()
        found = path.exists()
    except OSError as error:
        raise DataError(f"The data source {spec!r} can't be opened: {error.strerror}.") from None
    except (RuntimeError, ValueError):  # ~ of an unknown user; what can't be a path at all
        found = False
    if not found:
        raise DataError(f"There is no data source {spec!r}.", f"Give {forms()}.")
    return path
