"""Forms take what the declaration allows, refuse the rest with the reason, and never lose what is typed."""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import Any

import pytest
from PySide6.QtCore import QPoint, QPointF, Qt
from PySide6.QtGui import QWheelEvent
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QAbstractButton, QAbstractSpinBox, QApplication, QComboBox, QLineEdit, QWidget
from pytestqt.qtbot import QtBot

from cnngui.forms.editors import EDITORS
from cnngui.forms.form import Form
from cnngui.forms.number_box import step_down, step_up
from cnngui.theme.theme import ThemeManager
from core.layers import LAYERS, Layer
from core.maths.optim import OPTIMIZERS
from core.schema.making import changed
from core.schema.param import Padding, Param, param, params_of
from tests.cnngui.declared import SETTINGS, allowed, forbidden_texts, setting_id


@dataclass(frozen=True)
class Example:
    """One setting of each kind."""

    count: int = param(3, min=0, max=100, help="How many.")
    rate: float = param(0.001, min=0.0, max=1.0, help="How fast.")
    wanted: bool = param(True, help="Whether.")
    way: str = param("plain", choices=("plain", "fine"), help="Which.")
    size: tuple[int, int] = param((3, 3), min=1, max=31, help="How large.")
    padding: Padding = param("valid", min=0, max=31, help="How much around.")  # noqa: RUF009
    shape: tuple[int, ...] = param((1, 28, 28), min=1, max=4096, help="What comes in.")
    note: str = param("", help="Anything.")
    weights: tuple[float, ...] = param((), min=0.5, max=9.0, help="How much each counts.")
    depth: int = param(1, min=1, max=9, help="How fine.", when=("way", "fine"))


class Owner:
    """Answers to a form as its owners do: it makes the new object and hands it back."""

    def __init__(self, form: Form, declared: Any) -> None:
        self.object = declared
        self.changes: list[tuple[str, Any]] = []
        self._form = form
        form.set_object(declared)
        form.changed.connect(self._take)

    def _take(self, name: str, value: Any) -> None:
        self.changes.append((name, value))
        self.object = replace(self.object, **{name: value})
        self._form.update_object(self.object)


@pytest.fixture
def form(qtbot: QtBot, themes: ThemeManager) -> Form:
    made = Form(themes)
    qtbot.addWidget(made)
    made.resize(300, 400)
    with qtbot.waitExposed(made):
        made.show()
    made.activateWindow()
    return made


def lines(form: Form, name: str) -> list[QLineEdit]:
    """The text fields of a setting, in the order of their numbers."""
    return form.editors[name].findChildren(QLineEdit)


def enter(line: QLineEdit, text: str) -> None:
    line.setFocus()
    line.selectAll()
    QTest.keyClick(line, Qt.Key.Key_Delete)
    QTest.keyClicks(line, text)
    QTest.keyClick(line, Qt.Key.Key_Return)


def message(form: Form, name: str) -> str:
    return form.rows[name].message


@pytest.mark.parametrize(("layer", "setting"), SETTINGS, ids=setting_id)
def test_every_allowed_value_is_shown_as_it_is(form: Form, layer: type[Layer], setting: Param) -> None:
    form.set_object(layer())
    editor = form.editors[setting.name]
    for value in allowed(setting):
        editor.set_value(value)
        assert editor.value == value
        assert type(editor.value) is type(value)
        assert setting.check(editor.value) is None


@pytest.mark.parametrize(("layer", "setting"), SETTINGS, ids=setting_id)
def test_forbidden_texts_are_refused_with_the_reason(form: Form, layer: type[Layer], setting: Param) -> None:
    declared = layer()
    if setting.kind == "padding":
        declared = changed(declared, **{setting.name: (0, 0, 0, 0)})
    owner = Owner(form, declared)
    for line in lines(form, setting.name):
        for text in forbidden_texts(setting):
            enter(line, text)
            assert owner.object == declared, text
            assert "expected" in message(form, setting.name), text
            assert line.text() == text
        enter(line, str(setting.default) if isinstance(setting.default, int | float) else "1")
        assert message(form, setting.name) == ""
        declared = owner.object


@pytest.mark.parametrize("kind", EDITORS)
def test_there_is_an_example_of_every_kind(kind: str) -> None:
    assert kind in {p.kind for p in params_of(Example)}


@pytest.mark.parametrize(
    ("name", "text", "value"),
    [
        ("count", "42", 42),
        ("rate", "1e-2", 0.01),
        ("rate", ".5", 0.5),
        ("shape", "3x32x32", (3, 32, 32)),
        ("shape", "784", (784,)),
        ("note", "hello", "hello"),
    ],
)
def test_what_is_typed_is_taken(form: Form, name: str, text: str, value: Any) -> None:
    owner = Owner(form, Example())
    enter(lines(form, name)[0], text)
    assert owner.changes == [(name, value)]


def test_nothing_is_announced_before_typing_ends(form: Form) -> None:
    owner = Owner(form, Example())
    line = lines(form, "count")[0]
    line.setFocus()
    line.selectAll()
    QTest.keyClicks(line, "12")
    assert not owner.changes
    lines(form, "rate")[0].setFocus()
    assert owner.changes == [("count", 12)]


def test_the_same_value_is_no_change(form: Form) -> None:
    owner = Owner(form, Example())
    enter(lines(form, "count")[0], "3")
    enter(lines(form, "rate")[0], "1e-3")
    assert not owner.changes


def test_arrow_keys_step_within_the_limits(form: Form) -> None:
    owner = Owner(form, Example(count=99))
    line = lines(form, "count")[0]
    line.setFocus()
    for _ in range(3):
        QTest.keyClick(line, Qt.Key.Key_Up)
    QTest.keyClick(line, Qt.Key.Key_Down)
    assert owner.changes == [("count", 100), ("count", 99)]


@pytest.mark.parametrize(
    ("value", "above"),
    [(0.001, 0.002), (0.009, 0.01), (0.01, 0.02), (0.5, 0.6), (1e-5, 2e-5), (90.0, 100.0), (-0.02, -0.01)],
)
def test_numbers_step_by_their_first_digit(value: float, above: float) -> None:
    assert step_up(value, first=1e-4) == above
    assert step_down(above, first=1e-4) == value


def test_stepping_leaves_zero() -> None:
    assert step_up(0.0, first=0.1) == 0.1
    assert step_down(0.0, first=0.1) == -0.1


def test_escape_takes_a_forbidden_text_back(form: Form) -> None:
    owner = Owner(form, Example())
    for name, shown in (("count", "3"), ("shape", "1 × 28 × 28")):
        line = lines(form, name)[0]
        enter(line, "many")
        QTest.keyClick(line, Qt.Key.Key_Escape)
        assert line.text() == shown
        assert message(form, name) == ""
    assert not owner.changes


def test_check_box_and_choice(form: Form) -> None:
    owner = Owner(form, Example())
    (box,) = form.editors["wanted"].findChildren(QAbstractButton)
    QTest.mouseClick(box, Qt.MouseButton.LeftButton, pos=QPoint(8, box.height() // 2))
    (choice,) = form.editors["way"].findChildren(QComboBox)
    QTest.keyClick(choice, Qt.Key.Key_Down)
    assert owner.changes == [("wanted", False), ("way", "fine")]


def test_a_locked_pair_stays_square(form: Form) -> None:
    owner = Owner(form, Example())
    height, width = lines(form, "size")
    enter(height, "5")
    assert owner.object.size == (5, 5)
    (lock,) = form.editors["size"].findChildren(QAbstractButton)
    lock.click()
    enter(width, "7")
    assert owner.object.size == (5, 7)
    lock.click()
    assert owner.object.size == (5, 5)


def test_padding_has_four_sides_only_when_explicit(form: Form) -> None:
    owner = Owner(form, Example())
    choice = form.editors["padding"].findChildren(QComboBox)[0]
    sides = lines(form, "padding")
    assert not any(line.isVisible() for line in sides)
    QTest.keyClick(choice, Qt.Key.Key_End)
    assert all(line.isVisible() for line in sides)
    enter(sides[1], "2")
    assert owner.object.padding == (0, 2, 0, 0)
    QTest.keyClick(choice, Qt.Key.Key_Home)
    assert owner.object.padding == "valid"


def test_a_setting_that_does_not_count_is_hidden(form: Form) -> None:
    owner = Owner(form, Example())
    assert not form.editors["depth"].isVisible()
    form.update_object(replace(owner.object, way="fine"))
    assert form.editors["depth"].isVisible()


def test_an_update_keeps_focus_and_what_is_being_typed(form: Form) -> None:
    owner = Owner(form, Example())
    line = lines(form, "count")[0]
    line.setFocus()
    line.selectAll()
    QTest.keyClicks(line, "7")
    form.update_object(replace(owner.object, rate=0.5))
    assert line.text() == "7"
    assert line.parent() is QApplication.focusWidget()
    assert form.editors["rate"].value == 0.5


def test_another_object_forgets_what_was_typed(form: Form) -> None:
    Owner(form, Example())
    enter(lines(form, "count")[0], "many")
    form.set_object(Example())
    assert lines(form, "count")[0].text() == "3"
    assert message(form, "count") == ""


def test_errors_of_the_owner_stand_at_their_setting(form: Form) -> None:
    form.set_object(Example())
    form.set_errors({"size": "Larger than the image."})
    assert form.rows["size"].error == "Larger than the image."
    assert "Larger than the image." in form.editors["size"].accessibleDescription()
    assert form.rows["count"].error == ""
    form.set_errors({})
    assert form.rows["size"].error == ""
    assert "Larger than the image." not in form.editors["size"].accessibleDescription()


def _wheel(widget: QWidget) -> QWheelEvent:
    event = QWheelEvent(
        QPointF(5, 5),
        QPointF(widget.mapToGlobal(QPoint(5, 5))),
        QPoint(),
        QPoint(0, 120),
        Qt.MouseButton.NoButton,
        Qt.KeyboardModifier.NoModifier,
        Qt.ScrollPhase.NoScrollPhase,
        False,
    )
    QApplication.sendEvent(widget, event)
    return event


def test_the_wheel_changes_only_the_field_with_the_focus(form: Form) -> None:
    owner = Owner(form, Example())
    boxes: list[QWidget] = [*form.findChildren(QAbstractSpinBox), *form.findChildren(QComboBox)]
    lines(form, "note")[0].setFocus()
    assert not any(_wheel(box).isAccepted() for box in boxes if box.isVisible())
    assert not owner.changes
    box = form.editors["count"].findChildren(QAbstractSpinBox)[0]
    box.setFocus()
    _wheel(box)
    assert owner.changes == [("count", 4)]


def test_every_field_has_a_name_and_help_for_screen_readers(form: Form) -> None:
    form.set_object(Example())
    for name, editor in form.editors.items():
        widgets = [w for w in editor.findChildren(QWidget) if w.window() is form]
        fields = [w for w in widgets if w.focusPolicy() & Qt.FocusPolicy.TabFocus and not w.focusProxy()]
        assert fields and all(field.accessibleName() for field in fields), name
        assert editor.param.help in editor.toolTip()
        assert editor.param.limits() in editor.toolTip()


@pytest.mark.parametrize("declared", [*LAYERS, *OPTIMIZERS], ids=setting_id)
def test_every_declared_class_has_a_form(form: Form, declared: type[Any]) -> None:
    form.set_object(declared())
    assert list(form.editors) == [p.name for p in params_of(declared)]
    form.set_object(None)
    assert not form.editors
