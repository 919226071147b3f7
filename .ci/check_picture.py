"""Fails where a picture is missing or blank: `check_picture.py FILE`."""

from __future__ import annotations

import sys

from PySide6.QtGui import QImage

LEAST_COLORS = 20
"""A drawn window has text, icons and lines; a blank one a color or two."""


def main() -> int:
    image = QImage(sys.argv[1])
    colors = {image.pixel(x, y) for x in range(0, image.width(), 3) for y in range(0, image.height(), 3)}
    print(f"{sys.argv[1]}: {image.width()} × {image.height()} pixels, {len(colors)} colors")
    return 0 if len(colors) >= LEAST_COLORS else 1


if __name__ == "__main__":
    sys.exit(main())
