"""What a probe is: a wish about a network, which whoever has the network answers."""

from __future__ import annotations

from abc import ABC, abstractmethod
from collections.abc import Callable
from dataclasses import dataclass
from typing import Any, ClassVar, Generic, TypeVar, dataclass_transform

from numpy.typing import NDArray

from core.maths.arrays import Array
from core.running.program import Program
from core.schema.param import check_settings
from core.schema.registry import Registry

Answer = TypeVar("Answer")


@dataclass(frozen=True, eq=False)
class Probe(ABC, Generic[Answer]):
    """A wish about these `blocks` for one `sample`, (C, H, W) or (F,), numbers as in a batch.

    `target` is what the network is to make of the sample, one of what `Program.targets` gives; None where the
    probe doesn't need it. What else may be chosen are declared settings.
    """

    kind: ClassVar[str]
    title: ClassVar[str]
    blocks: frozenset[str]
    sample: Array
    target: NDArray[Any] | None = None

    def __post_init__(self) -> None:
        """Raises UsageError for a setting that isn't allowed."""
        check_settings(self)

    @abstractmethod
    def ask(self, program: Program, step: int) -> Answer:
        """The answer of a network after `step` steps, in arrays of its own; the network stays as it is.

        Blocks that the network doesn't have are left out. Raises CoreError where there is no answer.
        """


PROBES: Registry[Probe[Any]] = Registry("probe", eq=False)

P = TypeVar("P", bound=Probe[Any])


@dataclass_transform(frozen_default=True, eq_default=False)
def probe(kind: str, *, title: str) -> Callable[[type[P]], type[P]]:
    """Declares a probe: `@probe("feature_maps", title="Feature maps")`."""
    enter: Any = PROBES.register(kind, title=title)
    declare: Callable[[type[P]], type[P]] = enter
    return declare
