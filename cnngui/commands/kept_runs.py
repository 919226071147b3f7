"""What can be done with a run of the data folder: shown as it was, tried again, gone on with, branched from.

A run of the open project, trained in it or held by its file, takes the place of what is there as a step that
Undo takes back; that of another one opens as an untitled project, after the question about unsaved work.
"""

from __future__ import annotations

from collections.abc import Callable
from functools import partial
from pathlib import Path
from typing import Final

from cnngui.commands.bench import Bench
from cnngui.models.shown_run import ShownRun, run_from_file
from core.formats.project import ProjectFile
from core.formats.runs.kept import Continuation, KeptRun
from core.formats.runs.points import Point
from core.project import DataChoice, Project
from core.schema.written import count_text
from core.training.plan import Plan
from core.training.record import Begun

_STOP_FIRST: Final = "Stop the run first."
_STILL_WRITTEN: Final = "It is still being written; that takes a moment."
_WRITTEN_ELSEWHERE: Final = "It is being written by another window or command."


def why_not_shown(bench: Bench, run: KeptRun) -> str | None:
    """Why a run can't be shown as it was, or gone on with."""
    if bench.run.active:
        return _STOP_FIRST
    if bench.kept_runs.is_here(run.id):
        return _STILL_WRITTEN
    if run.state == "running":
        return _WRITTEN_ELSEWHERE
    return None if run.points else "No checkpoint of it is kept."


def why_not_cloned(bench: Bench) -> str | None:
    """Why a design and plan can't be tried again now."""
    return _STOP_FIRST if bench.run.active else None


def why_not_deleted(bench: Bench, run: KeptRun) -> str | None:
    """Why a run can't be deleted."""
    if bench.kept_runs.is_here(run.id):
        return _STOP_FIRST if bench.run.active else _STILL_WRITTEN
    return _WRITTEN_ELSEWHERE if run.state == "running" else None


def show_runs(bench: Bench) -> None:
    """Shows the list of runs, over all else: there is a lot to compare."""
    bench.views.maximise("runs")
    if not bench.views.is_in_sight("runs"):  # another panel was large, and has gone back to its place
        bench.views.maximise("runs")


def restore(bench: Bench, run: str) -> None:
    """Shows a run as it was at its last checkpoint: design, plan, weights and curves."""
    bench.kept_runs.fetch(run, partial(_restore, bench))


def branch(bench: Bench, run: str, point: Point) -> None:
    """Shows a run as it was at a checkpoint; what is trained from there is a run of its own."""

    def show(kept: Continuation) -> None:
        step = count_text(kept.checkpoint.steps)
        bench.say(f"Train goes on from step {step}, as a branch; change what you like before.")

    bench.kept_runs.fetch(run, lambda kept: _restore(bench, kept, partial(show, kept)), point)


def go_on(bench: Bench, run: str) -> None:
    """Goes on with a run from its last checkpoint; one that was killed does again what came after that."""

    def start(kept: Continuation) -> None:
        bench.run_control.continuing.go_on(kept)

    def show(kept: Continuation) -> None:
        _restore(bench, kept, partial(start, kept), plan=kept.record.plan)

    bench.kept_runs.fetch(run, show)


def clone(bench: Bench, run: str) -> None:
    """Takes over the design, plan and data of a run, without its weights."""
    known = bench.kept_runs[run]
    project = _project(known.begun, known.plan)
    _bring(bench, known.begun, ProjectFile(project), ShownRun())


def _restore(
    bench: Bench,
    kept: Continuation,
    then: Callable[[], object] = lambda: None,
    *,
    plan: Plan | None = None,
) -> None:
    """Shows it as it was at its checkpoint, perhaps with a later plan."""
    begun = kept.record.begun
    file = ProjectFile(_project(begun, plan or kept.plan), kept.checkpoint)
    if kept.unreadable:
        bench.say("Its last checkpoint can't be read; the run is shown as it was at the one before.")
    shown = run_from_file(begun.design, kept.checkpoint)
    _bring(bench, begun, file, shown, then)


def _bring(
    bench: Bench,
    begun: Begun,
    file: ProjectFile,
    shown: ShownRun,
    then: Callable[[], object] = lambda: None,
) -> None:
    if bench.run.active:
        bench.say("Another run has begun meanwhile; stop it first.")
    elif bench.files.holds(begun.run):
        text = "Restore run" if file.checkpoint is not None else "Clone run"
        bench.run_control.replace(text, file.project, shown)
        _show_training(bench)
        then()
    else:
        known = bench.kept_runs.find(begun.run)
        home = known.about.file if known is not None else ""

        def show() -> None:
            if home and bench.files.show_home(Path(home), begun.run, begun.design):
                _bring(bench, begun, file, shown, then)
                return
            bench.files.show_project(file)
            _show_training(bench)
            then()

        bench.files.when_sure(show)


def _show_training(bench: Bench) -> None:
    """Where the run is seen, and trained; the list of runs goes where it came from."""
    bench.views.switch("train")
    bench.views.show_for_now("training")


def _project(begun: Begun, plan: Plan) -> Project:
    return Project(begun.design, plan, DataChoice(begun.data or None))
