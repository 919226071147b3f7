"""The look in numbers: every colour, size and font of the application is stated here and nowhere else."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Final

from PySide6.QtCore import QObject, Qt, Signal
from PySide6.QtGui import QColor, QFont, QFontDatabase, QGuiApplication, QPalette
from PySide6.QtWidgets import QApplication

from cnngui.models.settings import Settings, ThemeMode
from cnngui.theme.style import EDGE, EdgedStyle

GRID: Final = 4
"""Pixels; all distances are multiples of it."""
MARGIN: Final = 3 * GRID
SPACING: Final = 2 * GRID
BLOCK_HEADER: Final = 28
RADIUS: Final = 8
WIRE_WIDTH: Final = 2
PORT_SIZE: Final = 10
PORT_HIT_SIZE: Final = 24
ICON_SIZE: Final = 20

TEXT_SIZE: Final = 13
SMALL_SIZE: Final = 11

READABLE: Final = 4.5
"""The least contrast of text on its surface (WCAG 2.2, level AA)."""
SEEN: Final = 3
"""The least contrast of the edge of a control."""

CATEGORIES: Final = {
    "Input": "#5f6877",
    "Convolution": "#0b6bb5",
    "Pooling": "#0c7a5b",
    "Activation": "#9a5b00",
    "Normalisation": "#8a4f9e",
    "Dense": "#b8441f",
    "Shape": "#54721f",
    "Merge": "#0a7a86",
    "Output": "#b0364f",
    "Unknown": "#6b6468",
    "Group": "#46566e",
}
"""The colour of a layer's group, in the order in which a palette lists the groups."""

FRAMES: Final = {
    "gray": QColor("#5f6877"),
    "blue": QColor("#0b6bb5"),
    "green": QColor("#0c7a5b"),
    "yellow": QColor("#b58900"),
    "red": QColor("#b0364f"),
    "purple": QColor("#8a4f9e"),
}
"""The colours of frames: of their edges, and mixed into the canvas."""

CURVES: Final = {
    "blue": QColor("#0072b2"),
    "orange": QColor("#e69f00"),
    "green": QColor("#009e73"),
    "vermilion": QColor("#d55e00"),
    "purple": QColor("#cc79a7"),
    "sky": QColor("#56b4e9"),
}
"""Colours that stay apart for colour-blind eyes (Okabe and Ito 2008)."""


@dataclass(frozen=True)
class Theme:
    """The colours of one theme. Text in `text`, `muted` or `accent` is readable on all three surfaces."""

    name: str
    canvas: QColor
    panel: QColor
    raised: QColor
    border: QColor
    edge: QColor
    """Of controls: what there is to click on is seen (WCAG 2.2, "non-text contrast")."""
    text: QColor
    muted: QColor
    accent: QColor
    on_accent: QColor
    """Text on a filled accent: a selected row, a primary button."""
    error: QColor
    warn: QColor
    ok: QColor
    added: QColor
    changed: QColor
    """Of marks of what is new and of what is another, beside a sign: these two stay apart for all eyes."""

    @property
    def is_dark(self) -> bool:
        return self.canvas.lightnessF() < self.text.lightnessF()

    def category(self, group: str) -> QColor:
        """The fill of a block's header, under white text and icons."""
        return QColor(CATEGORIES.get(group, CATEGORIES["Unknown"]))

    def frame_color(self, name: str) -> QColor:
        """The colour of a frame's edge; its area has a trace of it."""
        return FRAMES[name]

    def category_line(self, group: str) -> QColor:
        """The category's colour for an icon or text on a surface: lighter where the surface is dark."""
        color = self.category(group)
        while contrast(color, self.raised) < READABLE:
            color = QColor.fromHslF(color.hslHueF(), color.hslSaturationF(), color.lightnessF() + 0.02)
        return color


DARK: Final = Theme(
    name="dark",
    canvas=QColor("#14161b"),
    panel=QColor("#1b1e24"),
    raised=QColor("#262b34"),
    border=QColor("#3a414e"),
    edge=QColor("#707b8d"),
    text=QColor("#e8eaee"),
    muted=QColor("#a7afbd"),
    accent=QColor("#5b9cff"),
    on_accent=QColor("#14161b"),
    error=QColor("#ff6b6b"),
    warn=QColor("#f5b84c"),
    ok=QColor("#4cc38a"),
    added=QColor("#2fb5a6"),
    changed=QColor("#f08a3c"),
)

LIGHT: Final = Theme(
    name="light",
    canvas=QColor("#f3f4f7"),
    panel=QColor("#ffffff"),
    raised=QColor("#ffffff"),
    border=QColor("#d3d8e0"),
    edge=QColor("#818a98"),
    text=QColor("#1a1e26"),
    muted=QColor("#56606f"),
    accent=QColor("#1a63d8"),
    on_accent=QColor("#ffffff"),
    error=QColor("#c62828"),
    warn=QColor("#8a5a00"),
    ok=QColor("#0f7a4f"),
    added=QColor("#00716b"),
    changed=QColor("#b04a00"),
)


def contrast(a: QColor, b: QColor) -> float:
    """The contrast ratio of two opaque colours, 1 to 21 (WCAG 2.2, "contrast ratio")."""
    high, low = sorted((_luminance(a), _luminance(b)), reverse=True)
    return (high + 0.05) / (low + 0.05)


def _luminance(color: QColor) -> float:
    """Relative luminance, 0 to 1 (WCAG 2.2, "relative luminance")."""
    linear = [c / 12.92 if c <= 0.04045 else ((c + 0.055) / 1.055) ** 2.4 for c in _rgb(color)]
    return 0.2126 * linear[0] + 0.7152 * linear[1] + 0.0722 * linear[2]


def _mixed(a: QColor, b: QColor, share: float) -> QColor:
    """`share` of `b` in `a`."""
    pairs = zip(_rgb(a), _rgb(b), strict=True)
    return QColor.fromRgbF(*(x + (y - x) * share for x, y in pairs))


def _rgb(color: QColor) -> tuple[float, float, float]:
    return color.redF(), color.greenF(), color.blueF()


def text_font(size: int = TEXT_SIZE, *, bold: bool = False) -> QFont:
    """The system's font. Its figures are of one width, so that numbers don't jump while they change."""
    font = QFontDatabase.systemFont(QFontDatabase.SystemFont.GeneralFont)
    font.setPixelSize(size)
    font.setWeight(QFont.Weight.DemiBold if bold else QFont.Weight.Normal)
    font.setFeature(QFont.Tag("tnum"), 1)
    return font


def palette(theme: Theme) -> QPalette:
    """The theme for Qt's own widgets, drawn by the Fusion style."""
    roles = QPalette.ColorRole
    made = QPalette()
    colors = {
        roles.Window: theme.panel,
        roles.WindowText: theme.text,
        roles.Base: theme.raised,
        roles.AlternateBase: theme.canvas,
        roles.Text: theme.text,
        roles.PlaceholderText: theme.muted,
        roles.Button: theme.raised,
        roles.ButtonText: theme.text,
        roles.BrightText: theme.error,
        roles.Highlight: theme.accent,
        roles.HighlightedText: theme.on_accent,
        roles.Accent: theme.accent,
        roles.Link: theme.accent,
        roles.LinkVisited: theme.accent,
        roles.ToolTipBase: theme.raised,
        roles.ToolTipText: theme.text,
        roles.Light: _mixed(theme.raised, theme.text, 0.08),
        roles.Midlight: _mixed(theme.raised, theme.text, 0.04),
        roles.Mid: theme.border,
        EDGE: theme.edge,
        roles.Shadow: _mixed(theme.canvas, QColor("black"), 0.5),
    }
    for role, color in colors.items():
        made.setColor(role, color)
    faded = _mixed(theme.panel, theme.muted, 0.6)
    for role in (roles.WindowText, roles.Text, roles.ButtonText, roles.PlaceholderText):
        made.setColor(QPalette.ColorGroup.Disabled, role, faded)
    made.setColor(QPalette.ColorGroup.Disabled, roles.Base, theme.panel)
    made.setColor(QPalette.ColorGroup.Disabled, EDGE, theme.border)
    made.setColor(QPalette.ColorGroup.Disabled, roles.Highlight, theme.border)
    made.setColor(QPalette.ColorGroup.Disabled, roles.HighlightedText, faded)
    return made


class ThemeManager(QObject):
    """Gives the application its theme: the desktop's, or the one the user chose."""

    changed = Signal()
    """`current` is another one; Qt's own widgets have the new palette already."""

    def __init__(self, settings: Settings, parent: QObject | None = None) -> None:
        super().__init__(parent)
        self._settings = settings
        self._mode = settings.theme_mode
        self._current = self._chosen()
        if not isinstance(QApplication.style(), EdgedStyle):
            QApplication.setStyle(EdgedStyle())
        QApplication.setFont(text_font())
        QGuiApplication.styleHints().colorSchemeChanged.connect(self._update)
        self._apply()

    @property
    def current(self) -> Theme:
        return self._current

    @property
    def mode(self) -> ThemeMode:
        return self._mode

    @mode.setter
    def mode(self, mode: ThemeMode) -> None:
        if mode != self._mode:
            self._mode = self._settings.theme_mode = mode
            self._update()

    def _chosen(self) -> Theme:
        hints = QGuiApplication.styleHints()
        # Where the platform knows colour schemes, this makes title bars and native dialogs follow as well.
        match self._mode:
            case "dark":
                hints.setColorScheme(Qt.ColorScheme.Dark)
                return DARK
            case "light":
                hints.setColorScheme(Qt.ColorScheme.Light)
                return LIGHT
            case "system":
                hints.unsetColorScheme()
                return DARK if hints.colorScheme() == Qt.ColorScheme.Dark else LIGHT

    def _update(self) -> None:
        chosen = self._chosen()
        if chosen is not self._current:
            self._current = chosen
            self._apply()
            self.changed.emit()

    def _apply(self) -> None:
        QApplication.setPalette(palette(self._current))
