"""`cnngui evaluate`: how good a trained network is."""

from __future__ import annotations

import argparse
import json
from dataclasses import replace
from pathlib import Path
from typing import Any

from cnngui.cli.results import followed, numbers, result_text
from cnngui.cli.streams import say
from cnngui.cli.terminal import is_watched
from core.compile import compile_graph
from core.data.dataset import divide
from core.data.sources.base import forms, load_source
from core.design.infer import require_sound
from core.errors import UsageError
from core.formats.project import load_project
from core.schema.written import counted_text


def add_parser(commands: Any) -> None:
    """Adds the command."""
    parser = commands.add_parser("evaluate", help="judge a trained network on a data source")
    parser.add_argument("file", metavar="FILE", type=Path, help="a trained .cnn file")
    parser.add_argument("--data", metavar="SOURCE", help=forms())
    parser.add_argument("--json", action="store_true", help="print one JSON object")
    parser.set_defaults(run=run)


def run(arguments: argparse.Namespace) -> int:
    """Evaluates on the test part where the source has one, else on all of it."""
    file = load_project(arguments.file)
    project = file.project
    if file.checkpoint is None:
        raise UsageError(
            f"{arguments.file.name} isn't trained.", "Train it first: cnngui train … --out FILE."
        )
    spec = arguments.data or project.data.source
    if spec is None:
        raise UsageError("No data source is given.", f"Add --data with {forms()}.")
    if file.trained is not None:
        say(f"{arguments.file.name} was changed after its training; what was trained is judged.")
        project = replace(project, design=file.trained)
    source = load_source(spec)
    data = source.test or source.train
    require_sound(project.design, data.spec)
    program = compile_graph(project.design)
    trained_on, _ = divide(source.train, project.plan.validation, project.plan.seed)
    counts = source.train.counts(trained_on)
    known = file.checkpoint.counts  # of the training, whose loss is to judge; older files have none
    program.adapt(known if len(known) == len(counts) else counts)
    untrained = program.parameters.load(file.checkpoint.kept)
    if untrained:
        name = project.design[untrained[0].rpartition(".")[0]].name
        raise UsageError(
            f"{arguments.file.name} was changed after its training: {name} has no weights that fit.",
            "Train it again.",
        )
    found = followed(program, data, shown=is_watched())
    if arguments.json:
        confusion = None if found.confusion is None else found.confusion.tolist()
        print(json.dumps({**numbers(found.result), "samples": found.samples, "confusion": confusion}))
    else:
        print(f"{counted_text(found.samples, 'sample')}  {result_text(found.result)}")
    return 0
