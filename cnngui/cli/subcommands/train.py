"""`cnngui train`: training in the terminal."""

from __future__ import annotations

import argparse
from collections.abc import Iterator
from contextlib import contextmanager
from functools import partial
from pathlib import Path
from typing import Any, TypeVar

from cnngui.cli.interruption import Interruption
from cnngui.cli.keeping import Keeper
from cnngui.cli.recording import origin_of
from cnngui.cli.reports import JsonReport, Report, TextReport, compilation_shown
from cnngui.cli.resuming import kept_run_named
from cnngui.cli.status import UNHEARD
from cnngui.cli.streams import say
from cnngui.cli.telling import Telling
from cnngui.cli.training import Told, Training
from cnngui.models.designs import is_example, open_design, open_example
from core.compile import compile_graph
from core.data.dataset import Dataset, split
from core.data.sources.base import forms, load_source
from core.design.graph import Graph
from core.design.infer import require_sound
from core.engine.machine.compilers import CompilationCancelledError
from core.errors import TooLargeError, UsageError
from core.formats.project import SUFFIX
from core.maths.optim import OPTIMIZERS
from core.maths.schedules import SCHEDULES
from core.project import DataChoice, Project
from core.running.program import Program, Result
from core.schema.making import changed
from core.schema.param import Param, param_of, params_of, wrong_of
from core.schema.registry import Registry
from core.training.divergence import WAYS
from core.training.evaluate import evaluation
from core.training.events import Finished
from core.training.need import require_room
from core.training.plan import Plan
from core.training.session import Session

T = TypeVar("T")

_FLAGS = {"batch_size": "--batch"}


def add_parser(commands: Any) -> None:
    """Adds the command; the options for the plan come from its declaration."""
    parser = commands.add_parser("train", help="train a design in the terminal")
    parser.add_argument(
        "design", metavar="DESIGN", help="a .cnn file, a design as JSON, or an example's name"
    )
    parser.add_argument("--data", metavar="SOURCE", help=forms())
    for p in params_of(Plan):
        _add_option(parser, p)
    usual = Plan()
    kinds = [optimizer.kind for optimizer in OPTIMIZERS]
    text = f"how a gradient becomes a step (default {usual.optimizer.kind})"
    parser.add_argument("--optimizer", choices=kinds, help=text)
    parser.add_argument("--lr", metavar="RATE", help="the optimiser's learning rate")
    kinds = [schedule.kind for schedule in SCHEDULES]
    text = f"how the learning rate falls (default {usual.schedule.kind})"
    parser.add_argument("--schedule", choices=kinds, help=text)
    parser.add_argument(
        "--set",
        metavar="NAME=VALUE",
        action="append",
        default=[],
        help="another setting of the optimiser or the schedule, such as momentum=0.8; can be repeated",
    )
    parser.add_argument(
        "--out", metavar="FILE", type=Path, help=f"save the trained network as a {SUFFIX} file"
    )
    parser.add_argument(
        "--resume",
        action="store_true",
        help="go on with the run that DESIGN holds; or DESIGN is a run's id, as in `cnngui runs`",
    )
    parser.add_argument(
        "--on-divergence",
        choices=["stop", *WAYS],
        default="stop",
        help="what then: stop and keep the last sound epoch (default), or go on from it with a tenth of the "
        "learning rate (retry) or with the gradient clipped (clip)",
    )
    parser.add_argument("--json", action="store_true", help="print one JSON object an event")
    parser.set_defaults(run=run)


def _add_option(parser: argparse.ArgumentParser, p: Param) -> None:
    flag = _FLAGS.get(p.name, "--" + p.name.replace("_", "-"))
    if p.kind == "bool":
        parser.add_argument(flag, dest=p.name, action=argparse.BooleanOptionalAction, help=p.help)
    else:
        text = f"{p.help.removesuffix('.')}; {p.limits()}, default {p.default}"
        parser.add_argument(flag, dest=p.name, metavar=p.label.split()[0].upper(), help=text)


def run(arguments: argparse.Namespace) -> int:
    """Trains, reports, and saves where `--out` says so. Ctrl+C ends the run and keeps what was learned.

    It is saved before it is judged: nothing that happens then can lose it.
    """
    kept = kept_run_named(arguments.design)
    if kept is not None and not arguments.resume:
        raise UsageError(f"{arguments.design} is a run that is kept.", "Go on with it by --resume.")
    if kept is not None and kept.found.unreadable:
        say(kept.steps_back)
    file = open_design(arguments.design) if kept is None else kept.file
    design = file.project.design
    if arguments.resume and file.checkpoint is None:
        raise UsageError(f"{arguments.design} holds no run to go on with.", "Train it without --resume.")
    if arguments.resume and file.trained is not None:
        raise UsageError(
            f"The design of {arguments.design} was changed after its training.",
            "Train it without --resume, or go on with its weights in the window.",
        )
    spec = arguments.data or file.project.data.source
    if spec is None:
        raise UsageError("No data source is given.", f"Add --data with {forms()}.")
    keeper = None if arguments.out is None else Keeper(arguments.out)
    plan, changes = chosen_plan(arguments, file.project.plan), None
    if kept is not None:
        plan, changes = kept.planned(partial(chosen_plan, arguments))
    plan.require_allowed()
    source = load_source(spec)
    if is_example(arguments.design):
        design = open_example(arguments.design, source.train.spec)
    require_sound(design, source.train.spec)
    train, validation = split(source.train, plan.validation, plan.seed)
    if kept is not None and not kept.is_of(train):
        changes = None
        if arguments.data is None:
            raise kept.refusal
    with _options_named():
        require_room(design, plan, len(train))
    report: Report = JsonReport() if arguments.json else TextReport()
    resume = file.checkpoint if arguments.resume else None
    with Interruption() as interruption:
        program = compiled(design, plan, interruption)
        if program is None:
            return interruption.status
        session = Session(program, train, validation, plan, resume, changes=changes or ())
        project = Project(design, plan, DataChoice(spec))
        name = Path(arguments.design).stem if kept is None else kept.name
        origin = origin_of(name, project, train, program, resume, replays=changes is not None)
        told = Told(Telling(report), origin, keeper, file)
        training = Training(session, project, told, interruption, arguments.on_divergence)
        result = training.run()
        finish(result, program, source.test, told.telling, interruption)
        if keeper is not None and session.step:
            told.telling.saved(keeper.path)
    return _status(told.telling, interruption, kept=keeper is not None)


def _status(telling: Telling, interruption: Interruption, *, kept: bool) -> int:
    """How the command ends whose run is over; a pipe that nobody reads any more is no error by itself."""
    if interruption.asked:
        return interruption.status
    if telling.failure is None or (telling.is_alone and not kept):
        return 0
    if not kept:
        say(telling.sentence)
    return UNHEARD


@contextmanager
def _options_named() -> Iterator[None]:
    """A batch that is too large is mended by an option, which the error names."""
    try:
        yield
    except TooLargeError as error:
        option = _FLAGS.get(error.problem.parameter or "")
        if option is None:
            raise
        hint = f"Train with {option} {error.problem.suggested}, the largest that fits."
        raise UsageError(error.problem.message, hint) from None


def compiled(design: Graph, plan: Plan, interruption: Interruption) -> Program | None:
    """The design made runnable; None where that was interrupted."""
    interruption.answer = (
        "interrupted while compiling; nothing was trained yet. Ctrl+C once more ends it at once."
    )
    try:
        with compilation_shown(lambda: interruption.asked):
            return compile_graph(design, seed=plan.seed)
    except CompilationCancelledError:
        return None


def finish(
    result: Finished, program: Program, test: Dataset | None, telling: Telling, interruption: Interruption
) -> None:
    """Reports the end of a run, with the result on the test part where there is one and nobody interrupts."""
    interruption.answer = "interrupted; the test samples are left out. Ctrl+C once more ends it at once."
    judging = test and not interruption.asked and telling.failure is None
    judged = _judged(program, test, interruption) if test and judging else None
    telling.finish(result, program.parameters.count, judged)


def _judged(program: Program, data: Dataset, interruption: Interruption) -> Result | None:
    """The result on `data`; None where that is interrupted."""
    result: Result | None = None
    for found in evaluation(program, data):
        result = found.result
        if interruption.asked:
            return None
    return result


def chosen_plan(arguments: argparse.Namespace, base: Plan) -> Plan:
    """The plan that the options make of `base`. Raises UsageError for a value that isn't allowed."""
    changes: dict[str, Any] = {}
    for p in params_of(Plan):
        given = getattr(arguments, p.name)
        if given is not None:
            changes[p.name] = given if p.kind == "bool" else p.parse_text(given)
    optimizer: Any = _chosen(OPTIMIZERS, arguments.optimizer, base.optimizer)
    schedule: Any = _chosen(SCHEDULES, arguments.schedule, base.schedule)
    settings = dict(_pair(text) for text in arguments.set)
    if arguments.lr is not None:
        settings["learning_rate"] = arguments.lr
    for name, text in settings.items():
        if any(p.name == name for p in params_of(type(schedule))):
            schedule = changed(schedule, **{name: param_of(type(schedule), name).parse_text(text)})
        else:
            optimizer = changed(optimizer, **{name: param_of(type(optimizer), name).parse_text(text)})
    parts = {"optimizer": optimizer, "schedule": schedule}
    given = {"optimizer": arguments.optimizer, "schedule": arguments.schedule}
    kept = wrong_of(base).keys()  # what stands in for it isn't what the file means
    changes |= {name: part for name, part in parts.items() if given[name] is not None or name not in kept}
    return changed(base, **changes)


def _chosen(registry: Registry[T], kind: str | None, current: T) -> T:
    """What the option names, with its defaults, or what there is."""
    return current if kind is None or registry[kind] is type(current) else registry[kind]()


def _pair(text: str) -> tuple[str, str]:
    name, equals, value = text.partition("=")
    if not equals:
        raise UsageError(f"--set {text}: expected NAME=VALUE.", "For example --set momentum=0.8.")
    return name, value
