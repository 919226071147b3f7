"""The Fusion style with edges that can be seen: its own are darker than the surface, also on a dark one."""

from __future__ import annotations

from typing import Final

from PySide6.QtCore import QPointF, QRectF
from PySide6.QtGui import QPainter, QPalette, QPen
from PySide6.QtWidgets import (
    QProxyStyle,
    QStyle,
    QStyleOption,
    QStyleOptionComboBox,
    QStyleOptionComplex,
    QStyleOptionSpinBox,
    QWidget,
)

EDGE: Final = QPalette.ColorRole.Dark
"""The palette's colour for the edges of controls."""
_CORNER: Final = 2
"""The radius that Fusion gives its fields."""


class EdgedStyle(QProxyStyle):
    """Draws the edges of fields, check boxes and radio buttons over those of Fusion.

    What has the keyboard keeps Fusion's edge, which is in the accent.
    """

    def __init__(self) -> None:
        super().__init__("Fusion")

    def drawPrimitive(
        self,
        element: QStyle.PrimitiveElement,
        option: QStyleOption,
        painter: QPainter,
        widget: QWidget | None = None,
    ) -> None:
        super().drawPrimitive(element, option, painter, widget)
        kinds = QStyle.PrimitiveElement
        if element is kinds.PE_IndicatorRadioButton:
            radius = (option.rect.width() + (option.rect.width() + 1) % 2) / 2 - 1
            middle = QPointF(option.rect.center()) + QPointF(1, 1)
            rect = QRectF(0, 0, 2 * radius, 2 * radius)
            rect.moveCenter(middle)
            _draw_edge(painter, option, rect, radius)
        elif element is kinds.PE_IndicatorCheckBox:
            _draw_edge(painter, option, QRectF(option.rect).adjusted(0.5, 0.5, -0.5, -0.5), 0)
        elif element is kinds.PE_FrameLineEdit and not _has_focus(option):
            _draw_edge(painter, option, QRectF(option.rect).adjusted(0.5, 0.5, -0.5, -0.5), _CORNER)

    def drawComplexControl(
        self,
        control: QStyle.ComplexControl,
        option: QStyleOptionComplex,
        painter: QPainter,
        widget: QWidget | None = None,
    ) -> None:
        super().drawComplexControl(control, option, painter, widget)
        is_field = isinstance(option, QStyleOptionSpinBox | QStyleOptionComboBox) and option.frame
        if is_field and not _has_focus(option):
            _draw_edge(painter, option, QRectF(option.rect).adjusted(0.5, 0.5, -0.5, -0.5), _CORNER)


def _has_focus(option: QStyleOption) -> bool:
    return bool(option.state & QStyle.StateFlag.State_HasFocus)


def _draw_edge(painter: QPainter, option: QStyleOption, place: QRectF, radius: float) -> None:
    painter.save()
    painter.setRenderHint(QPainter.RenderHint.Antialiasing)
    painter.setPen(QPen(option.palette.color(EDGE), 1))
    painter.drawRoundedRect(place, radius, radius)
    painter.restore()
