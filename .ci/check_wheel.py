"""Fails where a wheel's top level isn't exactly `core`, `cnngui` and its metadata, or what makes it a typed
package is missing: `check_wheel.py WHEEL`."""

from __future__ import annotations

import sys
import zipfile

WANTED = {"core", "cnngui", "*.dist-info"}
TYPED = {"core/py.typed", "cnngui/py.typed", "cnngui/scripting/declared.pyi"}


def main() -> int:
    with zipfile.ZipFile(sys.argv[1]) as wheel:
        names = set(wheel.namelist())
    tops = {name.partition("/")[0] for name in names}
    found = {"*.dist-info" if top.endswith(".dist-info") else top for top in tops}
    print(f"top level: {', '.join(sorted(tops))}")
    print(f"missing: {', '.join(sorted(TYPED - names)) or 'nothing'}")
    return 0 if found == WANTED and names >= TYPED else 1


if __name__ == "__main__":
    sys.exit(main())
