"""What a screen reader hears of the controls in a widget."""

from __future__ import annotations

from collections.abc import Iterator

from PySide6.QtCore import Qt
from PySide6.QtGui import QAccessible, QAccessibleInterface
from PySide6.QtWidgets import QToolButton, QWidget

Role = QAccessible.Role
_CONTROLS = {
    Role.Button,
    Role.ButtonMenu,
    Role.CheckBox,
    Role.ComboBox,
    Role.EditableText,
    Role.List,
    Role.PushButton,
    Role.RadioButton,
    Role.Slider,
    Role.SpinBox,
    Role.Table,
    Role.Tree,
}
_OF_NO_KIND = {Role.NoRole, Role.Client}
"""What Qt says of a widget that it knows nothing of."""


def controls(content: QWidget) -> list[QAccessibleInterface]:
    """All in a widget that people set or press, and all else that can have the keyboard, if it is shown."""
    found = []
    for widget in (content, *content.findChildren(QWidget)):
        heard = QAccessible.queryAccessibleInterface(widget)
        if (
            widget.isVisible()
            and widget.window() is content.window()
            and (heard.role() in _CONTROLS or _takes_keys(widget))
        ):
            found.append(heard)
    return found


def _takes_keys(widget: QWidget) -> bool:
    return bool(widget.focusPolicy() & Qt.FocusPolicy.TabFocus) and widget.focusProxy() is None


def faults(content: QWidget) -> Iterator[str]:
    """What is wrong with names and roles of the controls in it, in words."""
    for heard in controls(content):
        widget = heard.object()
        what = f"{type(widget).__name__} in {type(widget.parent()).__name__}"
        name, value = said(heard), heard.text(QAccessible.Text.Value).strip()
        if not name:
            yield f"{what} has no name"
        elif name == value or name in chosen(widget):
            yield f"{what} is called by its value, {name}"
        elif not any(value in name for value in chosen(widget) or [name]):
            yield f"{what} doesn't say what is chosen: {name}"
        if heard.role() in _OF_NO_KIND:
            yield f"{what} ({name}) has no role"


def said(heard: QAccessibleInterface) -> str:
    """The name; where a label stands for it, as Qt does it for combo boxes on Linux, what that says."""
    labels = [label for label, _ in heard.relations(QAccessible.RelationFlag.Label)]
    return (labels[0] if labels else heard).text(QAccessible.Text.Name).strip()


def chosen(widget: object) -> list[str]:
    """What is chosen of the menu of a button, where one of several can be."""
    menu = widget.menu() if isinstance(widget, QToolButton) else None
    actions = menu.actions() if menu is not None else []
    return [
        action.text().replace("&", "")
        for action in actions
        if action.isChecked() and action.actionGroup() is not None and action.actionGroup().isExclusive()
    ]
