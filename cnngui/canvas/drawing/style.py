"""The pens, brushes and fonts of the canvas, made once for each theme: painting only picks them up."""

from __future__ import annotations

from collections.abc import Callable
from functools import cache, lru_cache

from PySide6.QtCore import QPointF, QRectF, Qt
from PySide6.QtGui import QBrush, QColor, QFont, QFontMetricsF, QPainter, QPainterPath, QPen, QStaticText

from cnngui.canvas.drawing.blocks.far_title import FarTitles
from cnngui.canvas.drawing.stamps import Stamps
from cnngui.theme.theme import BLOCK_HEADER, RADIUS, SMALL_SIZE, WIRE_WIDTH, Theme, text_font
from core.drawing.measures import BLOCK_WIDTH

OVERVIEW_BELOW = 0.35
"""Below this zoom blocks are rectangles with an icon, and wires straight lines."""
DETAILS_FROM = 0.5
"""From this sharpness on blocks show more than their title and picture: below, small text is a smear."""
LABELS_FROM = 0.6
"""From this sharpness on wires carry the shape that flows through them."""


def sharpness(painter: QPainter) -> float:
    """Pixels of the screen for a pixel of the plane: the zoom times the screen's pixel ratio."""
    return painter.deviceTransform().m11()


class Style:
    """What the items paint with, and whether the blocks show what they cost."""

    def __init__(self, theme: Theme, *, shows_costs: bool = True) -> None:
        self.theme = theme
        self.shows_costs = shows_costs
        self.title_font = text_font(bold=True)
        self.small_font = text_font(SMALL_SIZE)
        self.title_metrics = QFontMetricsF(self.title_font)
        self.small_metrics = QFontMetricsF(self.small_font)
        self.text = QPen(theme.text)
        self.muted = QPen(theme.muted)
        self.on_header = QPen(QColor("white"))
        self.accent = QPen(theme.accent, 2)
        self.focus = QBrush(_mixed(theme.canvas, theme.accent, 0.5))
        self.problem = {"error": QPen(theme.error, 1.5), "warning": QPen(theme.warn, 1.5)}
        self.border = QBrush(theme.border)
        self.raised = QBrush(theme.raised)
        self.canvas = QBrush(theme.canvas)
        line = _mixed(theme.canvas, theme.muted, 0.75)
        self.wire = _wire_pen(line)
        self.wire_hover = _wire_pen(theme.text)
        self.wire_selected = _wire_pen(theme.accent, WIRE_WIDTH + 1)
        self.wire_pending = _wire_pen(theme.accent)
        self.wire_pending.setDashPattern([3, 3])
        self.group_edge = QPen(_mixed(theme.canvas, theme.muted, 0.5), 1)
        self.group_ground = QBrush(_faded(theme.muted, 0.08))
        self.ghost_edge = QPen(theme.accent, 1.5, Qt.PenStyle.DashLine)
        self.found = QPen(theme.warn, 2)
        self.found_current = QPen(theme.warn, 5)
        for pen in (self.found, self.found_current):
            pen.setCosmetic(True)
        self.overview_wire = QPen(line, 0)
        self.band = QBrush(_faded(theme.accent, 0.12))
        self.band_edge = QPen(theme.accent, 0)
        self.guide = QPen(theme.accent, 0)
        self.dots = _faded(theme.muted, 0.22)
        self.stamps = Stamps()
        self._category: dict[str, QBrush] = {}
        self.title = _laid_out(self.title_font, self.title_metrics)
        self.far_titles = FarTitles()
        self.small = _laid_out(self.small_font, self.small_metrics)

    def category(self, group: str) -> QBrush:
        """The brush of a block's header."""
        if group not in self._category:
            self._category[group] = QBrush(self.theme.category(group))
        return self._category[group]

    def small_lines(self, text: str, width: float, most: int) -> list[str]:
        """`text` broken at spaces into at most `most` lines; the last one is cut where it is too long."""
        lines: list[str] = []
        words = text.split()
        while words and len(lines) < most - 1:
            taken = 1
            while taken < len(words) and self._fits(words[: taken + 1], width):
                taken += 1
            lines.append(" ".join(words[:taken]))
            words = words[taken:]
        return [*lines, " ".join(words)] if words else lines

    def _fits(self, words: list[str], width: float) -> bool:
        return self.small_metrics.horizontalAdvance(" ".join(words)) <= width


def _laid_out(font: QFont, metrics: QFontMetricsF) -> Callable[[str, float], QStaticText]:
    """Lays out a line of text in this font, cut to a width; blocks share most of their texts."""

    @lru_cache(maxsize=4096)
    def lay_out(text: str, width: float) -> QStaticText:
        made = QStaticText(metrics.elidedText(text, Qt.TextElideMode.ElideRight, width))
        made.setTextFormat(Qt.TextFormat.PlainText)
        made.prepare(font=font)
        return made

    return lay_out


def _faded(color: QColor, alpha: float) -> QColor:
    made = QColor(color)
    made.setAlphaF(alpha)
    return made


def _mixed(ground: QColor, color: QColor, share: float) -> QColor:
    """As `_faded` looks on a ground, but opaque: it is faster, and crossing wires don't darken."""
    below = ground.red(), ground.green(), ground.blue()
    above = color.red(), color.green(), color.blue()
    return QColor(*(round(b + (a - b) * share) for a, b in zip(above, below, strict=True)))


def _wire_pen(color: QColor, width: float = WIRE_WIDTH) -> QPen:
    return QPen(color, width, Qt.PenStyle.SolidLine, Qt.PenCapStyle.FlatCap, Qt.PenJoinStyle.RoundJoin)


@cache
def body_path(height: float, grow: float = 0) -> QPainterPath:
    """The outline of a block, `grow` pixels outside its edge."""
    path = QPainterPath()
    outline = QRectF(0, 0, BLOCK_WIDTH, height).adjusted(-grow, -grow, grow, grow)
    path.addRoundedRect(outline, RADIUS + grow, RADIUS + grow)
    return path


@cache
def header_path() -> QPainterPath:
    """The header: round above, straight below."""
    path = QPainterPath(QPointF(0, BLOCK_HEADER))
    path.lineTo(0, RADIUS)
    path.arcTo(QRectF(0, 0, 2 * RADIUS, 2 * RADIUS), 180, -90)
    path.lineTo(BLOCK_WIDTH - RADIUS, 0)
    path.arcTo(QRectF(BLOCK_WIDTH - 2 * RADIUS, 0, 2 * RADIUS, 2 * RADIUS), 90, -90)
    path.lineTo(BLOCK_WIDTH, BLOCK_HEADER)
    path.closeSubpath()
    return path
