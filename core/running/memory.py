"""A batch that is too large, said in plain words, with one that isn't."""

from __future__ import annotations

from typing import Literal, TypeAlias

from core.errors import UsageError
from core.native.memory import physical_memory
from core.schema.written import count_text, counted_text, memory_text

Purpose: TypeAlias = Literal["train", "look at"]
"""What a batch was for: the plan says how large one is to train on, the caller any other."""
_SHARE = 0.5
"""Of the memory that there is, so much may be taken by what a batch needs at least."""


def too_large(count: int, bytes_each: int, purpose: Purpose) -> UsageError:
    """The error for `count` samples at once, of which each needs at least `bytes_each`."""
    needed = count * bytes_each
    room = int(_SHARE * physical_memory() / max(1, bytes_each)) or count // 4
    smaller = 1 << max(0, min(room, count // 2).bit_length() - 1)
    if count == 1:
        hint = "Make the network smaller, or its images."
    elif purpose == "train":
        hint = f"Set the batch size to {count_text(smaller)}."
    else:
        hint = f"Give at most {counted_text(smaller, 'sample')} at once."
    return UsageError(
        f"A batch of {counted_text(count, 'sample')} doesn't fit into memory: what the blocks give out alone "
        f"takes {memory_text(needed)}.",
        hint,
        parameter="batch_size" if purpose == "train" and count > 1 else None,
        suggested=smaller if purpose == "train" and count > 1 else None,
    )
