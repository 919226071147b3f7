"""Writes the example designs: `python -m core.templates FOLDER`."""

from __future__ import annotations

import sys
from pathlib import Path

from core.arrange import arrange
from core.edits import move
from core.formats.design import to_text
from core.templates.builder import sizes
from core.templates.networks import TEMPLATES


def main(folder: str) -> None:
    """One JSON file for each template, its blocks laid out for the canvas."""
    for template in TEMPLATES:
        graph = template.build()
        graph = move(graph, arrange(graph, sizes(graph)))
        (Path(folder) / f"{template.name}.json").write_text(to_text(graph), encoding="utf-8")


if __name__ == "__main__":
    main(sys.argv[1])
