"""Choosing the data to train on, with a look at what is in them."""

from __future__ import annotations

from pathlib import Path
from typing import Final

from PySide6.QtCore import Qt
from PySide6.QtWidgets import (
    QButtonGroup,
    QFileDialog,
    QHBoxLayout,
    QLabel,
    QPushButton,
    QRadioButton,
    QVBoxLayout,
    QWidget,
)

from cnngui.commands.bench import Bench
from cnngui.forms.editors import EDITORS
from cnngui.models.models import Models
from cnngui.models.settings import Settings
from cnngui.panels.data.preview import DataPreview
from cnngui.panels.panel import PanelPlace, panel
from cnngui.theme import icons
from cnngui.theme.theme import MARGIN, SPACING, ThemeManager
from cnngui.widgets.banner import Banner
from cnngui.widgets.bar import Bar
from cnngui.widgets.small import EmptyState, TextLabel, small_label
from core.data.sources.base import descriptions, named_sources, patterns
from core.schema.making import changed
from core.schema.param import param_of
from core.training.plan import Plan

_FOLDER: Final = "data"
_WIDTH: Final = 240
_SHOWS_FILES: Final = QFileDialog.Option(0)
"""Qt would show folders alone: what lies in them is how one knows the right one."""
_NOTHING: Final = "No data yet.", "Choose a source on the left."
_LOADING: Final = "The data are being loaded.", "A look at them will be here in a moment."


class DataPanel(QWidget):
    """The sources on the left, a preview of what is loaded on the right.

    What is chosen is loaded at once, in the compute thread.
    """

    def __init__(self, models: Models, themes: ThemeManager, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._document, self._data, self._run = models.document, models.data, models.run
        self._themes = themes
        self._settings = Settings()
        self._help = " ".join(descriptions())
        self.embedded: dict[str, QRadioButton] = {}
        self.open_folder, self.open_file = QPushButton("Open folder…"), QPushButton("Open file…")
        self.own = QRadioButton()
        self._opened = small_label()
        self._opened.setTextInteractionFlags(Qt.TextInteractionFlag.TextSelectableByMouse)
        self.banner = Banner(themes)
        self._busy = QWidget()
        self._busy_text = TextLabel()
        self.cancel = QPushButton("Cancel")
        self._empty = EmptyState(themes, "data", *_NOTHING)
        self.preview = DataPreview(models.data, themes)
        self.share = EDITORS["float"](param_of(Plan, "validation"), themes)
        row = QHBoxLayout(self)
        row.setContentsMargins(MARGIN, MARGIN, MARGIN, MARGIN)
        row.setSpacing(2 * MARGIN)
        row.addWidget(self._sources())
        row.addWidget(self._empty, 1)
        row.addWidget(self.preview, 1)
        self._connect()
        self._color()
        self._update()

    def _sources(self) -> QWidget:
        side = QWidget()
        side.setFixedWidth(_WIDTH)
        column = QVBoxLayout(side)
        column.setContentsMargins(0, 0, 0, 0)
        column.setSpacing(SPACING)
        column.addWidget(TextLabel("Source", bold=True))
        group = QButtonGroup(self)
        group.setExclusive(False)  # what is chosen is what is there, not what was clicked last
        for spec, text in named_sources().items():
            button = QRadioButton(text)
            button.clicked.connect(lambda _, spec=spec: self._load(spec))
            group.addButton(button)
            self.embedded[spec] = button
            column.addWidget(button)
        self.own.clicked.connect(self._update)
        group.addButton(self.own)
        column.addWidget(self.own)
        for opener in (self.open_folder, self.open_file):
            opener.setToolTip(self._help)
            opener.setAutoDefault(False)
            column.addWidget(opener)
        column.addWidget(self._opened)
        label = QLabel("Validation share")
        label.setBuddy(self.share)
        label.setToolTip(self.share.param.help)
        share = QHBoxLayout()
        share.addWidget(label, 1)
        share.addWidget(self.share)
        column.addSpacing(SPACING)
        column.addLayout(share)
        column.addWidget(self.banner)
        column.addWidget(self._busy)
        column.addStretch(1)
        column.addWidget(small_label(self._help))
        busy = QVBoxLayout(self._busy)
        busy.setContentsMargins(0, 0, 0, 0)
        self._bar = Bar(self._themes)
        self._bar.set_share(None)
        busy.addWidget(self._busy_text)
        busy.addWidget(self._bar)
        busy.addWidget(self.cancel, alignment=Qt.AlignmentFlag.AlignLeft)
        return side

    def _connect(self) -> None:
        document, data, run = self._document, self._data, self._run
        self.open_folder.clicked.connect(self._ask_for_folder)
        self.open_file.clicked.connect(self._ask_for_file)
        self.cancel.clicked.connect(data.cancel)
        self.share.edited.connect(self._set_share)
        self.share.refused.connect(self._refuse)
        for signal in (data.changed, document.plan_changed, run.state_changed):
            signal.connect(self._update)
        self._themes.changed.connect(self._color)

    # -- what the user does ----------------------------------------------------------------------------------

    def _load(self, spec: str) -> None:
        self._data.choose(spec)
        self._update()

    def _ask_for_folder(self) -> None:
        folder = str(self._settings.folder(_FOLDER) or Path.home())
        if name := QFileDialog.getExistingDirectory(self, "Open a folder with data", folder, _SHOWS_FILES):
            self._settings.set_folder(_FOLDER, Path(name))
            self._load(name)

    def _ask_for_file(self) -> None:
        folder = str(self._settings.folder(_FOLDER) or Path.home())
        filters = f"Data ({' '.join(patterns())});;All files (*)"
        name, _ = QFileDialog.getOpenFileName(self, "Open a data file", folder, filters)
        if name:
            self._settings.set_folder(_FOLDER, Path(name).parent)
            self._load(name)

    def _set_share(self, share: float) -> None:
        plan = changed(self._document.plan, validation=share)
        self._document.set_plan(plan, "Set validation share", merge_key="validation")
        self._update()

    def _refuse(self, reason: str) -> None:
        self.banner.show_text("error", lambda theme: theme.error, f"Validation share: {reason}")

    # -- following the model ---------------------------------------------------------------------------------

    def _update(self) -> None:
        data, run, plan = self._data, self._run, self._document.plan
        source = data.source
        spec = data.loading or (source.spec if source is not None else "")
        for name, button in self.embedded.items():
            button.setChecked(name == spec)
        own = "" if spec in self.embedded else spec
        self.own.setText(Path(own).name or own)
        self.own.setChecked(bool(own))
        self.own.setVisible(bool(own))
        self._opened.setText(own)
        self._opened.setVisible(bool(self._opened.text()))
        self._busy.setVisible(data.loading is not None)
        self._busy_text.setText("Loading…")
        for widget in (*self.embedded.values(), self.open_folder, self.open_file, self.share):
            widget.setEnabled(not run.active)
        if self.share.value != plan.validation:
            self.share.set_value(plan.validation)
        self._show_banner()
        self.preview.setVisible(source is not None)
        self._empty.setVisible(source is None)
        self._empty.set_text(*(_LOADING if data.loading is not None else _NOTHING))

    def _show_banner(self) -> None:
        data, run = self._data, self._run
        if run.active:
            self.banner.show_text("info", lambda theme: theme.accent, "Stop the run to choose other data.")
        elif data.problem is not None:
            self.banner.show_text("error", lambda theme: theme.error, str(data.problem))
        else:
            self.banner.hide()

    def _color(self) -> None:
        for button in (self.open_folder, self.open_file):
            button.setIcon(icons.icon("open", self._themes.current.text))


def _begin(bench: Bench) -> None:
    """Comes into sight where a run is wanted and there is nothing to learn from."""
    bench.run_control.data_needed.connect(bench.views.choose_data)


@panel(
    "data",
    "Data",
    icon="data",
    place=PanelPlace("right", 0.6),
    open={"data": PanelPlace("left", 0.6)},
    order=45,
    begin=_begin,
)
def data(bench: Bench) -> DataPanel:
    return DataPanel(bench.models, bench.themes)
