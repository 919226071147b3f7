"""What a job is, and what the compute thread gives it to work with."""

from __future__ import annotations

from abc import ABC, abstractmethod
from collections.abc import Callable
from dataclasses import dataclass, field
from typing import ClassVar

from cnngui.compute.mailbox import Mailbox
from core.errors import CoreError, Problem
from core.running.program import Program
from core.training.checkpoint import Checkpoint
from core.training.session import Session


@dataclass(eq=False)
class Desk:
    """What lies on the compute thread's desk; only jobs touch it."""

    mailbox: Mailbox
    tell: Callable[[Job, object], None]
    """Sends an answer to a job into the GUI's thread."""
    serve: Callable[[bool], None]
    """Does what came in meanwhile; with True, waits for something to come."""
    interrupted: Callable[[], bool]
    """Whether the application ends."""
    program: Program | None = None
    """The network that is looked at and judged: that of the last run, or one that was adopted."""
    step: int = 0
    """After how many steps `program` is as it is."""
    session: Session | None = None
    """The run that is on."""
    left: Checkpoint | None = None
    """Where the last run has ended."""
    paused: bool = False
    single_steps: int = field(default=0)
    """Steps that a paused run is still to make."""


class Job(ABC):
    """Something to be done in the compute thread: a value, of which the thread knows nothing but this.

    Declare one as a frozen dataclass without comparison (`eq=False`): answers and failures carry the very job
    that they are for. What `do` raises is told as the job's failure.
    """

    urgent: ClassVar[bool] = False
    """Whether what is only done ahead gives way to it."""
    ahead: ClassVar[bool] = False
    """Whether nobody waits for it: what it compiles goes on elsewhere when it gives way."""
    ends_compiling: ClassVar[bool] = False
    """Whether it calls off all compilation that is waited for."""

    @abstractmethod
    def do(self, desk: Desk) -> None:
        """Does it, in the compute thread."""


def problem_of(error: Exception) -> Problem:
    """What to say of an exception."""
    if isinstance(error, CoreError):
        return error.problem
    return Problem(
        f"Something went wrong inside cnngui: {type(error).__name__}: {error}.",
        "Please report it with the design; you can go on working.",
    )


@dataclass(frozen=True)
class Held:
    """The answer to what holds a run or lets it go on: whether it is paused now."""

    paused: bool
