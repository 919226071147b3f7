"""Writes the golden files of the current format version: `python -m tests.golden.make`.

Only for a new version of the format. The files of older versions stay as they are: they stand for the files
of users, and have to be read for ever.
"""

from __future__ import annotations

import os
import shutil
from dataclasses import replace
from pathlib import Path
from tempfile import TemporaryDirectory

import numpy as np

from core.compile import compile_graph
from core.data.dataset import split
from core.design import groups, notes
from core.design.graph import Graph
from core.formats.design import VERSION
from core.formats.project import VERSION as PROJECT_VERSION
from core.formats.project import ProjectFile, save_project
from core.formats.runs.blocks import Record
from core.formats.runs.copies import copies_of
from core.formats.runs.journal import Journal
from core.formats.runs.points import write_point
from core.formats.runs.records import JOURNAL, RunWriter
from core.layers.activation import LeakyReLU, ReLU
from core.layers.convolution import Conv2D
from core.layers.dense import Dense
from core.layers.dropout import Dropout
from core.layers.merge import Add, Concatenate
from core.layers.normalisation import BatchNorm
from core.layers.output import Classification
from core.layers.pooling import AveragePool, GlobalAveragePool, MaxPool
from core.layers.unknown import Unknown
from core.maths.optim import Adam
from core.native.environment import EXECUTOR_VARIABLE
from core.project import DataChoice, Project
from core.running.program import Execution
from core.training.evaluate import evaluate
from core.training.plan import Plan, PlanChange
from core.training.record import Begun, Ended, Machine
from core.training.session import Session
from tests.core.designs import Builder, shapes_to_tell_apart
from tests.paths import GOLDEN


def trained_design() -> Graph:
    """Branches, running statistics and dropout, in few bytes."""
    build = Builder((1, 8, 8))
    first = build(BatchNorm(), build(Conv2D(filters=3, padding="same"), build.input))
    added = build(Add(), build(ReLU(), first), first)
    pooled = build(Concatenate(), build(MaxPool(), added), build(AveragePool(), added))
    vector = build(
        GlobalAveragePool(), build(LeakyReLU(slope=0.1), build(Conv2D(filters=5, groups=1), pooled))
    )
    build(Classification(), build(Dense(units=3), build(Dropout(share=0.1), vector)))
    return build.graph


def design_to_keep() -> Graph:
    """A design with settings of every kind, a block that no version knows, groups and notes."""
    graph = groups.group(first_design_to_keep(), ["conv2d_1"], "Stage")
    graph = groups.fold(groups.set_repeat(graph, "group_1", 3), "group_1")
    graph = groups.group(graph, ["group_1", "input_1"], "Größe")
    graph, _ = notes.add_frame(graph, (-40.0, -60.0), (600.5, 240.0), "Anfang", "purple")
    return notes.add_comment(graph, (0.0, 300.0), "Why?\nBecause.", 320.0)[0]


def first_design_to_keep() -> Graph:
    """What version 1 could hold of it."""
    build = Builder((3, 16, 16))
    wide = Conv2D(filters=4, kernel=(3, 5), stride=(2, 1), padding=(1, 0, 2, 1), dilation=(1, 2), bias=False)
    build(Unknown("capsule", {"routing": 3, "names": ["ä", None]}), build(wide, build.input))
    return build.graph


def begun(plan: Plan) -> Begun:
    """A run with something in every field."""
    machine = Machine("a system", "0.1", Execution("reference", 1, 2))
    return Begun(
        run="20261130-120000-abcdef",
        when="2026-11-30T12:00:00+00:00",
        name="Größe",
        design=trained_design(),
        plan=plan,
        data="digits",
        fingerprint="0123456789abcdef",
        samples=48,
        validation_samples=12,
        parameters=211,
        machine=machine,
        parent=("20261129-120000-abcdef", 7),
        targets={"classification_1": "class"},
        made_of={"preparation": {"scale": 255}},
    )


def main() -> None:
    os.environ[EXECUTOR_VARIABLE] = "reference"
    data = shapes_to_tell_apart(60)
    plan = Plan(optimizer=Adam(learning_rate=0.02), epochs=8, batch_size=16, validation=0.2, seed=5)
    slower = replace(plan, optimizer=Adam(learning_rate=0.01))
    program = compile_graph(trained_design(), seed=plan.seed)
    session = Session(program, *split(data, plan.validation, plan.seed), plan)
    session.run = begun(plan).run
    with TemporaryDirectory() as runs:
        folder = Path(runs) / session.run
        writer = RunWriter(folder, begun(plan))
        for event in session:
            writer.take(event)
            if session.step == 5:
                session.plan = slower
                writer.add(PlanChange(5, slower))
            if session.step == 7 * 3 + 1:  # in the middle of an epoch
                session.stop()
            last = event
        writer.close(Ended("2026-11-30T12:00:09+00:00", session.step, "stopped"))
        with Journal(folder / JOURNAL) as journal:
            journal.append([Record("of a later version", {"a": [1, None]}, {"b": np.arange(3.0)})])
        shutil.copy(folder / JOURNAL, GOLDEN / "run1.journal")
        point = write_point(folder, session.checkpoint())
        shutil.copy(point.path, GOLDEN / f"run1-{point.path.name}")
        copies = copies_of(Path(runs), [session.run], Path(runs))
    project = Project(trained_design(), slower, DataChoice("digits"))
    save_project(GOLDEN / f"v{PROJECT_VERSION}.cnn", ProjectFile(project, session.checkpoint(), runs=copies))
    save_project(GOLDEN / f"v{VERSION}.json", ProjectFile(Project(design_to_keep())))
    print(type(last).__name__, evaluate(program, shapes_to_tell_apart(100, seed=1)).result)


if __name__ == "__main__":
    main()
