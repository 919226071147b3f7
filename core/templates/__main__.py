"""Writes the example designs: `python -m core.templates FOLDER`."""

from __future__ import annotations

import sys
from pathlib import Path

from core.formats.design import to_text
from core.templates.fitting import laid_out
from core.templates.networks import TEMPLATES


def main(folder: str) -> None:
    """One JSON file for each template, its blocks laid out for the canvas."""
    for template in TEMPLATES:
        text = to_text(laid_out(template.build()))
        (Path(folder) / f"{template.name}.json").write_text(text, encoding="utf-8")


if __name__ == "__main__":
    main(sys.argv[1])
