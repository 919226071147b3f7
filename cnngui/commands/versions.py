"""Former versions of the open file, or what was discarded of designs that were never saved, as pictures."""

from __future__ import annotations

from functools import partial
from typing import Final

from PySide6.QtCore import QSize, Qt
from PySide6.QtGui import QIcon, QKeySequence, QShortcut
from PySide6.QtWidgets import (
    QDialog,
    QDialogButtonBox,
    QHBoxLayout,
    QListWidget,
    QListWidgetItem,
    QStackedWidget,
    QVBoxLayout,
)

from cnngui.canvas.drawing.design_picture import DesignPicture, design_picture
from cnngui.commands.bench import Bench
from cnngui.compute.chores import Chores
from cnngui.theme.formatting import moment_text
from cnngui.theme.theme import GRID, MARGIN, SPACING
from cnngui.widgets.small import EmptyState, small_label
from core.design.graph import Graph
from core.errors import Problem
from core.formats.data_folder import versions_folder
from core.formats.project import ProjectFile
from core.formats.versions import Version, versions_of
from core.schema.written import counted_text

_SIZE: Final = (920, 520)
_PICTURE: Final = QSize(112, 64)
_LIST: Final = 340
_ENDS: Final = {"saved": "replaced by a save", "discarded": "discarded unsaved"}
_ROW: Final = "{moment}\n{blocks}, {end}"
_OF_FILE: Final = "Versions of {name}"
_OF_NONE: Final = "Discarded Designs"
_NOTE: Final = (
    "Restoring is a step that Undo takes back. Versions hold the design, the plan and the data, without "
    "weights; the last ten that a save replaced are kept, and the last ten that were discarded."
)


def show_versions(bench: Bench) -> None:
    """Opens the list."""
    VersionsDialog(bench).open()


class VersionsDialog(QDialog):
    """A list at the left, the chosen version large at the right. They are read in a thread of its own."""

    def __init__(self, bench: Bench) -> None:
        super().__init__(bench.canvas.window())
        self._bench = bench
        self._path = bench.document.path
        self._chores = Chores(self)
        self.versions: list[Version] = []
        self.setAttribute(Qt.WidgetAttribute.WA_DeleteOnClose)
        name = self._path.name if self._path is not None else ""
        self.setWindowTitle(_OF_FILE.format(name=name) if name else _OF_NONE)
        self.list = QListWidget()
        self.list.setAccessibleName(self.windowTitle())
        self.list.setIconSize(_PICTURE)
        self.list.setFixedWidth(_LIST)
        self.list.setSpacing(GRID)
        self.list.setHorizontalScrollBarPolicy(Qt.ScrollBarPolicy.ScrollBarAlwaysOff)
        self.picture = DesignPicture(Graph(), bench.themes, "Picture of the chosen version")
        self.empty = EmptyState(bench.themes, "save", "Reading…")
        self._pages = QStackedWidget()
        self._pages.addWidget(self.empty)
        self._pages.addWidget(self.picture)
        self.buttons = QDialogButtonBox(QDialogButtonBox.StandardButton.Close)
        roles = QDialogButtonBox.ButtonRole
        self.restore = self.buttons.addButton("&Restore", roles.AcceptRole)
        self.restore.setDefault(True)
        self.restore.setToolTip("Puts this version in place of what is open; Undo takes it back")
        self.copy = self.buttons.addButton("Open as a &Copy", roles.ActionRole)
        self.copy.setToolTip("Opens this version as a new design without a file")
        self._lay_out()
        self.restore.clicked.connect(self._restore)
        self.copy.clicked.connect(self._open_copy)
        self.buttons.rejected.connect(self.reject)
        self.list.currentRowChanged.connect(self._look)
        # Not itemActivated: on some desktops a single click is enough for that.
        self.list.itemDoubleClicked.connect(self._restore)
        for key in (Qt.Key.Key_Return, Qt.Key.Key_Enter):
            enter = QShortcut(QKeySequence(key), self.list, context=Qt.ShortcutContext.WidgetShortcut)
            enter.activated.connect(self._restore)
        bench.themes.changed.connect(self._draw)
        self._look(-1)
        folder = versions_folder()
        if folder is None:
            self._fill([], None)
        else:
            self._chores.add(partial(versions_of, folder, self._path), self._fill, reads=True)

    def _lay_out(self) -> None:
        row = QHBoxLayout()
        row.setSpacing(SPACING)
        row.addWidget(self.list)
        row.addWidget(self._pages, 1)
        column = QVBoxLayout(self)
        column.setContentsMargins(MARGIN, MARGIN, MARGIN, MARGIN)
        column.setSpacing(SPACING)
        column.addLayout(row, 1)
        column.addWidget(small_label(_NOTE))
        column.addWidget(self.buttons)
        self.resize(*_SIZE)

    def _fill(self, found: list[Version] | None, problem: Problem | None) -> None:
        self.versions = found or []
        for version in self.versions:
            snapshot = version.snapshot
            blocks = counted_text(len(snapshot.project.design.blocks), "block")
            row = _ROW.format(moment=moment_text(snapshot.when), blocks=blocks, end=_ENDS[version.kind])
            self.list.addItem(QListWidgetItem(row))
        self._draw()
        if self.versions:
            self.list.setCurrentRow(0)
            self.list.setFocus()
        elif problem is not None:
            self.empty.set_text("The versions can't be read.", str(problem))
        else:
            kept = (
                "what a save replaces, and what is discarded" if self._path else "what is discarded unsaved"
            )
            self.empty.set_text("There are no versions yet.", f"From now on, {kept} is kept here.")

    def _draw(self) -> None:
        theme, ratio = self._bench.themes.current, self.devicePixelRatioF()
        for row, version in enumerate(self.versions):
            picture = design_picture(version.snapshot.project.design, theme, _PICTURE, ratio, GRID)
            shown = QIcon(picture)
            shown.addPixmap(picture, QIcon.Mode.Selected)  # else Qt tints it
            self.list.item(row).setIcon(shown)

    def _look(self, row: int) -> None:
        chosen = row >= 0
        if chosen:
            self.picture.show_design(self.versions[row].snapshot.project.design)
        self._pages.setCurrentWidget(self.picture if chosen else self.empty)
        self.restore.setEnabled(chosen)
        self.copy.setEnabled(chosen)

    def _chosen(self) -> Version | None:
        row = self.list.currentRow()
        return self.versions[row] if row >= 0 else None

    def _restore(self) -> None:
        version, document = self._chosen(), self._bench.document
        if version is None:
            return
        moment = moment_text(version.snapshot.when)
        self.accept()
        document.change(f"Restore the version of {moment}", lambda _: version.snapshot.project)
        self._bench.say(f"Restored the version of {moment}; Undo takes it back.")

    def _open_copy(self) -> None:
        version, files = self._chosen(), self._bench.files
        if version is None:
            return
        self.accept()
        files.when_sure(lambda: files.show_project(ProjectFile(version.snapshot.project)))
