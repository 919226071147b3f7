"""The Fusion style with edges and a focus that can be seen: its own are darker than the surface, also on a
dark one, or hardly differ from it."""

from __future__ import annotations

from typing import Final

from PySide6.QtCore import QPointF, QRectF, Qt
from PySide6.QtGui import QIcon, QPainter, QPalette, QPen
from PySide6.QtWidgets import (
    QDockWidget,
    QProxyStyle,
    QStyle,
    QStyleHintReturn,
    QStyleOption,
    QStyleOptionButton,
    QStyleOptionComboBox,
    QStyleOptionComplex,
    QStyleOptionFocusRect,
    QStyleOptionSpinBox,
    QWidget,
)

from cnngui.theme.icons import icon

EDGE: Final = QPalette.ColorRole.Dark
"""The palette's colour for the edges of controls."""
_TITLE_ICONS: Final = {
    QStyle.StandardPixmap.SP_TitleBarNormalButton: "float",
    QStyle.StandardPixmap.SP_TitleBarCloseButton: "close",
}
_CORNER: Final = 2
"""The radius that Fusion gives its fields."""
_RING: Final = 2
"""The width of the line around what has the keyboard."""


class EdgedStyle(QProxyStyle):
    """Draws edges of fields, buttons, check boxes and radio buttons over those of Fusion, and a ring of its
    own around what has the keyboard.

    A field that has the keyboard keeps Fusion's edge, which is in the accent.
    """

    def __init__(self) -> None:
        super().__init__("Fusion")

    def standardIcon(
        self,
        standard: QStyle.StandardPixmap,
        option: QStyleOption | None = None,
        widget: QWidget | None = None,
    ) -> QIcon:
        """Fusion's own for the titles of docks are grey, and hardly seen on a dark surface."""
        name = _TITLE_ICONS.get(standard)
        if name is None or not isinstance(widget, QDockWidget):
            return super().standardIcon(standard, option, widget)
        return icon(name, widget.palette().color(QPalette.ColorRole.WindowText))

    def styleHint(
        self,
        hint: QStyle.StyleHint,
        option: QStyleOption | None = None,
        widget: QWidget | None = None,
        returned: QStyleHintReturn | None = None,
    ) -> int:
        """Without Fusion's icons on the buttons of dialogs, which are dark on a dark surface, too."""
        if hint is QStyle.StyleHint.SH_DialogButtonBox_ButtonsHaveIcons:
            return 0
        return super().styleHint(hint, option, widget, returned)

    def drawPrimitive(
        self,
        element: QStyle.PrimitiveElement,
        option: QStyleOption,
        painter: QPainter,
        widget: QWidget | None = None,
    ) -> None:
        kinds = QStyle.PrimitiveElement
        if element is kinds.PE_FrameFocusRect:
            _draw_focus(painter, option)
            return
        super().drawPrimitive(element, option, painter, widget)
        if element is kinds.PE_IndicatorRadioButton:
            radius = (option.rect.width() + (option.rect.width() + 1) % 2) / 2 - 1
            middle = QPointF(option.rect.center()) + QPointF(1, 1)
            rect = QRectF(0, 0, 2 * radius, 2 * radius)
            rect.moveCenter(middle)
            _draw_edge(painter, option, rect, radius)
        elif element is kinds.PE_IndicatorCheckBox:
            _draw_edge(painter, option, QRectF(option.rect).adjusted(0.5, 0.5, -0.5, -0.5), 0)
        elif element is kinds.PE_PanelButtonCommand or (
            element is kinds.PE_PanelButtonTool and not option.state & QStyle.StateFlag.State_AutoRaise
        ):
            if _has_focus(option):
                _draw_focus(painter, option)
            else:
                _draw_edge(painter, option, QRectF(option.rect).adjusted(0.5, 0.5, -0.5, -0.5), _CORNER)
        elif element is kinds.PE_FrameLineEdit and not _has_focus(option):
            _draw_edge(painter, option, QRectF(option.rect).adjusted(0.5, 0.5, -0.5, -0.5), _CORNER)

    def drawControl(
        self,
        element: QStyle.ControlElement,
        option: QStyleOption,
        painter: QPainter,
        widget: QWidget | None = None,
    ) -> None:
        super().drawControl(element, option, painter, widget)
        if element is QStyle.ControlElement.CE_TabBarTabLabel and _has_focus(option):
            _draw_focus(painter, option)

    def drawComplexControl(
        self,
        control: QStyle.ComplexControl,
        option: QStyleOptionComplex,
        painter: QPainter,
        widget: QWidget | None = None,
    ) -> None:
        super().drawComplexControl(control, option, painter, widget)
        if control is QStyle.ComplexControl.CC_ScrollBar and widget is not None:
            handle = self.subControlRect(control, option, QStyle.SubControl.SC_ScrollBarSlider, widget)
            place = QRectF(handle).adjusted(0.5, 0.5, -0.5, -0.5)
            _draw_edge(painter, option, place, _CORNER, QPalette.ColorRole.PlaceholderText)
        is_field = isinstance(option, QStyleOptionSpinBox | QStyleOptionComboBox) and option.frame
        if is_field and not _has_focus(option):
            _draw_edge(painter, option, QRectF(option.rect).adjusted(0.5, 0.5, -0.5, -0.5), _CORNER)


def _has_focus(option: QStyleOption) -> bool:
    return bool(option.state & QStyle.StateFlag.State_HasFocus)


def _draw_edge(
    painter: QPainter,
    option: QStyleOption,
    place: QRectF,
    radius: float,
    role: QPalette.ColorRole = EDGE,
) -> None:
    painter.save()
    painter.setRenderHint(QPainter.RenderHint.Antialiasing)
    painter.setBrush(Qt.BrushStyle.NoBrush)
    painter.setPen(QPen(option.palette.color(role), 1))
    painter.drawRoundedRect(place, radius, radius)
    painter.restore()


def _draw_focus(painter: QPainter, option: QStyleOption) -> None:
    """A ring in the accent, or in the colour of the text where it lies on that."""
    roles = QPalette.ColorRole
    accent, role = option.palette.color(roles.Highlight), roles.Highlight
    if isinstance(option, QStyleOptionButton):
        is_default = bool(option.features & QStyleOptionButton.ButtonFeature.DefaultButton)
        if is_default or option.palette.color(roles.Button) == accent:
            role = roles.ButtonText
    elif isinstance(option, QStyleOptionFocusRect) and option.backgroundColor == accent:
        role = roles.HighlightedText
    painter.save()
    painter.setRenderHint(QPainter.RenderHint.Antialiasing)
    painter.setBrush(Qt.BrushStyle.NoBrush)
    painter.setPen(QPen(option.palette.color(role), _RING))
    inset = _RING / 2
    place = QRectF(option.rect).adjusted(inset, inset, -inset, -inset)
    painter.drawRoundedRect(place, _CORNER, _CORNER)
    painter.restore()
