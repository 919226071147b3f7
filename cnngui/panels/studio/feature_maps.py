"""What the selected block makes of one sample: all of its feature maps, live while the network learns."""

from __future__ import annotations

from PySide6.QtCore import Qt
from PySide6.QtGui import QAction, QActionGroup, QHideEvent, QResizeEvent, QShowEvent
from PySide6.QtWidgets import (
    QBoxLayout,
    QHBoxLayout,
    QMenu,
    QPushButton,
    QSizePolicy,
    QStackedWidget,
    QToolButton,
    QVBoxLayout,
    QWidget,
)

from cnngui.commands.bench import Bench
from cnngui.models.looking import block_to_look_at
from cnngui.models.models import Models
from cnngui.models.selection import Selection
from cnngui.panels.panel import PanelPlace, panel
from cnngui.panels.studio.sample import COMPACT_WIDTH, WIDTH, SampleView, class_rows
from cnngui.theme.theme import GRID, MARGIN, SMALL_SIZE, SPACING, ThemeManager
from cnngui.widgets.bars import BarRows
from cnngui.widgets.elided import ElidedLabel
from cnngui.widgets.mosaic import MosaicView
from cnngui.widgets.pictures import COLOR_MAPS, ColorMap
from cnngui.widgets.small import MUTED, EmptyState, TextLabel
from core.design.graph import Graph
from core.layers.base import Output
from core.maths.arrays import Array
from core.schema.written import count_text, shape_text

_NARROW = 480
"""Below this width, in pixels, there is no room for the sample with its prediction beside the maps …"""
_TALL = 360
"""… but from this height on there is above them."""

_IN_A_MOMENT = "The network is being looked into.", "The feature maps will be here in a moment."


class FeatureMapsPanel(QWidget):
    """Follows the selection, the run and the sample looked at."""

    VIEWER = "feature maps"

    def __init__(
        self,
        models: Models,
        selection: Selection,
        themes: ThemeManager,
        parent: QWidget | None = None,
    ) -> None:
        super().__init__(parent)
        document, data, run, looking = models.document, models.data, models.run, models.looking
        self._document = document
        self._selection = selection
        self._data = data
        self._run = run
        self._looking = looking
        self.sample = SampleView(data, looking, themes)
        self.mosaic = MosaicView(themes)
        self.scores = BarRows(themes)
        """In place of the maps, where an output block is looked at: what it gives each class."""
        self._head = QBoxLayout(QBoxLayout.Direction.LeftToRight)
        self._details: tuple[str, ...] = ("",)
        self._title = TextLabel(bold=True)
        self._title.setWordWrap(False)
        self._title.setSizePolicy(QSizePolicy.Policy.Maximum, QSizePolicy.Policy.Preferred)
        self._facts = ElidedLabel(size=SMALL_SIZE, role=MUTED)
        self._facts.setToolTip(
            "Point at a map to read its values; the wheel zooms, a double click shows all."
        )
        self._colors = self._color_menu()
        self._empty = EmptyState(themes, "maps", "")
        self.untrained = QPushButton("Look at the untrained network")
        self._layout = QBoxLayout(QBoxLayout.Direction.LeftToRight, self)
        self._layout.setContentsMargins(MARGIN, SPACING, MARGIN, SPACING)
        self._layout.setSpacing(MARGIN)
        self._layout.setSizeConstraint(QBoxLayout.SizeConstraint.SetNoConstraint)
        self.setMinimumSize(WIDTH + 2 * MARGIN, 160)
        self._stack = QStackedWidget()
        self._stack.addWidget(self._nothing())
        self._stack.addWidget(self._maps())
        self._layout.addWidget(self.sample)
        self._layout.addWidget(self._stack, 1)

        self.untrained.clicked.connect(lambda: run.show_untrained(document.graph))
        self.mosaic.hovered.connect(self._show_facts)
        for signal in (
            selection.changed,
            document.changed,
            run.state_changed,
            data.changed,
            looking.sample_changed,
        ):
            signal.connect(self._update)
        looking.snapshot_changed.connect(self._show_maps)
        self._update()

    def _maps(self) -> QWidget:
        self._head.setSpacing(SPACING)
        self._head.addWidget(self._title)
        self._head.addWidget(self._facts, 1)
        head = QHBoxLayout()
        head.setSpacing(SPACING)
        head.addLayout(self._head, 1)
        head.addWidget(self._colors)
        page = QWidget()
        column = QVBoxLayout(page)
        column.setContentsMargins(0, 0, 0, 0)
        column.setSpacing(GRID)
        column.addLayout(head)
        column.addWidget(self.mosaic, 1)
        column.addWidget(self.scores, 1)
        return page

    def _color_menu(self) -> QToolButton:
        button = QToolButton()
        button.setAutoRaise(True)
        button.setPopupMode(QToolButton.ToolButtonPopupMode.InstantPopup)
        button.setToolTip("Colours of the values: the brighter, the larger")
        menu = QMenu(button)
        group = QActionGroup(menu)

        def choose(name: ColorMap) -> None:
            button.setText(name.capitalize())
            button.setAccessibleName(f"Colours of the maps: {name.capitalize()}")
            self.mosaic.set_color_map(name)

        for name in COLOR_MAPS:
            action = QAction(name.capitalize(), menu, checkable=True)
            menu.addAction(action)
            action.setChecked(name == COLOR_MAPS[0])
            action.triggered.connect(lambda _, name=name: choose(name))
            group.addAction(action)
        menu.addSeparator()
        self.scale_each = QAction("Scale &Each Channel", menu, checkable=True)
        menu.addAction(self.scale_each)
        self.scale_each.toggled.connect(self.mosaic.set_scale_each)
        button.setMenu(menu)
        choose(COLOR_MAPS[0])
        return button

    def _nothing(self) -> QWidget:
        page = QWidget()
        column = QVBoxLayout(page)
        column.setContentsMargins(0, 0, 0, 0)
        column.addWidget(self._empty, 3)
        column.addWidget(self.untrained, alignment=Qt.AlignmentFlag.AlignHCenter)
        column.addStretch(1)
        return page

    def _update(self) -> None:
        """Another block, sample, design or run: says what is missing, or asks for the maps."""
        missing = self._missing()
        block_id = block_to_look_at(self._document, self._selection)
        self._looking.watch(self.VIEWER, [block_id] if self.isVisible() and block_id else [])
        self.sample.setVisible(self._looking.samples is not None)
        if missing:
            self._stack.setCurrentIndex(0)
        self._empty.set_text(*(missing or _IN_A_MOMENT))
        sound = not self._document.obstacles and self._looking.samples is not None
        self.untrained.setVisible(self._run.graph is None and sound)
        self._show_maps()

    def _missing(self) -> tuple[str, str] | None:
        """Why there are no maps to show, and what to do."""
        looking, block_id = self._looking, block_to_look_at(self._document, self._selection)
        network, graph = self._run.graph, self._document.graph
        if looking.samples is None and self._data.loading is not None:
            return "The data are being loaded.", "Their samples show up here in a moment."
        if looking.samples is None:
            return "No data yet.", "Choose data to train on; their samples show up here."
        if network is None:
            return "Train to see feature maps.", "They move while the network learns (Space starts it)."
        if not looking.sample_fits:
            return "The data don't fit the trained network.", "Train again to see what it makes of them."
        if block_id is None or block_id not in graph.by_id:
            return "Select a block to see its feature maps.", "Click one on the canvas."
        if block_id not in network.by_id:
            name = graph[block_id].name
            return f"{name} is newer than the run.", "Train again to see its feature maps."
        return None

    def _show_maps(self) -> None:
        block_id = block_to_look_at(self._document, self._selection)
        found, network = self._looking.snapshot, self._run.graph
        if self._missing() or found is None or network is None:
            return
        if block_id is None or block_id not in found.maps:
            return
        judged = isinstance(network[block_id].layer, Output)
        values = found.prediction if judged else found.maps[block_id]
        self._stack.setCurrentIndex(1)
        self._title.setText(self._document.graph[block_id].name)
        self._details = self._described(network, block_id, values, found.step)
        data = self._looking.samples
        named = judged and data is not None and len(data.classes) == values.size
        self.scores.show_rows(class_rows(data, self._looking.index, values) if named and data else [])
        self.scores.setVisible(named)
        for widget in (self.mosaic, self._colors):
            widget.setVisible(not named)
        self.mosaic.show_values(values)
        self._show_facts(self.mosaic.pointed_at)

    def _show_facts(self, pointed_at: tuple[str, ...]) -> None:
        """The value under the mouse, else what is shown."""
        self._facts.set_texts(*(pointed_at or self._details))

    def _described(self, network: Graph, block_id: str, values: Array, step: int) -> tuple[str, ...]:
        changed = network[block_id].layer != self._document.graph[block_id].layer
        note = ", before the change" if changed else ""
        shape, number = shape_text(values.shape), count_text(step)
        kept = self._run.kept_epoch
        if kept is not None:  # the weights that are looked at are older than the last step
            number = count_text(kept.epoch)
            return f"{shape}, of epoch {number}{note}", f"{shape}, epoch {number}{note}", f"{shape}{note}"
        return f"{shape}, after step {number}{note}", f"{shape}, step {number}{note}", f"{shape}{note}"

    def showEvent(self, event: QShowEvent) -> None:
        super().showEvent(event)
        self._update()

    def hideEvent(self, event: QHideEvent) -> None:
        super().hideEvent(event)
        self._looking.watch(self.VIEWER, [])

    def resizeEvent(self, event: QResizeEvent) -> None:
        super().resizeEvent(event)
        narrow, tall = self.width() < _NARROW, self.height() >= _TALL
        above = narrow and tall
        self._layout.setDirection(
            QBoxLayout.Direction.TopToBottom if above else QBoxLayout.Direction.LeftToRight
        )
        self._head.setDirection(
            QBoxLayout.Direction.TopToBottom if narrow else QBoxLayout.Direction.LeftToRight
        )
        self._head.setSpacing(0 if narrow else SPACING)
        self.sample.set_compact(narrow and not tall)
        self.sample.setFixedWidth(self.width() - 2 * MARGIN if above else COMPACT_WIDTH if narrow else WIDTH)


_PLACE = PanelPlace("bottom", 0.4)


def _begin(bench: Bench) -> None:
    """Explain has something to look at from the first: the untrained network, where there is no other."""

    def look() -> None:
        ready = bench.looking.samples is not None and not bench.document.obstacles
        if ready and bench.views.workspace == "explain":
            bench.run.show_untrained(bench.document.graph)

    for changed in (
        bench.views.changed,
        bench.document.changed,
        bench.looking.sample_changed,
        bench.run.network_changed,
    ):
        changed.connect(look)


def _has_maps(bench: Bench) -> bool:
    seen = bench.run.graph is not None and bench.looking.samples is not None
    return seen and block_to_look_at(bench.document, bench.selection) is not None


@panel(
    "maps",
    "Feature maps",
    icon="maps",
    place=_PLACE,
    open={"train": _PLACE, "explain": _PLACE},
    order=70,
    begin=_begin,
    needs=_has_maps,
)
def feature_maps(bench: Bench) -> FeatureMapsPanel:
    return FeatureMapsPanel(bench.models, bench.selection, bench.themes)
