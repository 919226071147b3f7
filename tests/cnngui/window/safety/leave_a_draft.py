"""A window that is edited and never ends by itself: `python -m …safety.leave_a_draft SETTINGS [FILE]`.

It opens the file, or builds a design without one, changes it, says so, and waits to be killed.
"""

from __future__ import annotations

import sys
from pathlib import Path

from PySide6.QtCore import QSettings, QTimer
from PySide6.QtWidgets import QApplication

from cnngui.models.settings import Settings
from cnngui.window.app import make_application, make_window
from cnngui.window.workbench import Workbench
from core.design.edits import rename
from tests.cnngui.runs import GRAPH

CHANGED = "changed"
KEPT = "kept"


def edit(bench: Workbench) -> None:
    if not bench.document.graph.blocks:
        bench.document.edit("Build", lambda _: GRAPH)
    bench.document.edit("Rename", lambda graph: rename(graph, "conv2d_1", "Eye"))
    print(CHANGED, flush=True)
    tell_when_kept(bench)


def tell_when_kept(bench: Workbench) -> None:
    if bench.files.drafts.is_pending:
        QTimer.singleShot(10, lambda: tell_when_kept(bench))
    else:
        print(KEPT, flush=True)


def main(folder: str, *names: str) -> None:
    QSettings.setPath(QSettings.Format.IniFormat, QSettings.Scope.UserScope, folder)
    make_application()
    window = make_window(Settings())
    window.show()
    if names:
        window.workbench.files.open_path(Path(names[0]))
    edit(window.workbench)
    QApplication.exec()


if __name__ == "__main__":
    main(*sys.argv[1:])
