"""Fails each operation on the disk, and each large allocation, in turn: `python -m tests.faults.points`.

    python -m tests.faults.points [--count N] [--seed S]

After each failure, the former state or the new one has to be there.
With `--count`, so many points of all are chosen at random.
"""

from __future__ import annotations

import argparse
import os
import random
import shutil
import sys
import tempfile
import time
import traceback
from collections import Counter
from collections.abc import Iterator
from pathlib import Path
from typing import NamedTuple

from core.errors import CoreError
from core.formats.data_folder import DATA_VARIABLE
from core.native.environment import EXECUTOR_VARIABLE
from tests.faults.disk import KILLED, Disk, Fault, failing
from tests.faults.workloads import WORKLOADS, Workload


class Point(NamedTuple):
    """The operation that fails."""

    workload: str
    fault: Fault
    at: int


def points(workloads: dict[str, Workload], room: Path) -> Iterator[Point]:
    """All there are."""
    for name, workload in workloads.items():
        for fault in Fault:
            folder = fresh(room, name)
            disk = Disk(fault, 0)
            with failing(disk):
                workload.work(folder)
            yield from (Point(name, fault, at) for at in range(1, disk.done + 1))


def fresh(room: Path, name: str) -> Path:
    """A folder in the former state."""
    folder = room / "work"
    shutil.rmtree(folder, ignore_errors=True)
    shutil.copytree(room / name, folder)
    os.environ[DATA_VARIABLE] = str(folder / "data")
    return folder


def fail_at(point: Point, workload: Workload, room: Path) -> str:
    """What went wrong; empty where all is as it has to be."""
    folder = fresh(room, point.workload)
    status = in_a_process(point, workload, folder)
    if status not in (0, 1, KILLED):
        return f"the work ended with {status}"
    try:
        workload.check(folder, finished=status == 0)
    except Exception:  # whatever reading it raises, the state isn't there
        return traceback.format_exc(limit=-3)
    return ""


def in_a_process(point: Point, workload: Workload, folder: Path) -> int:
    """The status of a process that works until the fault: 0 where it has finished, 1 where it was refused."""
    child = os.fork()
    if child:
        return os.waitstatus_to_exitcode(os.waitpid(child, 0)[1])
    status = 2
    try:
        with failing(Disk(point.fault, point.at)):
            workload.work(folder)
        status = 0
    except (CoreError, MemoryError):
        status = 1
    except BaseException:
        traceback.print_exc(limit=-4)
    finally:
        sys.stderr.flush()
        os._exit(status)


def main(arguments: list[str] | None = None) -> int:
    parser = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    parser.add_argument("--count", type=int, help="points to try; all without it")
    parser.add_argument("--seed", type=int, default=0)
    parser.add_argument("--only", choices=sorted(WORKLOADS))
    given = parser.parse_args(arguments)
    os.environ[EXECUTOR_VARIABLE] = "reference"
    begin, failed = time.monotonic(), 0
    with tempfile.TemporaryDirectory() as made:
        room = Path(made)
        workloads = {n: kind() for n, kind in WORKLOADS.items() if given.only in (None, n)}
        for name, workload in workloads.items():
            (room / name).mkdir()
            os.environ[DATA_VARIABLE] = str(room / name / "data")
            workload.prepare(room / name)
        chosen = list(points(workloads, room))
        if given.count is not None and given.count < len(chosen):
            chosen = random.Random(given.seed).sample(chosen, given.count)
        for point in chosen:
            wrong = fail_at(point, workloads[point.workload], room)
            if wrong:
                failed += 1
                print(f"{point.workload}, {point.fault.name} at {point.at}: {wrong}", flush=True)
    by_kind = Counter(point.workload for point in chosen)
    print(f"{len(chosen)} points in {time.monotonic() - begin:.0f} s, {failed} failed: {dict(by_kind)}")
    return 1 if failed or not chosen else 0


if __name__ == "__main__":
    sys.exit(main())
