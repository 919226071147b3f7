"""`cnngui runs`: the runs that were recorded."""

from __future__ import annotations

import argparse
import json
import sys
from pathlib import Path
from typing import Any

from cnngui.cli.run_list import HEAD, LEFT, runs_of_data_folder, runs_of_file
from cnngui.cli.tables import aligned


def add_parser(commands: Any) -> None:
    """Adds the command."""
    parser = commands.add_parser("runs", help="list the training runs that were recorded")
    parser.add_argument("file", metavar="FILE", type=Path, nargs="?", help="a .cnn file: list its runs alone")
    parser.add_argument("--json", action="store_true", help="print one JSON object a run")
    parser.set_defaults(run=run)


def run(arguments: argparse.Namespace) -> int:
    """Prints a line for each run, the latest first. What can't be read is said on stderr."""
    file = arguments.file
    listed = runs_of_data_folder(_complain) if file is None else runs_of_file(file)
    if arguments.json:
        for one in listed:
            print(json.dumps(one.to_json()))
    elif not listed:
        print("No run is recorded yet." if file is None else f"{file} holds no run.")
    else:
        for line in aligned([HEAD, *(one.line for one in listed)], LEFT):
            print(line)
    return 0


def _complain(text: str) -> None:
    print(f"cnngui: {text}", file=sys.stderr)
