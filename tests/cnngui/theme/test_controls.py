"""What is painted of controls can be seen in both themes: measured on the pixels."""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable

import pytest
from PySide6.QtCore import QRect, Qt
from PySide6.QtGui import QColor, QImage
from PySide6.QtWidgets import (
    QCheckBox,
    QComboBox,
    QDialogButtonBox,
    QHBoxLayout,
    QLineEdit,
    QPushButton,
    QRadioButton,
    QScrollBar,
    QSpinBox,
    QTabBar,
    QToolButton,
    QWidget,
)
from pytestqt.qtbot import QtBot

from cnngui.models.document import Document, MendableProblem
from cnngui.models.selection import Selection
from cnngui.models.settings import ThemeMode
from cnngui.models.workspaces import WORKSPACES
from cnngui.panels.design.help import HelpPanel
from cnngui.panels.design.problem_view import ProblemView
from cnngui.panels.start.start_page import Card
from cnngui.theme.theme import READABLE, SEEN, ThemeManager, contrast
from cnngui.widgets.gallery import Gallery, Tile
from cnngui.widgets.pixels import PixelView
from cnngui.widgets.small import IconToggle
from cnngui.window.workspace_tabs import WorkspaceTabs
from core.layers import LAYERS
from core.templates import TEMPLATES

THEMES = pytest.mark.parametrize("mode", ["dark", "light"])
EDGE = 3
"""Pixels at the left of a control that its edge lies in."""


def check_box() -> QWidget:
    return QCheckBox("Words")


def ticked_box() -> QWidget:
    made = QCheckBox("Words")
    made.setChecked(True)
    return made


def radio_button() -> QWidget:
    return QRadioButton("Words")


def line() -> QWidget:
    return QLineEdit("Words")


def hint_in_a_line() -> QWidget:
    return QLineEdit(placeholderText="Words")


def number() -> QWidget:
    made = QSpinBox()
    made.setValue(88)
    return made


def choice() -> QWidget:
    made = QComboBox()
    made.addItem("Words")
    return made


def button() -> QWidget:
    return QPushButton("Words")


def default_button() -> QWidget:
    made = QPushButton("Words")
    made.setDefault(True)
    return made


def pressed_button() -> QWidget:
    made = QPushButton("Words")
    made.setDown(True)
    return made


def chosen_button() -> QWidget:
    made = QPushButton("Words")
    made.setCheckable(True)
    made.setChecked(True)
    return made


def tool_button() -> QWidget:
    made = QToolButton()
    made.setText("Words")
    return made


def tabs() -> QWidget:
    made = QTabBar()
    made.addTab("Words")
    made.addTab("More")
    return made


def scroll_bar() -> QWidget:
    made = QScrollBar(Qt.Orientation.Vertical)
    made.setRange(0, 100)
    made.setPageStep(50)
    return made


def gallery(themes: ThemeManager) -> QWidget:
    image = QImage(8, 8, QImage.Format.Format_Grayscale8)
    image.fill(0)
    made = Gallery(themes)
    made.show_tiles([Tile(image, "7", "It is 7.")])
    return made


def problem(themes: ThemeManager) -> QWidget:
    return ProblemView(MendableProblem("Words."), themes, clickable=True)


def toggle(themes: ThemeManager) -> QWidget:
    return IconToggle(themes, "link", "unlink")


def pixels(themes: ThemeManager) -> QWidget:
    return PixelView(themes, "Sample")


def help_page(themes: ThemeManager) -> QWidget:
    made = HelpPanel(Document(), Selection(), themes)
    made.show_layer(LAYERS["relu"]())
    return made


def workspaces(themes: ThemeManager) -> QWidget:
    return WorkspaceTabs(WORKSPACES, themes)


def example(themes: ThemeManager) -> QWidget:
    return Card(next(iter(TEMPLATES)), themes)


EDGED = [
    check_box,
    ticked_box,
    radio_button,
    line,
    hint_in_a_line,
    number,
    choice,
    button,
    default_button,
    pressed_button,
    chosen_button,
    tool_button,
]
WRITTEN = [*EDGED, tabs]
FOCUSABLE = [*EDGED, tabs]
OWN = [gallery, problem, toggle, pixels, help_page, workspaces, example]
"""Widgets that paint their focus themselves."""
KINDS = pytest.mark.parametrize("make", EDGED, ids=lambda make: make.__name__)


class Host(QWidget):
    """A surface with a control on it, and another one that can have the keyboard."""

    def __init__(self, control: QWidget) -> None:
        super().__init__()
        self.control = control
        self.other = QWidget()
        self.other.setFocusPolicy(Qt.FocusPolicy.StrongFocus)
        row = QHBoxLayout(self)
        row.addWidget(control)
        row.addWidget(self.other)
        self.resize(240, 48 if control.sizeHint().height() < 48 else 240)

    @property
    def place(self) -> QRect:
        return self.control.geometry()

    def picture(self) -> QImage:
        return self.grab().toImage()


def shown(qtbot: QtBot, control: QWidget) -> Host:
    host = Host(control)
    qtbot.addWidget(host)
    host.show()
    host.activateWindow()
    qtbot.waitUntil(host.isActiveWindow)
    host.other.setFocus()
    return host


def colors(picture: QImage, place: QRect) -> list[QColor]:
    return [
        picture.pixelColor(x, y)
        for y in range(place.top(), place.bottom() + 1)
        for x in range(place.left(), place.right() + 1)
    ]


def strongest_text(picture: QImage, place: QRect) -> float:
    """The contrast of what differs most from the surface, which is the colour that most pixels have."""
    found = Counter(color.rgb() for color in colors(picture, place))
    surface = QColor(found.most_common(1)[0][0])
    return max(contrast(QColor(color), surface) for color in found)


@THEMES
@KINDS
def test_edges_are_seen(
    qtbot: QtBot, themes: ThemeManager, mode: ThemeMode, make: Callable[[], QWidget]
) -> None:
    themes.mode = mode
    host = shown(qtbot, make())
    edge = QRect(host.place.left(), host.place.center().y(), EDGE, 1)
    assert max(contrast(color, themes.current.panel) for color in colors(host.picture(), edge)) >= SEEN


@THEMES
@pytest.mark.parametrize("make", WRITTEN, ids=lambda make: make.__name__)
def test_words_are_readable(
    qtbot: QtBot, themes: ThemeManager, mode: ThemeMode, make: Callable[[], QWidget]
) -> None:
    themes.mode = mode
    host = shown(qtbot, make())
    inside = host.place.adjusted(EDGE, EDGE, -EDGE, -EDGE)
    assert strongest_text(host.picture(), inside) >= READABLE


def test_buttons_of_dialogs_have_no_icons_of_another_theme(qtbot: QtBot, themes: ThemeManager) -> None:
    box = QDialogButtonBox(QDialogButtonBox.StandardButton.Close)
    qtbot.addWidget(box)
    assert all(button.icon().isNull() for button in box.buttons())


@THEMES
def test_the_handle_of_a_scroll_bar_is_seen(qtbot: QtBot, themes: ThemeManager, mode: ThemeMode) -> None:
    themes.mode = mode
    host = shown(qtbot, scroll_bar())
    middle = QRect(host.place.left(), host.place.top() + 40, host.place.width(), 1)
    assert strongest_text(host.picture(), middle) >= SEEN


@THEMES
def test_the_edges_of_examples_are_seen(qtbot: QtBot, themes: ThemeManager, mode: ThemeMode) -> None:
    themes.mode = mode
    card = Card(next(iter(TEMPLATES)), themes)
    host = shown(qtbot, card)
    edge = QRect(host.place.left(), host.place.center().y() + 40, EDGE, 1)
    found = max(contrast(color, themes.current.canvas) for color in colors(host.picture(), edge))
    assert found >= SEEN


@THEMES
@pytest.mark.parametrize("make", FOCUSABLE, ids=lambda make: make.__name__)
def test_the_keyboard_is_seen(
    qtbot: QtBot, themes: ThemeManager, mode: ThemeMode, make: Callable[[], QWidget]
) -> None:
    themes.mode = mode
    host = shown(qtbot, make())
    before = colors(host.picture(), host.place)
    host.control.setFocus(Qt.FocusReason.TabFocusReason)
    after = colors(host.picture(), host.place)
    assert max(contrast(old, new) for old, new in zip(before, after, strict=True)) >= SEEN


@THEMES
@pytest.mark.parametrize("make", OWN, ids=lambda make: make.__name__)
def test_the_keyboard_is_seen_on_what_paints_itself(
    qtbot: QtBot, themes: ThemeManager, mode: ThemeMode, make: Callable[[ThemeManager], QWidget]
) -> None:
    """Only what the focus adds counts: the ring of the style, as wide as on any other control."""
    themes.mode = mode
    control = make(themes)
    host = shown(qtbot, control)
    parts = [control, *control.findChildren(QWidget)]
    stop = next(part for part in parts if part.focusPolicy() & Qt.FocusPolicy.TabFocus and part.isVisible())
    before = colors(host.picture(), host.place)
    stop.setFocus(Qt.FocusReason.TabFocusReason)
    assert stop.hasFocus()
    after = colors(host.picture(), host.place)
    ring = [new for old, new in zip(before, after, strict=True) if contrast(old, new) >= SEEN]
    assert len(ring) >= 4 * min(stop.width(), stop.height())
