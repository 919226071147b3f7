"""One editor per kind of setting. All take their limits, choices and default from the declaration."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import replace
from typing import Any, ClassVar

from PySide6.QtCore import QEvent, QSignalBlocker, Qt, Signal
from PySide6.QtGui import QKeyEvent, QWheelEvent
from PySide6.QtWidgets import (
    QCheckBox,
    QComboBox,
    QGridLayout,
    QHBoxLayout,
    QLabel,
    QLineEdit,
    QSizePolicy,
    QVBoxLayout,
    QWidget,
)

from cnngui.forms.number_box import NumberBox, asks_for_undo
from cnngui.theme.formatting import number_text
from cnngui.theme.theme import GRID, ThemeManager
from cnngui.widgets.small import IconToggle
from core.errors import UsageError
from core.schema.param import Kind, Param


class Editor(QWidget):
    """Shows one setting and lets the user change it."""

    edited = Signal(object)
    """The user gave an allowed value; it may be the one there was."""
    refused = Signal(str)
    """The user typed something that isn't allowed; this says why. `value` is still the last allowed one."""
    reverted = Signal()
    """The user took back what was typed."""

    def __init__(self, param: Param, themes: ThemeManager, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.param = param
        self.themes = themes
        self.build()

    def build(self) -> None:
        """Makes the widgets."""
        raise NotImplementedError

    @property
    def value(self) -> Any:
        raise NotImplementedError

    def set_value(self, value: Any) -> None:
        """Shows a value without a signal; what was being typed is gone."""
        raise NotImplementedError

    @property
    def line_height(self) -> int:
        """Height of the first line, beside which the label stands; in pixels."""
        return (self.focusProxy() or self).sizeHint().height()

    def _fill(self, widget: QWidget) -> None:
        row = QHBoxLayout(self)
        row.setContentsMargins(0, 0, 0, 0)
        row.addWidget(widget)
        self.setFocusProxy(widget)
        widget.setAccessibleName(self.param.label)


class NumberEditor(Editor):
    """A whole number or one with a fraction."""

    def build(self) -> None:
        self._box = NumberBox(self.param)
        self._box.edited.connect(self.edited)
        self._box.refused.connect(self.refused)
        self._box.reverted.connect(self.reverted)
        self._fill(self._box)

    @property
    def value(self) -> float:
        return self._box.value

    def set_value(self, value: float) -> None:
        self._box.set_value(value)


class BoolEditor(Editor):
    """A check box."""

    def build(self) -> None:
        self._box = QCheckBox()
        self._box.toggled.connect(self.edited.emit)
        self._fill(self._box)

    @property
    def value(self) -> bool:
        return self._box.isChecked()

    def set_value(self, value: bool) -> None:
        with QSignalBlocker(self._box):
            self._box.setChecked(value)


class ChoiceBox(QComboBox):
    """A combo box that a passing wheel doesn't change, and that may become narrow.

    On Linux, Qt tells screen readers what is chosen as its name, and what it sets by a label beside it alone.
    So it brings one, which nobody sees.
    """

    def __init__(self, name: str, choices: Sequence[str] = (), parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._label = QLabel(name, parent)
        self._label.hide()
        self._label.setBuddy(self)
        self.setAccessibleName(name)
        self.addItems(list(choices))
        self.setFocusPolicy(Qt.FocusPolicy.StrongFocus)
        self.setSizePolicy(QSizePolicy.Policy.Expanding, QSizePolicy.Policy.Fixed)
        self.setSizeAdjustPolicy(QComboBox.SizeAdjustPolicy.AdjustToMinimumContentsLengthWithIcon)
        self.setMinimumContentsLength(8)

    def event(self, event: QEvent) -> bool:
        if event.type() == QEvent.Type.ParentChange:
            self._label.setParent(self.parentWidget())
        return super().event(event)

    def wheelEvent(self, event: QWheelEvent) -> None:
        if self.hasFocus():
            super().wheelEvent(event)
        else:
            event.ignore()


class ChoiceEditor(Editor):
    """One of a few names."""

    def build(self) -> None:
        self._box = ChoiceBox(self.param.label, self.param.choices)
        self._box.activated.connect(lambda _: self.edited.emit(self.value))
        self._fill(self._box)

    @property
    def value(self) -> str:
        return self._box.currentText()

    def set_value(self, value: str) -> None:
        self._box.setCurrentText(value)


class LineBox(QLineEdit):
    """A line that Escape sets back."""

    reverted = Signal()

    def event(self, event: QEvent) -> bool:
        if not self.isModified() and asks_for_undo(event):
            event.ignore()
            return False
        return super().event(event)

    def keyPressEvent(self, event: QKeyEvent) -> None:
        if event.key() == Qt.Key.Key_Escape and self.isModified():
            self.reverted.emit()
        else:
            super().keyPressEvent(event)


class TextEditor(Editor):
    """A text, taken on Enter or when the focus leaves."""

    def build(self) -> None:
        self._value = self.param.default
        self._box = LineBox()
        self._box.editingFinished.connect(self._read)
        self._box.reverted.connect(self._revert)
        self._fill(self._box)

    @property
    def value(self) -> Any:
        return self._value

    def set_value(self, value: Any) -> None:
        self._value = value
        self._box.setText(self._written(value))

    def _written(self, value: Any) -> str:
        return str(value)

    def _read(self) -> None:
        if not self._box.isModified():
            return
        try:
            self._value = self.param.parse_text(self._box.text())
        except UsageError as error:
            self.refused.emit(error.problem.message)
        else:
            self.set_value(self._value)
            self.edited.emit(self._value)

    def _revert(self) -> None:
        self.set_value(self._value)
        self.reverted.emit()


class ShapeEditor(TextEditor):
    """The sizes of an image or a vector: `1 × 28 × 28`, also typed as `1x28x28`, or `784`."""

    def build(self) -> None:
        super().build()
        self._box.setPlaceholderText(self._written(self.param.default))

    def _written(self, value: Any) -> str:
        return " × ".join(map(str, value))  # as it is typed: a comma would stand between two sizes


class NumbersEditor(TextEditor):
    """Any number of numbers: `1, 0.5, 2`."""

    def build(self) -> None:
        super().build()
        self._box.setPlaceholderText("none")

    def _written(self, value: Any) -> str:
        return ", ".join(map(number_text, value))


class PairEditor(Editor):
    """Height × width, with a lock that keeps them equal."""

    def build(self) -> None:
        self._boxes = _number_boxes(self.param, self.param.default, ("height", "width"))
        self._lock = IconToggle(self.themes, "link", "unlink")
        self._lock.setToolTip("Same for height and width")
        self._lock.setAccessibleName(f"{self.param.label}: same for height and width")
        self._lock.toggled.connect(self._locked)
        row = QHBoxLayout(self)
        row.setContentsMargins(0, 0, 0, 0)
        row.setSpacing(GRID)
        row.addWidget(self._boxes[0])
        row.addWidget(QLabel("×"))
        row.addWidget(self._boxes[1])
        row.addWidget(self._lock)
        self.setFocusProxy(self._boxes[0])
        for box in self._boxes:
            box.edited.connect(self._edited)
            box.refused.connect(self.refused)
            box.reverted.connect(self.reverted)
        self.set_value(self.param.default)

    @property
    def value(self) -> tuple[int, int]:
        height, width = (int(box.value) for box in self._boxes)
        return height, width

    def set_value(self, value: tuple[int, int]) -> None:
        for box, number in zip(self._boxes, value, strict=True):
            box.set_value(number)
        with QSignalBlocker(self._lock):
            self._lock.setChecked(value[0] == value[1])

    def _edited(self, number: int) -> None:
        if self._lock.isChecked():
            for box in self._boxes:
                box.set_value(number)
        _take_back(self._boxes)
        self.edited.emit(self.value)

    def _locked(self, locked: bool) -> None:
        if locked and self._boxes[0].value != self._boxes[1].value:
            self._boxes[1].set_value(self._boxes[0].value)
            self.edited.emit(self.value)


class PaddingEditor(Editor):
    """None, as much as keeps the size, or a number of pixels for each side."""

    _CHOICES: ClassVar = {"valid": "none (valid)", "same": "same", "explicit": "explicit"}
    _SIDES = ("top", "left", "bottom", "right")

    def build(self) -> None:
        self._choice = ChoiceBox(self.param.label, tuple(self._CHOICES.values()))
        self._choice.activated.connect(self._chosen)
        self._boxes = _number_boxes(self.param, (int(self.param.min or 0),) * 4, self._SIDES)
        self._sides = QWidget()
        grid = QGridLayout(self._sides)
        grid.setContentsMargins(0, GRID, 0, 0)
        grid.setSpacing(GRID)
        for number, (side, box) in enumerate(zip(self._SIDES, self._boxes, strict=True)):
            row, column = divmod(number, 2)
            label = QLabel(side.capitalize())
            label.setBuddy(box)
            grid.addWidget(label, 2 * row, column)
            grid.addWidget(box, 2 * row + 1, column)
            box.edited.connect(self._edited)
            box.refused.connect(self.refused)
            box.reverted.connect(self.reverted)
        column_layout = QVBoxLayout(self)
        column_layout.setContentsMargins(0, 0, 0, 0)
        column_layout.setSpacing(0)
        column_layout.addWidget(self._choice)
        column_layout.addWidget(self._sides)
        self.setFocusProxy(self._choice)
        self.set_value(self.param.default)

    @property
    def value(self) -> str | tuple[int, ...]:
        chosen = tuple(self._CHOICES)[self._choice.currentIndex()]
        return tuple(int(box.value) for box in self._boxes) if chosen == "explicit" else chosen

    def set_value(self, value: str | tuple[int, ...]) -> None:
        chosen = value if isinstance(value, str) else "explicit"
        self._choice.setCurrentIndex(tuple(self._CHOICES).index(chosen))
        self._sides.setVisible(chosen == "explicit")
        for box, number in zip(self._boxes, value if isinstance(value, tuple) else (), strict=False):
            box.set_value(number)

    def _chosen(self) -> None:
        self.set_value(self.value)
        self.edited.emit(self.value)

    def _edited(self) -> None:
        _take_back(self._boxes)
        self.edited.emit(self.value)


def _number_boxes(param: Param, defaults: Sequence[int], names: Sequence[str]) -> list[NumberBox]:
    """A box for each number of a tuple, with the tuple's limits."""
    made = []
    for default, name in zip(defaults, names, strict=True):
        label = f"{param.label}, {name}"
        box = NumberBox(replace(param, kind="int", default=default, label=label))
        box.setAccessibleName(label)
        made.append(box)
    return made


def _take_back(boxes: Sequence[NumberBox]) -> None:
    """Shows the values again where a forbidden text stands, once another number of the tuple is taken."""
    for box in boxes:
        box.set_value(box.value)


EDITORS: dict[Kind, Callable[[Param, ThemeManager], Editor]] = {
    "int": NumberEditor,
    "float": NumberEditor,
    "bool": BoolEditor,
    "choice": ChoiceEditor,
    "text": TextEditor,
    "pair": PairEditor,
    "shape": ShapeEditor,
    "numbers": NumbersEditor,
    "padding": PaddingEditor,
}
