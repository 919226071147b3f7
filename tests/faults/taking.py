"""What the application does with a file, one after the other in one window."""

from __future__ import annotations

import sys
import traceback
from collections.abc import Callable
from pathlib import Path
from typing import Any, Final

from PySide6.QtCore import QSettings
from PySide6.QtWidgets import QApplication, QMessageBox

from cnngui.models.settings import Settings
from cnngui.window.app import make_application, make_window
from core.data.dataset import Source
from core.data.fingerprint import fingerprint
from core.data.sources.base import load_source
from core.errors import CoreError
from core.explain.analysis import analyse
from core.formats.design import from_text, to_text
from core.formats.project import ProjectFile, load_design, load_project
from core.formats.runs.copies import join
from core.formats.runs.kept import read_about
from core.formats.runs.points import points_in, read_point
from core.formats.runs.records import JOURNAL, ReadRun, read_run, runs_in
from core.formats.runs.rules import read_rules
from core.formats.snapshot import read_snapshot, write_snapshot
from core.project import inspect
from core.repair import fixes

_PROBLEMS = 5
"""Of a design with very many, so many are tried to mend."""


class Taker:
    """A window that opens one file after the other; `take` says how that went."""

    def __init__(self, home: Path) -> None:
        QSettings.setPath(QSettings.Format.IniFormat, QSettings.Scope.UserScope, str(home))
        self._raised: list[str] = []
        self._hook, sys.excepthook = sys.excepthook, lambda kind, error, trace: self._note(error)
        box: Any = QMessageBox
        box.warning = staticmethod(lambda *_: None)  # which would wait for an answer
        self._application: QApplication = make_application()
        self._window = make_window(Settings())
        self._window.asks = False
        self._window.resize(1000, 700)
        self._window.show()
        self._window.workbench.load_plots()
        self._application.processEvents()

    def take(self, reader: str, path: Path) -> tuple[str, int]:
        """`read`, `refused` or what went wrong; and the bytes of the data that may lie in memory."""
        self._raised.clear()
        allowed = 0
        try:
            if reader == "project":
                allowed = self._take_project(path)
            elif reader == "data":
                allowed = _take_data(load_source(str(path)))
            elif reader == "run":
                allowed = _take_run(read_run(path))
            else:
                _BESIDE[reader](path)
            outcome = "read"
        except CoreError as error:
            outcome = "refused" if _is_clear(error) else f"no clear words: {error}"
        except Exception as error:
            outcome = _told(error)
        return "; ".join(dict.fromkeys(self._raised)) or outcome, allowed

    def _note(self, error: BaseException) -> None:
        """What was raised where Qt calls."""
        self._raised.append(_told(error))

    def close(self) -> None:
        """Closes the window, and lets Python tell of exceptions again."""
        sys.excepthook = self._hook
        self._window.close_without_asking()
        self._application.processEvents()

    def _take_project(self, path: Path) -> int:
        file = load_project(path)
        assert load_design(path) == file.project.design
        _use(file)
        bench = self._window.workbench
        bench.files.open_path(path)
        bench.canvas.viewport().grab()
        for _ in range(3):
            self._application.processEvents()
        for block in file.project.design.blocks[:3]:
            if bench.document.graph is not file.project.design and block.id in bench.document.graph.by_id:
                bench.canvas.selection.set([block.id])
                self._application.processEvents()
        bench.document.open_project(type(file.project)())
        self._application.processEvents()
        return path.stat().st_size


def _use(file: ProjectFile) -> None:
    """Inference, summaries, costs, remedies, and the way back into a file."""
    project = file.project
    design = project.design
    found = inspect(project)
    for block in design.blocks:
        block.layer.summary()
        hash(block.layer)
    analyse(design, found, project.plan.optimizer, project.plan.batch_size)
    if len(design.blocks) < 200:
        for problem in found.problems[:_PROBLEMS]:
            fixes(project, problem)
    assert from_text(to_text(design)) == design


def _take_data(source: Source) -> int:
    parts = [part for part in (source.train, source.test) if part is not None]
    for part in parts:
        part.batch([0])
        part.counts()
        fingerprint(part)
    return sum(part.images.nbytes + part.targets.nbytes for part in parts)


def _take_run(run: ReadRun) -> int:
    repr(run.record)
    return 0


def _join(path: Path) -> None:
    join(path.parent / "runs", {"one": (path / JOURNAL).read_bytes()}, path.parent)
    list(map(read_run, runs_in(path.parent / "runs")))


def _read_checkpoint(path: Path) -> None:
    points = points_in(path.parent)
    assert points
    read_point(points[0])


def _read_draft(path: Path) -> None:
    snapshot = read_snapshot(path)
    write_snapshot(path.with_name("again.json"), snapshot)
    assert read_snapshot(path.with_name("again.json")) == snapshot


_BESIDE: Final[dict[str, Callable[[Path], object]]] = {
    "copy": _join,
    "checkpoint": _read_checkpoint,
    "draft": _read_draft,
    "about": lambda path: read_about(path.parent),
    "rules": lambda path: read_rules(path.parent),
}


def _is_clear(error: CoreError) -> bool:
    text = str(error)
    return 10 < len(text) < 1000 and "\n" not in text


def _told(error: BaseException) -> str:
    """The exception and where it was raised."""
    frames = traceback.extract_tb(error.__traceback__)
    inside = [frame for frame in frames if "/core/" in frame.filename or "/cnngui/" in frame.filename]
    last = (inside or frames)[-1] if frames else None
    place = f" at {'/'.join(Path(last.filename).parts[-3:])}:{last.lineno}" if last else ""
    return f"{type(error).__name__}: {str(error)[:120]!r}{place}"
