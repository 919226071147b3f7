"""Takes hostile files through every reader and on through the window: a clear error each, or a sound result.

Each file is made from a seed and a number, read, and used as the application uses what it has read:
inference, summaries, costs, remedies, and the canvas of one window that stays open. Whatever else than an
error in words comes out, takes more than 5 s of CPU time, or more than 256 MiB of memory beyond the data, is
told; the exit status is then 1.

    python -m tests.faults.hostile [--count 2000] [--seed 0] [--only NUMBER] [--leave-out KIND]
"""

from __future__ import annotations

import argparse
import faulthandler
import os
import sys
import tempfile
import time
from collections import Counter
from contextlib import suppress
from pathlib import Path
from typing import Final

os.environ.setdefault("QT_QPA_PLATFORM", "offscreen")
os.environ["CNNGUI_EXECUTOR"] = "reference"  # what is read matters here, not what is compiled for it

MOST_SECONDS: Final = 5.0
MOST_BYTES: Final = 256 << 20
_STUCK_SECONDS: Final = 300
"""Then the process tells where it hangs, and ends."""


def main() -> int:
    """Gives the exit status."""
    from tests.faults.making import case
    from tests.faults.taking import Taker

    parser = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    parser.add_argument("--count", type=int, default=2000)
    parser.add_argument("--seed", type=int, default=0)
    parser.add_argument("--begin", type=int, default=0, help="the number of the first file")
    parser.add_argument("--only", type=int, help="the number of one file")
    parser.add_argument("--leave-out", default=[], action="append", metavar="KIND", help="of files")
    given = parser.parse_args()
    outcomes: Counter[tuple[str, str]] = Counter()
    faults = []
    worst = {"seconds": (0.0, ""), "MiB": (0.0, "")}
    with tempfile.TemporaryDirectory(prefix="cnngui-hostile-") as home:
        taker = Taker(Path(home))
        faulthandler.enable()
        try:
            numbers = range(given.begin, given.begin + given.count)
            for number in numbers if given.only is None else (given.only,):
                faulthandler.dump_traceback_later(_STUCK_SECONDS, exit=True)
                one = case(given.seed, number)
                if one.name in given.leave_out:
                    continue
                with tempfile.TemporaryDirectory(dir=home) as folder:
                    path = one.write(Path(folder))
                    before, started = _peak_from_now(), time.process_time()
                    outcome, allowed = taker.take(one.reader, path)
                    seconds, taken = time.process_time() - started, _peak() - before
                told = f"{number} ({one.name})"
                worst["seconds"] = max(worst["seconds"], (seconds, told))
                worst["MiB"] = max(worst["MiB"], ((taken - allowed) / 2**20, told))
                found = [outcome] if outcome not in ("read", "refused") else []
                found += [f"{seconds:.1f} s"] if seconds > MOST_SECONDS else []
                found += [f"{taken >> 20} MiB for {allowed >> 20}"] if taken - allowed > MOST_BYTES else []
                outcomes[one.name, "FAULT" if found else outcome] += 1
                if found:
                    faults.append(f"{told}: {'; '.join(found)}")
                    print(faults[-1], flush=True)
                if number % 100 == 99:
                    print(f"  {number + 1} files, {len(faults)} faults", file=sys.stderr, flush=True)
        finally:
            faulthandler.cancel_dump_traceback_later()
            taker.close()
    for (name, outcome), count in sorted(outcomes.items()):
        print(f"{name:28} {outcome:8} {count}")
    print(*(f"at most {number:.1f} {unit}: {told}" for unit, (number, told) in worst.items()), sep="\n")
    print(f"{sum(outcomes.values())} files, {len(faults)} faults")
    return 1 if faults else 0


def _peak_from_now() -> int:
    """Bytes of the process now, from which on its peak is counted; 0 where the system doesn't tell."""
    with suppress(OSError):
        Path("/proc/self/clear_refs").write_text("5")
    return _peak()


def _peak() -> int:
    with suppress(OSError):
        for line in Path("/proc/self/status").read_text().splitlines():
            if line.startswith("VmHWM:"):
                return 1024 * int(line.split()[1])
    return 0


if __name__ == "__main__":
    sys.exit(main())
