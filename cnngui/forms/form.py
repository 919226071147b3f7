"""A form made from a declaration: for layers, optimisers and the training plan alike."""

from __future__ import annotations

from collections.abc import Collection, Mapping, Sequence
from typing import Any

from PySide6.QtCore import QRect, Qt, QTimer, Signal
from PySide6.QtGui import QPalette
from PySide6.QtWidgets import QGridLayout, QHBoxLayout, QLabel, QScrollArea, QVBoxLayout, QWidget

from cnngui.forms.editors import EDITORS, Editor
from cnngui.theme.theme import GRID, SPACING, ThemeManager, text_font
from cnngui.widgets.small import ERROR, IconLabel, small_label
from core.schema.param import Declared, Param, params_of, wrong_of
from core.schema.written import cut_text

_FIELD_WIDTH = 240
"""Pixels; a field in a wide panel doesn't grow beyond."""


class Form(QWidget):
    """One row per setting of a declared object. The object itself is never changed."""

    changed = Signal(str, object)
    """The user set the setting of this name to this allowed value. The owner answers with `update_object`."""

    def __init__(self, themes: ThemeManager, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._themes = themes
        self._object: Any = None
        self.rows: dict[str, FormRow] = {}
        """The rows by the names of their settings."""
        self._mixed: frozenset[str] = frozenset()
        self._pointed_out = ""
        self._refusals = Refusals(themes)
        column = QVBoxLayout(self)
        column.setContentsMargins(0, 0, 0, 0)
        column.setSpacing(GRID)
        # Not a QFormLayout: that one keeps the old height of a row whose message grows.
        self._layout = QGridLayout()
        column.addLayout(self._layout)
        column.addWidget(self._refusals)
        self._layout.setHorizontalSpacing(SPACING)
        self._layout.setVerticalSpacing(SPACING)
        self._layout.setColumnStretch(1, 1)

    @property
    def object(self) -> Any:
        return self._object

    @property
    def editors(self) -> dict[str, Editor]:
        """The editors by the names of their settings."""
        return {name: row.editor for name, row in self.rows.items()}

    def set_object(self, declared: Any) -> None:
        """Shows another object, or None; what was typed for the last one is forgotten."""
        if type(declared) is not type(self._object):
            self._build(params_of(type(declared)) if declared is not None else ())
        self._object = declared
        self.set_mixed(())
        for name, row in self.rows.items():
            row.editor.set_value(getattr(declared, name))
            row.set_refusal("")
        self._refusals.leave()
        self._hide_what_does_not_count()

    def update_object(self, declared: Any) -> None:
        """Shows the same object with other values; the field that is being typed in stays as it is."""
        if type(declared) is not type(self._object):
            self.set_object(declared)
            return
        self._object = declared
        for name, row in self.rows.items():
            value = getattr(declared, name)
            if value != row.editor.value:
                row.editor.set_value(value)
                row.set_refusal("")
        self.set_mixed(self._mixed)
        self._hide_what_does_not_count()

    def set_errors(self, errors: Mapping[str, str]) -> None:
        """Marks the settings that the network can't work with; why is in their tooltips, and told elsewhere.

        No line is added for it: fields that jump as a value is stepped through would be missed by clicks.
        """
        for name, row in self.rows.items():
            row.set_error(errors.get(name, ""))

    def set_mixed(self, names: Collection[str]) -> None:
        """Notes the settings in which several objects, shown in one form, differ."""
        self._mixed = frozenset(names)
        for name, row in self.rows.items():
            row.set_note("Different values" if name in names else self._written(name))

    def point_out(self, name: str) -> None:
        """Which setting is to be marked around it (`pointed_out`); an empty name for none."""
        self._pointed_out = name

    @property
    def pointed_out(self) -> QRect | None:
        """Where the setting stands that is to be marked, if one does."""
        row = self.rows.get(self._pointed_out)
        if row is None or not row.isVisibleTo(self):
            return None
        return row.label.geometry().united(row.geometry())

    def _build(self, params: tuple[Param, ...]) -> None:
        for row in self.rows.values():
            for widget in (row.label, row):
                self._layout.removeWidget(widget)
                widget.hide()
                widget.deleteLater()  # not deleted at once: an edit in one of its fields may have led here
        self.rows = {}
        for number, param in enumerate(params):
            row = FormRow(param, self._themes)
            row.editor.edited.connect(lambda value, name=param.name: self._edited(name, value))
            row.editor.refused.connect(row.set_refusal)
            row.editor.reverted.connect(lambda row=row: row.set_refusal(""))
            row.refusal_changed.connect(self._show_refusals)
            self.rows[param.name] = row
            self._layout.addWidget(row.label, number, 0, Qt.AlignmentFlag.AlignTop)
            self._layout.addWidget(row, number, 1)

    def _show_refusals(self) -> None:
        self._refusals.show_texts([row.refusal for row in self.rows.values() if row.refusal])

    def _edited(self, name: str, value: Any) -> None:
        self.rows[name].set_refusal("")
        stands_in = name in wrong_of(self._object)
        if name in self._mixed or stands_in or value != getattr(self._object, name):
            self.changed.emit(name, value)

    def _written(self, name: str) -> str:
        """What the file says in place of the value that is shown, where that only stands in for it."""
        written = self._object.wrong if isinstance(self._object, Declared) else ()
        return next((f"In the file: {cut_text(text)}" for wrong, text in written if wrong == name), "")

    def _hide_what_does_not_count(self) -> None:
        for row in self.rows.values():
            when = row.editor.param.when
            counts = when is None or getattr(self._object, when[0]) == when[1]
            row.label.setVisible(counts)
            row.setVisible(counts)


class Refusals(QWidget):
    """Why something that was typed wasn't taken, below all fields: there it moves none of them.

    Once taken, the place stays, so that what is below the form doesn't jump as something else is typed.
    """

    def __init__(self, themes: ThemeManager) -> None:
        super().__init__()
        self._icon = IconLabel(themes, "error", lambda theme: theme.error, size=16)
        self._text = small_label(role=ERROR)
        row = QHBoxLayout(self)
        row.setContentsMargins(0, 0, 0, 0)
        row.setSpacing(GRID)
        row.addWidget(self._icon, alignment=Qt.AlignmentFlag.AlignTop)
        row.addWidget(self._text, 1, alignment=Qt.AlignmentFlag.AlignTop)
        self.hide()

    @property
    def text(self) -> str:
        """What is to be read; empty where all is well."""
        return self._text.text()

    def show_texts(self, texts: Sequence[str]) -> None:
        """One below the other; each names its setting."""
        self.setMinimumHeight(self.height() if self.isVisible() else 0)
        self._text.setText("\n".join(texts))
        self._icon.setVisible(bool(texts))
        self.setVisible(bool(texts) or self.minimumHeight() > 0)
        if texts:
            QTimer.singleShot(0, self, self._come_into_sight)  # when it has its place

    def leave(self) -> None:
        """Something else is shown from now on."""
        self.setMinimumHeight(0)
        self._text.setText("")
        self.hide()

    def _come_into_sight(self) -> None:
        around = self.parentWidget()
        while around is not None and not isinstance(around, QScrollArea):
            around = around.parentWidget()
        if around is not None and self.isVisible():
            around.ensureWidgetVisible(self, 0, GRID)


class FormRow(QWidget):
    """An editor with its label; what was typed and not taken is told below the form."""

    refusal_changed = Signal()

    def __init__(self, param: Param, themes: ThemeManager) -> None:
        super().__init__()
        self._refusal = self._error = self._note = ""
        self.editor = EDITORS[param.kind](param, themes)
        self.editor.setMaximumWidth(_FIELD_WIDTH)
        self.label = QLabel(param.label)
        self.label.setFont(text_font())  # its own: `enlarge` has to know its size before it is underlined
        self.label.setBuddy(self.editor)
        limits = param.limits()
        self._help = f"{param.help}\nAllowed: {limits}." if limits else param.help
        # The label stands beside the first line, whatever comes below it.
        self.label.setFixedHeight(self.editor.line_height)

        self._message = small_label()
        column = QVBoxLayout(self)
        column.setContentsMargins(0, 0, 0, 0)
        column.setSpacing(0)
        column.addWidget(self.editor)
        column.addWidget(self._message)
        self._show()

    @property
    def message(self) -> str:
        """What is to be read of the setting; empty where all is well."""
        return self._refusal or self._note

    @property
    def refusal(self) -> str:
        """Why what was typed isn't allowed, and was not taken; empty else."""
        return self._refusal

    @property
    def error(self) -> str:
        """Why the network can't work with the setting; empty where it can."""
        return self._error

    def set_refusal(self, reason: str) -> None:
        """What was typed isn't allowed, and was not taken."""
        if reason != self._refusal:
            self._refusal = reason
            self._show()
            self.refusal_changed.emit()

    def set_error(self, reason: str) -> None:
        """The value was taken, and the network can't work with it."""
        self._error = reason
        self._show()

    def set_note(self, note: str) -> None:
        self._note = note
        self._show()

    def _show(self) -> None:
        refused = bool(self._refusal)
        self._message.setText(self._note)
        self._message.setVisible(bool(self._note))
        self.label.setForegroundRole(ERROR if refused or self._error else QPalette.ColorRole.WindowText)
        font = self.label.font()
        font.setUnderline(bool(self._error))  # seen without colours, and no wider
        self.label.setFont(font)
        help = "\n".join(filter(None, (self._refusal, self._error, self._help)))
        for widget in (self.label, self.editor):
            widget.setToolTip(help)
        self.editor.setAccessibleDescription(help)
