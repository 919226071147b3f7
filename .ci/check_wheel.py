"""Fails where a wheel's top level isn't exactly `core`, `cnngui` and its metadata: `check_wheel.py WHEEL`."""

from __future__ import annotations

import sys
import zipfile

WANTED = {"core", "cnngui", "*.dist-info"}


def main() -> int:
    with zipfile.ZipFile(sys.argv[1]) as wheel:
        tops = {name.partition("/")[0] for name in wheel.namelist()}
    found = {"*.dist-info" if top.endswith(".dist-info") else top for top in tops}
    print(f"top level: {', '.join(sorted(tops))}")
    return 0 if found == WANTED else 1


if __name__ == "__main__":
    sys.exit(main())
