"""What stands in place of an empty canvas: examples as pictures, recent files, and ways to begin."""

from __future__ import annotations

from functools import partial
from pathlib import Path
from typing import Final

from PySide6.QtCore import QEvent, QRect, QRectF, QSize, Qt, QTimer, Signal
from PySide6.QtGui import QDragEnterEvent, QPainter, QPaintEvent, QPen, QPixmap, QResizeEvent
from PySide6.QtWidgets import QAbstractButton, QGridLayout, QHBoxLayout, QPushButton, QVBoxLayout, QWidget

from cnngui.canvas.drawing.design_picture import design_picture
from cnngui.canvas.editor.mime import can_be_dropped
from cnngui.commands.bench import Bench
from cnngui.commands.demo import play_demo
from cnngui.models.designs import open_design
from cnngui.models.settings import Settings
from cnngui.panels.panel import PanelPlace, panel
from cnngui.panels.start.recent_file import RecentFile
from cnngui.theme.theme import GRID, MARGIN, RADIUS, SMALL_SIZE, SPACING, ThemeManager, text_font
from cnngui.widgets.focus import paint_focus
from cnngui.widgets.small import Scroll, TextLabel, small_label
from core.design.graph import Graph
from core.templates import TEMPLATES, Template

_CARD: Final = QSize(164, 148)
"""Two rows of them are in sight in a window of 1280 × 720."""
_PICTURE_HEIGHT: Final = 80
_SIDE: Final = 184
_RECENT: Final = 5


class StartPage(QWidget):
    """Asks for what the user chooses; the window does it."""

    new_wanted = Signal()
    canvas_wanted = Signal()
    """Something is being dragged that only the canvas can take."""
    guide_wanted = Signal()
    open_wanted = Signal()
    demo_wanted = Signal()
    example_wanted = Signal(str)
    """An example's name."""
    recent_wanted = Signal(object)
    """A Path."""

    def __init__(self, settings: Settings, themes: ThemeManager) -> None:
        super().__init__()
        self._settings = settings
        self._themes = themes
        self.setAccessibleName("Start page")
        self.setAcceptDrops(True)
        self.cards = [Card(template, themes) for template in TEMPLATES]
        self.buttons = {
            "new": QPushButton("New design"),
            "guide": QPushButton("First steps"),
            "open": QPushButton("Open…"),
            "demo": QPushButton("Demo"),
        }
        self.recent: list[QPushButton] = []
        self._files = QVBoxLayout()
        self._files.setSpacing(GRID)
        self._recent_title = small_label("Recent")
        row = QHBoxLayout(self)
        row.setContentsMargins(2 * MARGIN, 2 * MARGIN, MARGIN, MARGIN)
        row.setSpacing(2 * MARGIN)
        row.addWidget(self._side())
        row.addWidget(self._examples(), 1)
        for name, wanted, help in (
            ("new", self.new_wanted, "An empty canvas"),
            ("guide", self.guide_wanted, "Build a network that reads digits, step by step, in two minutes"),
            ("open", self.open_wanted, "Open a design from a file"),
            ("demo", self.demo_wanted, "Watch LeNet-5 learn to read digits"),
        ):
            self.buttons[name].setToolTip(help)
            self.buttons[name].clicked.connect(wanted)
        for card in self.cards:
            card.clicked.connect(partial(self.example_wanted.emit, card.template.name))
        self.setFocusProxy(self.buttons["new"])
        self.show_recent()

    def _side(self) -> QWidget:
        side = QWidget()
        side.setFixedWidth(_SIDE)
        column = QVBoxLayout(side)
        column.setContentsMargins(0, 0, 0, 0)
        column.setSpacing(SPACING)
        column.addWidget(TextLabel("Start", size=16, bold=True))
        for button in self.buttons.values():
            column.addWidget(button)
        column.addSpacing(SPACING)
        column.addWidget(self._recent_title)
        column.addLayout(self._files)
        column.addStretch(1)
        return side

    def _examples(self) -> QWidget:
        column = QVBoxLayout()
        column.setContentsMargins(0, 0, 0, 0)
        column.setSpacing(SPACING)
        column.addWidget(TextLabel("Examples", size=16, bold=True))
        column.addWidget(Scroll(Cards(self.cards)), 1)
        examples = QWidget()
        examples.setLayout(column)
        return examples

    def show_recent(self) -> None:
        """Lists the newest of the recent files."""
        for button in self.recent:
            self._files.removeWidget(button)
            button.deleteLater()
        self.recent = [self._file_button(path) for path in self._settings.recent_files[:_RECENT]]
        for button in self.recent:
            self._files.addWidget(button)
        self._recent_title.setVisible(bool(self.recent))

    def _file_button(self, path: Path) -> QPushButton:
        button = RecentFile(path, self._themes)
        button.clicked.connect(partial(self.recent_wanted.emit, path))
        return button

    def dragEnterEvent(self, event: QDragEnterEvent) -> None:
        if can_be_dropped(event.mimeData()):
            self.canvas_wanted.emit()  # it comes to the front, and the drag goes on there
        event.ignore()


class Cards(QWidget):
    """Cards side by side, as many in a row as there is room for."""

    def __init__(self, cards: list[Card]) -> None:
        super().__init__()
        self._cards = cards
        self._columns = 0
        self._grid = QGridLayout(self)
        self._grid.setContentsMargins(0, 0, SPACING, 0)
        self._grid.setSpacing(SPACING)
        self._grid.setAlignment(Qt.AlignmentFlag.AlignLeft | Qt.AlignmentFlag.AlignTop)
        self._arrange(1)

    def resizeEvent(self, event: QResizeEvent) -> None:
        super().resizeEvent(event)
        self._arrange(max(self.width() // (_CARD.width() + SPACING), 1))

    def minimumSizeHint(self) -> QSize:
        return QSize(_CARD.width(), super().minimumSizeHint().height())

    def _arrange(self, columns: int) -> None:
        if columns != self._columns:
            self._columns = columns
            for number, card in enumerate(self._cards):
                self._grid.addWidget(card, *divmod(number, columns))


class Card(QAbstractButton):
    """An example: its picture, its name, and what it shows. The picture is drawn when nothing else waits."""

    def __init__(self, template: Template, themes: ThemeManager) -> None:
        super().__init__()
        self.template = template
        self._themes = themes
        self._graph: Graph | None = None
        self._picture: QPixmap | None = None
        self.setText(template.title)
        self.setToolTip(template.help)
        self.setAccessibleName(template.title)
        self.setAccessibleDescription(template.help)
        self.setFixedSize(_CARD)
        self.setCursor(Qt.CursorShape.PointingHandCursor)
        self.setFocusPolicy(Qt.FocusPolicy.StrongFocus)
        self.setAttribute(Qt.WidgetAttribute.WA_Hover)
        self._timer = QTimer(self, singleShot=True, interval=0)
        self._timer.timeout.connect(self._draw)
        themes.changed.connect(self._forget)

    def _forget(self) -> None:
        self._picture = None
        self.update()

    def _draw(self) -> None:
        if self._graph is None:
            self._graph = open_design(self.template.name).project.design
        size = QSize(_CARD.width() - 4, _PICTURE_HEIGHT)
        self._picture = design_picture(self._graph, self._themes.current, size, self.devicePixelRatioF())
        self.update()

    def event(self, event: QEvent) -> bool:
        if event.type() is QEvent.Type.DevicePixelRatioChange:
            self._forget()
        return super().event(event)

    def paintEvent(self, event: QPaintEvent) -> None:
        theme = self._themes.current
        painter = QPainter(self)
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        painter.setPen(QPen(theme.text if self.underMouse() else theme.edge, 1))
        painter.setBrush(theme.raised)
        painter.drawRoundedRect(QRectF(self.rect()).adjusted(0.5, 0.5, -0.5, -0.5), RADIUS, RADIUS)
        paint_focus(self, painter)
        if self._picture is None:
            self._timer.start()
        else:
            painter.drawPixmap(2, RADIUS // 2, self._picture)
        words = QRect(SPACING, _PICTURE_HEIGHT + RADIUS, self.width() - 2 * SPACING, 0)
        painter.setPen(theme.text)
        painter.setFont(text_font(bold=True))
        painter.drawText(words.adjusted(0, 0, 0, 18), Qt.AlignmentFlag.AlignVCenter, self.text())
        painter.setPen(theme.muted)
        painter.setFont(text_font(SMALL_SIZE))
        painter.drawText(words.adjusted(0, 18, 0, 62), Qt.TextFlag.TextWordWrap, self.template.help)


@panel("start", "Start page", icon="new", place=PanelPlace("page"), order=90)
def start_page(bench: Bench) -> StartPage:
    made = StartPage(bench.settings, bench.themes)

    def begin_empty() -> None:
        if bench.document.graph.blocks:
            bench.files.new(show_canvas)
        else:
            show_canvas()

    def show_canvas() -> None:
        """Where the blocks to build with are at hand."""
        bench.views.switch("design")
        bench.views.show_canvas()

    made.new_wanted.connect(begin_empty)
    made.canvas_wanted.connect(bench.views.show_canvas)
    made.guide_wanted.connect(bench.views.start_guide)
    made.open_wanted.connect(bench.files.open)
    made.demo_wanted.connect(lambda: bench.files.when_sure(partial(play_demo, bench)))
    made.example_wanted.connect(bench.files.open_example)
    made.recent_wanted.connect(bench.files.open_path)
    bench.files.recent_changed.connect(made.show_recent)
    return made
