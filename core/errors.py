"""What can be wrong, said so that it can be mended: the block, the setting, expected, found, remedy."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path
from typing import Literal

Severity = Literal["error", "warning"]


@dataclass(frozen=True)
class Problem:
    """Something wrong with a design, as a value.

    `block` is the block's id and `parameter` the field's name, where the problem has such a place; of what a
    run brings to light, it may be a field of the plan's optimiser;
    `hint` is the remedy in words (`core.repair` finds remedies that one click applies).
    """

    message: str
    hint: str = ""
    block: str | None = None
    parameter: str | None = None
    severity: Severity = "error"
    unfinished: bool = False
    """Whether it only says that the design isn't complete yet."""
    suggested: int | None = None
    """A value of `parameter` that would do, where one is known."""

    def __str__(self) -> str:
        return f"{self.message} {self.hint}".strip()


def name_of(path: Path) -> str:
    """What a message calls a file or folder: its last name; `/` and `.` have none, so all of the path."""
    return path.name or str(path.absolute())


class CoreError(Exception):
    """The base of all errors that a user can cause or mend; `problem` says what and where."""

    def __init__(
        self,
        message: str,
        hint: str = "",
        *,
        block: str | None = None,
        parameter: str | None = None,
        suggested: int | None = None,
    ) -> None:
        self.problem = Problem(message, hint, block, parameter, suggested=suggested)
        super().__init__(str(self.problem))


class DesignError(CoreError):
    """The design can't be built or edited this way."""


class ShapeError(CoreError):
    """A layer can't take the shapes it is given; raised by `infer`, turned into a Problem."""


class LayerError(CoreError):
    """A block failed while the network ran; `phase` is "forward", "backward" or "update"."""

    def __init__(
        self, message: str, hint: str = "", *, block: str, phase: str, parameter: str | None = None
    ) -> None:
        super().__init__(message, hint, block=block, parameter=parameter)
        self.phase = phase


class DivergedError(LayerError):
    """Steps of the optimiser have led where nothing is learned any more: smaller ones may help."""


class DataError(CoreError):
    """A data source can't be read or doesn't fit the design."""


class FormatError(CoreError):
    """A file is not what it should be, or can't be written."""


class UsageError(CoreError):
    """A name or a value that the caller gave is unknown or out of range."""


class TooLargeError(UsageError):
    """What was asked for needs more memory than there is for it; none of it has been taken."""
