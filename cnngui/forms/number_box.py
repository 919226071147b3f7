"""A field for one number: typed as the user likes (`0.001`, `1e-3`), or stepped by arrows and wheel."""

from __future__ import annotations

import math

from PySide6.QtCore import QEvent, QSize, Qt, Signal
from PySide6.QtGui import QKeyEvent, QKeySequence, QWheelEvent
from PySide6.QtWidgets import QAbstractSpinBox, QSizePolicy, QWidget

from cnngui.theme.formatting import number_text
from core.errors import UsageError
from core.schema.param import Param

_FIRST_STEP = 1e-4
"""Where stepping from 0 leads when the default is 0 too: a usual weight decay."""


class NumberBox(QAbstractSpinBox):
    """Takes what is typed on Enter or when the focus leaves; a forbidden text stays, with the reason."""

    edited = Signal(object)
    """An allowed number was typed or stepped to."""
    refused = Signal(str)
    """The text in the field is no allowed number; this says why."""
    reverted = Signal()
    """What was typed is taken back."""

    def __init__(self, param: Param, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._param = param
        self._value: float = param.default
        self._typed_in = False
        self.setFocusPolicy(Qt.FocusPolicy.StrongFocus)
        self.setSizePolicy(QSizePolicy.Policy.Expanding, QSizePolicy.Policy.Fixed)
        self.setAccelerated(True)
        self.lineEdit().textEdited.connect(self._note_typing)
        self.editingFinished.connect(self._read)
        self._write()

    @property
    def value(self) -> float:
        return self._value

    def set_value(self, value: float) -> None:
        """Shows a number without a signal."""
        self._value = value
        self._write()

    def stepBy(self, steps: int) -> None:
        step = step_up if steps > 0 else step_down
        value = self._typed()
        for _ in range(abs(steps)):
            value = value + math.copysign(1, steps) if self._is_whole else step(value, self._first_step)
        low, high = self._limits()
        value = min(max(value, low), high)
        self.set_value(int(value) if self._is_whole else value)
        self.selectAll()
        self.edited.emit(self._value)

    def stepEnabled(self) -> QAbstractSpinBox.StepEnabledFlag:
        low, high = self._limits()
        flags = QAbstractSpinBox.StepEnabledFlag.StepNone
        if self._value < high:
            flags |= QAbstractSpinBox.StepEnabledFlag.StepUpEnabled
        if self._value > low:
            flags |= QAbstractSpinBox.StepEnabledFlag.StepDownEnabled
        return flags

    def sizeHint(self) -> QSize:
        widest = "0000000" if self._is_whole else "0.0000000"
        width = self.fontMetrics().horizontalAdvance(widest) + 2 * super().sizeHint().height()
        return QSize(width, super().sizeHint().height())

    def minimumSizeHint(self) -> QSize:
        width = self.fontMetrics().horizontalAdvance("0000") + super().sizeHint().height()
        return QSize(width, super().minimumSizeHint().height())

    def wheelEvent(self, event: QWheelEvent) -> None:
        # Without the focus the wheel scrolls the panel; else it would change values on its way.
        if self.hasFocus():
            super().wheelEvent(event)
        else:
            event.ignore()

    def event(self, event: QEvent) -> bool:
        if not self._typed_in and asks_for_undo(event):
            event.ignore()
            return False
        return super().event(event)

    def keyPressEvent(self, event: QKeyEvent) -> None:
        if event.key() == Qt.Key.Key_Escape and self._typed_in:
            self._write()
            self.reverted.emit()
        else:
            super().keyPressEvent(event)

    @property
    def _is_whole(self) -> bool:
        return self._param.kind != "float"

    @property
    def _first_step(self) -> float:
        default = abs(self._param.default) if not self._is_whole else 1
        return _unit(default) if default else _FIRST_STEP

    def _limits(self) -> tuple[float, float]:
        low, high = self._param.min, self._param.max
        return -math.inf if low is None else low, math.inf if high is None else high

    def _text(self) -> str:
        return str(self._value) if self._is_whole else number_text(self._value)

    def _write(self) -> None:
        self.lineEdit().setText(self._text())
        self._typed_in = False

    def _note_typing(self) -> None:
        self._typed_in = True

    def _typed(self) -> float:
        """The number in the field, or the last allowed one where the text is none."""
        try:
            typed: float = self._param.parse_text(self.lineEdit().text())
        except UsageError:
            return self._value
        return typed

    def _read(self) -> None:
        if not self._typed_in:
            return
        try:
            self._value = self._param.parse_text(self.lineEdit().text())
        except UsageError as error:
            self.refused.emit(error.problem.message)
        else:
            self._write()
            self.edited.emit(self._value)


def asks_for_undo(event: QEvent) -> bool:
    """A field in which nothing is typed leaves these keys to the design's own undo and redo."""
    keys = QKeySequence.StandardKey
    return (
        isinstance(event, QKeyEvent)
        and event.type() == QEvent.Type.ShortcutOverride
        and (event.matches(keys.Undo) or event.matches(keys.Redo))
    )


def step_up(value: float, first: float) -> float:
    """The next number with one leading digit more: 0.001, 0.002 … 0.009, 0.01, 0.02; `first` follows 0."""
    if value == 0:
        return first
    if value < 0:
        return -step_down(-value, first)
    unit = _unit(value)
    return _rounded((math.floor(value / unit + 1e-9) + 1) * unit)


def step_down(value: float, first: float) -> float:
    """The inverse of `step_up`: 0.02, 0.01, 0.009."""
    if value == 0:
        return -first
    if value < 0:
        return -step_up(-value, first)
    unit = _unit(value)
    if value / unit < 1 + 1e-9:
        unit /= 10
    return _rounded((math.ceil(value / unit - 1e-9) - 1) * unit)


def _unit(value: float) -> float:
    """The power of ten of the first digit: 0.01 for 0.035."""
    return 10.0 ** math.floor(math.log10(value) + 1e-12)


def _rounded(value: float) -> float:
    """Without the noise of binary fractions: 0.3, not 0.30000000000000004."""
    return float(f"{value:.12g}")
