"""Tries the remedies of many random designs, and tells of each that isn't one.

    python -m tests.core.repair.many --count 5000 --seed 1

It ends with status 1 where one doesn't cure, makes another block worse, does what another one does, or puts a
block on another. Design number n of a seed is always the same.
"""

from __future__ import annotations

import argparse
import random
import sys

from core.project import inspect
from tests.core.repair.randomly import faults, project


def tried(seed: int, count: int) -> tuple[int, list[str]]:
    """How many problems the designs had, and what is wrong with their remedies."""
    problems, told = 0, []
    for number in range(count):
        made, data = project(random.Random(f"{seed}/{number}"))
        problems += len(inspect(made, data).problems)
        told += [f"design {number} of seed {seed}: {fault}" for fault in faults(made, data)]
    return problems, told


def main() -> int:
    parser = argparse.ArgumentParser(prog="many", description=__doc__)
    parser.add_argument("--count", type=int, default=1000, help="so many designs")
    parser.add_argument("--seed", type=int, default=0)
    arguments = parser.parse_args()
    problems, told = tried(arguments.seed, arguments.count)
    print("\n".join(told), file=sys.stderr)
    print(f"{arguments.count} designs with {problems} problems: {len(told)} faults.")
    return 1 if told else 0


if __name__ == "__main__":
    sys.exit(main())
