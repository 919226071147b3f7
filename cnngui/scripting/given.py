"""What a script gives as a path, a name or a plan: what can't be one is refused, not guessed at."""

from __future__ import annotations

import os
import reprlib
from collections.abc import Iterable
from pathlib import Path

import numpy as np

from cnngui.models.designs import local_path
from core.design.graph import Block
from core.errors import UsageError
from core.training.plan import Plan


def path_text(given: object) -> str:
    """The text of a path. Raises UsageError for anything else."""
    if not isinstance(given, (str, bytes, os.PathLike)):
        raise UsageError(
            f"Expected the name of a file, got {reprlib.repr(given)}.", 'Give it as text: "net.cnn".'
        )
    return os.fsdecode(given)


def path_of(given: object) -> Path:
    """A path, `~` replaced by the home folder. Raises UsageError for anything else."""
    return local_path(path_text(given))


def block_name(given: object) -> str:
    """A name for a block, without blanks around it. Raises UsageError for what is no text, or empty."""
    if isinstance(given, str) and given.strip():
        return given.strip()
    raise UsageError(
        f"Expected the name of a block, got {reprlib.repr(given)}.", 'Give it as text, for example "Stem".'
    )


def wanted_block(given: object) -> str:
    """The name or the id of a block. Raises UsageError for anything else."""
    if isinstance(given, str):
        return given
    hint = f"Give its name: {given.name!r}." if isinstance(given, Block) else "Give it as text."
    raise UsageError(f"Expected the name of a block, got {_shown(given)}.", hint)


def wanted_blocks(given: object, *, ordered: bool) -> list[str]:
    """One name or several; `ordered` where their order counts. Raises UsageError for anything else."""
    if isinstance(given, str):
        return [given]
    if isinstance(given, (list, tuple) if ordered else Iterable) and not isinstance(given, bytes):
        try:
            return [wanted_block(one) for one in given]
        except TypeError:  # an array of one number, or a class: iterable by name alone
            pass
    hint = 'Give one as text, or a list of them: ["Left", "Right"].'
    if isinstance(given, Block):
        hint = f"Give its name: {given.name!r}."
    raise UsageError(f"Expected the names of blocks in a list, got {_shown(given)}.", hint)


def plan_of(given: object) -> Plan:
    """A plan. Raises UsageError for anything else."""
    if isinstance(given, Plan):
        return given
    raise UsageError(f"Expected a plan, got {reprlib.repr(given)}.", "Give one such as Plan(epochs=3).")


def switch(given: object, name: str) -> bool:
    """Yes or no. Raises UsageError for anything else."""
    if isinstance(given, (bool, np.bool_)):
        return bool(given)
    raise UsageError(f"{name}: expected True or False, got {reprlib.repr(given)}.", "Leave it out for True.")


def _shown(given: object) -> str:
    return f"the block {given.name!r} itself" if isinstance(given, Block) else reprlib.repr(given)
