"""The models of one window, made together."""

from __future__ import annotations

from dataclasses import dataclass

from PySide6.QtCore import QObject

from cnngui.compute.thread import ComputeThread
from cnngui.models.comparing import Comparing
from cnngui.models.data import Data
from cnngui.models.document import Document
from cnngui.models.judging import Judging
from cnngui.models.kept_runs import KeptRuns
from cnngui.models.lesson import Lesson
from cnngui.models.looking import Looking
from cnngui.models.run import Run


@dataclass(frozen=True, eq=False)
class Models:
    """Each knows those before it: the document is edited, the data and the run follow it, and the network of
    the run is looked into and judged; the lesson and what compares designs follow them. The kept runs are
    those of the data folder."""

    document: Document
    data: Data
    run: Run
    looking: Looking
    judging: Judging
    lesson: Lesson
    comparing: Comparing
    kept_runs: KeptRuns


def make_models(document: Document, compute: ComputeThread, parent: QObject | None = None) -> Models:
    """The models around a document, which do their work in this thread."""
    data = Data(document, compute, parent)
    run = Run(document, data, compute, parent)
    looking = Looking(data, run, compute, parent)
    judging, lesson = Judging(data, run, compute, parent), Lesson(document, run, parent)
    comparing, kept = Comparing(document, run, parent), KeptRuns(run, parent)
    return Models(document, data, run, looking, judging, lesson, comparing, kept)
