"""Finding blocks by their names, their kinds or their settings."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import Final

from PySide6.QtCore import QEvent, QObject, Qt
from PySide6.QtGui import QColor, QKeyEvent, QKeySequence
from PySide6.QtWidgets import QHBoxLayout, QToolButton

from cnngui.canvas.stage import Stage
from cnngui.theme.accessibility import announce
from cnngui.theme.icons import icon
from cnngui.theme.theme import GRID, SMALL_SIZE, SPACING, Theme, ThemeManager
from cnngui.widgets.over import Over
from cnngui.widgets.search_line import SearchLine
from cnngui.widgets.small import MUTED, TextLabel
from core.design.graph import Block, Graph, Group
from core.schema.param import params_of
from core.schema.written import count_text

_WIDTH: Final = 90 * GRID
_COUNT_WIDTH: Final = 16 * GRID


class SearchBar(Over):
    """A line in the canvas's corner: typing marks all hits and selects the first, buttons and keys others."""

    def __init__(self, stage: Stage, themes: ThemeManager) -> None:
        super().__init__(themes, stage.widget)
        self._stage = stage
        self._hits: Sequence[str] = ()
        self.line = SearchLine(themes, "Find blocks", "Name, kind or setting")
        self.count = TextLabel(size=SMALL_SIZE, role=MUTED)
        self.count.setAlignment(Qt.AlignmentFlag.AlignRight | Qt.AlignmentFlag.AlignVCenter)
        self.count.setFixedWidth(_COUNT_WIDTH)
        row = QHBoxLayout(self)
        row.setContentsMargins(SPACING, SPACING, SPACING, SPACING)
        row.setSpacing(SPACING)
        row.addWidget(self.line)
        row.addWidget(self.count)
        self.buttons = {
            "previous": self._button("Previous hit", "Shift+Return", lambda: self._step(-1)),
            "next": self._button("Next hit", "Return", lambda: self._step(1)),
            "close": self._button("Close", "Esc", self.dismiss),
        }
        for button in self.buttons.values():
            row.addWidget(button)
        themes.changed.connect(self._color)
        self._color()
        self.setFixedWidth(_WIDTH)
        self.line.installEventFilter(self)
        self.line.textChanged.connect(self._search)
        stage.widget.installEventFilter(self)
        stage.document.changed.connect(self._follow)
        stage.selection.changed.connect(self._follow_selection)
        self.hide()

    def _button(self, help: str, key: str, run: Callable[[], None]) -> QToolButton:
        button = QToolButton()
        button.setAutoRaise(True)
        button.setToolTip(f"{help} ({QKeySequence(key).toString(QKeySequence.SequenceFormat.NativeText)})")
        button.setAccessibleName(help)
        button.clicked.connect(run)
        return button

    def _color(self) -> None:
        for name, button in self.buttons.items():
            button.setIcon(icon(name, self._themes.current.text))

    def edge(self, theme: Theme) -> QColor:
        """It stays open beside the work."""
        return theme.border

    def open(self) -> None:
        """Shows the bar, with what was searched before ready to be typed over."""
        self._stage.come_forward()
        self._place()
        self.show()
        self.raise_()
        self.line.setFocus(Qt.FocusReason.ShortcutFocusReason)
        self.line.selectAll()
        self._follow()

    def dismiss(self) -> None:
        self.hide()
        self._stage.drawing.found.show(())
        self._stage.widget.setFocus(Qt.FocusReason.OtherFocusReason)

    def _search(self) -> None:
        self._follow()
        if self._hits and self._current not in self._hits:
            self._go(0)

    def _follow(self) -> None:
        if not self.isHidden():
            self._hits = hits(self._stage.document.graph, self.line.text())
            self._mark()
            for name in ("previous", "next"):
                self.buttons[name].setEnabled(bool(self._hits))
            self._show_count()

    def _mark(self) -> None:
        current = self._current
        self._stage.drawing.found.show(self._hits, current if current in self._hits else None)

    def _follow_selection(self) -> None:
        if not self.isHidden():
            self._mark()
        self._show_count()

    def _step(self, step: int) -> None:
        if self._hits:
            current = self._current
            place = self._hits.index(current) + step if current in self._hits else 0
            self._go(place % len(self._hits))

    def _go(self, place: int) -> None:
        self._stage.editor.groups.reveal(self._hits[place])
        graph = self._stage.document.graph
        part = graph.group_by_id.get(self._hits[place]) or graph[self._hits[place]]
        announce(self.line, f"{self.count.text()}: {part.name}")

    @property
    def _current(self) -> str | None:
        return self._stage.selection.group or self._stage.selection.current

    def _show_count(self) -> None:
        current = self._current
        if not self.line.text().strip():
            text = ""
        elif not self._hits:
            text = "No block"
        elif current in self._hits:
            text = f"{count_text(self._hits.index(current) + 1)} of {count_text(len(self._hits))}"
        else:
            text = f"{count_text(len(self._hits))} found"
        self.count.setText(text)

    def _place(self) -> None:
        self.adjustSize()
        self.move(self._stage.widget.width() - self.width() - SPACING, SPACING)

    def keyPressEvent(self, event: QKeyEvent) -> None:
        if event.key() == Qt.Key.Key_Escape:
            self.dismiss()
        super().keyPressEvent(event)

    def eventFilter(self, watched: QObject, event: QEvent) -> bool:
        if watched is self._stage.widget and event.type() == QEvent.Type.Resize:
            self._place()
        if watched is self.line and isinstance(event, QKeyEvent) and event.type() == QEvent.Type.KeyPress:
            key = Qt.Key(event.key())
            if key == Qt.Key.Key_Escape:
                self.dismiss()
                return True
            if key in (Qt.Key.Key_Return, Qt.Key.Key_Enter):
                back = bool(event.modifiers() & Qt.KeyboardModifier.ShiftModifier)
                self._step(-1 if back else 1)
                return True
        return super().eventFilter(watched, event)


def hits(graph: Graph, text: str) -> list[str]:
    """The ids of the blocks and groups in which every word of the text occurs, in the order of the design."""
    words = text.lower().replace("×", "x").split()
    if not words:
        return []
    found = [block.id for block in graph.blocks if all(word in _words(block) for word in words)]
    groups = [group.id for group in graph.groups if all(word in _words_of(group) for word in words)]
    return [*found, *groups]


def _words_of(group: Group) -> str:
    return f"{group.name} group repeat={group.repeat} x{group.repeat}".lower()


def _words(block: Block) -> str:
    """All that a block can be found by: `conv 1 conv 2d convolution filters=16 kernel=5x5 …`."""
    layer = block.layer
    written = dict(layer.wrong)
    values = ((p.name, written.get(p.name, getattr(layer, p.name))) for p in params_of(type(layer)))
    settings = (
        f"{name}={'x'.join(map(str, value)) if isinstance(value, tuple) else value}" for name, value in values
    )
    return " ".join((block.name, layer.title, layer.kind, layer.group, *settings)).lower()
