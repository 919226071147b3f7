"""A batch that is too large, said in plain words, with one that isn't."""

from __future__ import annotations

from typing import Literal, TypeAlias

from core.errors import UsageError
from core.native.memory import physical_memory

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
        hint = f"Set the batch size to {smaller:,}."
    else:
        hint = f"Give at most {smaller:,} samples at once."
    return UsageError(
        f"A batch of {count:,} sample{'s' * (count != 1)} doesn't fit into memory: what the blocks give out "
        f"alone takes {_amount(needed)}.",
        hint,
        parameter="batch_size" if purpose == "train" and count > 1 else None,
    )


def _amount(size: int) -> str:
    """Bytes in words: `68.7 GiB`."""
    return f"{size / 2**30:,.1f} GiB" if size >= 2**30 else f"{size / 2**20:,.1f} MiB"
