"""The dialog with the versions of the open file."""

from __future__ import annotations

from PySide6.QtCore import Qt
from PySide6.QtTest import QTest
from pytestqt.qtbot import QtBot

from cnngui.commands.versions import VersionsDialog
from cnngui.window.workbench import Workbench
from core.formats.data_folder import versions_folder
from core.formats.versions import versions_of
from tests.cnngui.runs import PATIENCE


def versions(qtbot: QtBot, bench: Workbench, count: int) -> VersionsDialog:
    folder = versions_folder()
    assert folder is not None
    # What has just been replaced is written beside the window; the dialog shows what is there as it opens.
    qtbot.waitUntil(lambda: len(versions_of(folder, bench.document.path)) == count, timeout=PATIENCE)
    bench.actions["versions"].trigger()
    (dialog,) = [found for found in bench.window.findChildren(VersionsDialog) if found.isVisible()]
    qtbot.waitUntil(lambda: dialog.list.count() == count, timeout=PATIENCE)
    return dialog


def names_of_versions(qtbot: QtBot, bench: Workbench) -> list[str]:
    """Of the convolution in each version; one is waited for."""
    dialog = versions(qtbot, bench, 1)
    found = [version.snapshot.project.design["conv2d_1"].name for version in dialog.versions]
    QTest.keyClick(dialog, Qt.Key.Key_Escape)
    return found
