"""How threads share out a layer: by rows of the image, and by channels where there are too few rows.

A thread that has the same rows in all layers finds most of its input in its own cache, and the weights,
which all threads read, come in without waiting for another one.
"""

from __future__ import annotations

from itertools import product
from typing import NamedTuple

from core.engine.machine.operation import helper


@helper
def section(count: int, groups: int, group: int) -> tuple[int, int]:
    """The first and last + 1 of a group."""
    return group * count // groups, (group + 1) * count // groups


class Grid(NamedTuple):
    """Groups of rows and of channels; a piece of work is a group of rows with a group of channels."""

    row_groups: int
    channel_groups: int


def divide(threads: int, rows: int, channels: int, most_rows: int | None = None) -> Grid:
    """The grid in which the busiest thread has least to do, and of those the one with the fewest pieces.

    `rows` and `channels` count what can't be divided any further; a group has at most `most_rows` rows.
    """

    def busiest(grid: Grid) -> tuple[int, int, int]:
        size = -(-rows // grid.row_groups) * -(-channels // grid.channel_groups)
        pieces = grid.row_groups * grid.channel_groups
        return -(-pieces // threads) * size, pieces, grid.channel_groups

    least = -(-rows // most_rows) if most_rows else 1
    row_choices = range(least, max(least, min(rows, 2 * threads)) + 1)
    channel_choices = range(1, min(channels, 2 * threads) + 1)
    return min((Grid(*pair) for pair in product(row_choices, channel_choices)), key=busiest)
