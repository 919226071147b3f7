"""Draws what the window says of unsaved work, versions and changed files, in both themes.

    python docs/saving_picture.py docs

writes `docs/recovery-dark.png`, `docs/versions-light.png` and so on into that folder.
"""

from __future__ import annotations

import os
import shutil
import sys
import tempfile
from datetime import UTC, datetime, timedelta
from pathlib import Path

os.environ["QT_QPA_PLATFORM"] = f"offscreen:configfile={Path(__file__).parents[1] / 'tests/screen.json'}"
os.environ["CNNGUI_DATA_DIR"] = tempfile.mkdtemp(prefix="cnngui-pictures-")
sys.path.insert(0, str(Path(__file__).parents[1]))

from PySide6.QtCore import QEventLoop, QSettings, QTimer
from PySide6.QtWidgets import QApplication, QDialog

from cnngui.commands.versions import VersionsDialog
from cnngui.models.designs import open_example
from cnngui.models.settings import Settings
from cnngui.window.app import PICTURE_SIZE, make_application, make_window
from cnngui.window.main_window import MainWindow
from core.design.edits import rename
from core.formats.data_folder import drafts_folder, versions_folder
from core.formats.drafts import DraftWriter
from core.formats.project import ProjectFile, save_project
from core.formats.snapshot import Snapshot
from core.formats.versions import keep_version
from core.project import Project

WORK = Path(os.environ["CNNGUI_DATA_DIR"])
MINE = WORK / "digits.cnn"
HOME = Path("/home/anna/networks")
LENET, RESNET, INCEPTION = (Project(open_example(name, None)) for name in ("lenet5", "resnet20", "inception"))


def wait(milliseconds: int) -> None:
    loop = QEventLoop()
    QTimer.singleShot(milliseconds, loop.quit)
    loop.exec()


def before(**time: float) -> str:
    return (datetime.now(UTC) - timedelta(**time)).isoformat(timespec="seconds")


def leave_drafts() -> None:
    folder = drafts_folder()
    assert folder is not None
    for snapshot in (
        Snapshot(RESNET, None, None, before(minutes=4)),
        Snapshot(LENET, HOME / "faces.cnn", None, before(hours=26)),
        Snapshot(INCEPTION, HOME / "thesis" / "two heads.cnn", None, before(days=9)),
    ):
        writer = DraftWriter(folder)
        writer.write(snapshot)
        writer.release()


def leave_versions() -> None:
    folder = versions_folder()
    assert folder is not None
    keep_version(folder, Snapshot(INCEPTION, MINE, None, before(days=3)), "saved")
    keep_version(folder, Snapshot(RESNET, MINE, None, before(hours=27)), "saved")
    keep_version(folder, Snapshot(RESNET, MINE, None, before(hours=2)), "discarded")
    keep_version(folder, Snapshot(LENET, MINE, None, before(minutes=9)), "saved")


def draw(window: MainWindow, save: str) -> None:
    """All pictures of one theme; `save` is a path with room for a name."""
    bench = window.workbench
    bench.load_plots()
    wait(1500)
    window.grab().save(save.format("recovery"))
    bench.files.recovery.offers.clear()
    bench.files.recovery.changed.emit()
    bench.files.open_path(MINE)
    bench.actions["versions"].trigger()
    wait(800)
    (dialog,) = window.findChildren(VersionsDialog)
    dialog.list.setCurrentRow(1)
    dialog.grab().save(save.format("versions"))
    dialog.reject()
    save_project(MINE, ProjectFile(RESNET))
    wait(1000)
    window.grab().save(save.format("changed"))
    QTimer.singleShot(800, lambda: draw_question(save.format("conflict")))
    first = bench.document.graph.blocks[0].id
    bench.document.edit("Rename", lambda graph: rename(graph, first, "Digit"))
    bench.files.save()
    wait(1500)


def draw_question(path: str) -> None:
    box = QApplication.activeModalWidget()
    assert isinstance(box, QDialog)
    box.grab().save(path)
    box.reject()


def main(folder: str) -> None:
    settings_folder = str(WORK / "settings")
    QSettings.setPath(QSettings.Format.IniFormat, QSettings.Scope.UserScope, settings_folder)
    make_application()
    settings = Settings()
    leave_drafts()
    leave_versions()
    for theme in ("light", "dark"):
        save_project(MINE, ProjectFile(LENET))
        settings.theme_mode = "light" if theme == "light" else "dark"
        window = make_window(settings)
        window.resize(*PICTURE_SIZE)
        window.show()
        draw(window, str(Path(folder) / f"{{}}-{theme}.png"))
        window.close_without_asking()
        settings.clear_recent_files()
    shutil.rmtree(WORK)


if __name__ == "__main__":
    main(sys.argv[1])
