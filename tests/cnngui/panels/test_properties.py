"""The property panel edits the selected block through the document, and tells what follows from it."""

from __future__ import annotations

import pytest
from PySide6.QtCore import QEvent, QObject, QPoint, QRect, Qt
from PySide6.QtGui import QKeySequence, QPaintEvent
from PySide6.QtTest import QTest
from PySide6.QtWidgets import (
    QAbstractSpinBox,
    QApplication,
    QLabel,
    QLineEdit,
    QPushButton,
    QStyle,
    QStyleOptionSpinBox,
    QWidget,
)
from pytestqt.qtbot import QtBot

from cnngui.models.document import Document
from cnngui.models.selection import Selection
from cnngui.panels.design.properties import MarkedContent, PropertiesPanel
from cnngui.theme.theme import ThemeManager
from cnngui.widgets.small import Scroll, TextLabel
from core.design.edits import add, append, new_block, remove, set_param
from core.design.graph import Graph
from core.design.spec import DataSpec
from core.layers import LAYERS, Layer
from core.layers.convolution import Conv2D
from core.layers.dense import Dense
from core.layers.input import Input
from core.layers.output import Classification
from core.layers.reshape import Flatten
from core.layers.unknown import Unknown
from core.schema.making import changed
from core.schema.param import Param
from tests.cnngui.declared import SETTINGS, forbidden_texts, setting_id


def chain(*layers: Layer) -> Graph:
    """Blocks wired one after the other."""
    graph, last = Graph(), None
    for layer in layers:
        block = new_block(graph, layer)
        graph, last = append(graph, block, last), block.id
    return graph


@pytest.fixture
def document() -> Document:
    made = Document()
    made.open(
        chain(
            Input(),
            Conv2D(filters=6, kernel=(5, 5), padding=(2, 2, 2, 2)),
            Conv2D(filters=16),
            Flatten(),
            Dense(units=10),
            Classification(),
        )
    )
    return made


@pytest.fixture
def selection() -> Selection:
    return Selection()


@pytest.fixture
def panel(qtbot: QtBot, themes: ThemeManager, document: Document, selection: Selection) -> PropertiesPanel:
    made = PropertiesPanel(document, selection, themes)
    made.fix_chosen.connect(lambda fix: document.change(fix.title, fix.apply))
    qtbot.addWidget(made)
    made.resize(260, 700)
    with qtbot.waitExposed(made):
        made.show()
    made.activateWindow()
    return made


def shown(panel: PropertiesPanel) -> list[str]:
    """All texts that are in sight."""
    return [label.text() for label in panel.findChildren(QLabel) if label.isVisible()]


def lines(panel: PropertiesPanel, name: str) -> list[QLineEdit]:
    return panel.form.editors[name].findChildren(QLineEdit)


def name_field(panel: PropertiesPanel) -> QLineEdit:
    return next(w for w in panel.findChildren(QLineEdit) if w.accessibleName() == "Name of the block")


def enter(line: QLineEdit, text: str) -> None:
    line.setFocus()
    line.selectAll()
    QTest.keyClick(line, Qt.Key.Key_Delete)
    QTest.keyClicks(line, text)
    QTest.keyClick(line, Qt.Key.Key_Return)


def test_without_a_selection_it_says_what_to_do(panel: PropertiesPanel) -> None:
    assert any("Select a block" in text for text in shown(panel))
    assert not panel.form.editors


def test_it_shows_the_settings_and_what_follows(panel: PropertiesPanel, selection: Selection) -> None:
    selection.set(["conv2d_1"])
    assert name_field(panel).text() == "Conv 2D 1"
    assert {name: editor.value for name, editor in panel.form.editors.items()}["filters"] == 6
    for fact in ("1 × 28 × 28", "6 × 28 × 28", "156", "118 k"):
        assert fact in shown(panel)


def test_an_edit_changes_the_design_and_the_facts(
    panel: PropertiesPanel, document: Document, selection: Selection
) -> None:
    selection.set(["conv2d_1"])
    enter(lines(panel, "filters")[0], "8")
    assert document.graph == set_param(document.graph, "conv2d_1", "filters", 8)
    assert "8 × 28 × 28" in shown(panel)
    assert lines(panel, "filters")[0].parent() is QApplication.focusWidget()


def test_spinning_is_one_step_of_undo(
    panel: PropertiesPanel, document: Document, selection: Selection
) -> None:
    before = document.graph
    selection.set(["conv2d_1"])
    box = panel.form.editors["filters"].findChildren(QAbstractSpinBox)[0]
    for _ in range(5):
        box.stepUp()
    assert document.graph["conv2d_1"].layer == changed(before["conv2d_1"].layer, filters=11)
    enter(lines(panel, "groups")[0], "1")
    assert document.undo_stack.count() == 1
    document.undo_stack.undo()
    assert document.graph == before
    assert box.text() == "6"


@pytest.mark.parametrize("field", ["filters", "name"])
def test_undo_from_within_a_field(
    panel: PropertiesPanel, document: Document, selection: Selection, field: str
) -> None:
    before = document.graph
    undo = document.undo_stack.createUndoAction(panel)
    undo.setShortcut(QKeySequence.StandardKey.Undo)
    panel.addAction(undo)
    selection.set(["conv2d_1"])
    line = name_field(panel) if field == "name" else lines(panel, field)[0]
    enter(line, "8")
    assert document.graph != before
    widget = QApplication.focusWidget()
    assert widget is not None
    QTest.keyClick(widget, Qt.Key.Key_Z, Qt.KeyboardModifier.ControlModifier)
    assert document.graph == before


def test_different_blocks_and_settings_are_different_steps(
    panel: PropertiesPanel, document: Document, selection: Selection
) -> None:
    for block in ("conv2d_1", "conv2d_2"):
        selection.set([block])
        enter(lines(panel, "filters")[0], "8")
        enter(lines(panel, "stride")[0], "2")
    assert document.undo_stack.count() == 4


@pytest.mark.parametrize(("layer", "setting"), SETTINGS, ids=setting_id)
def test_forbidden_values_never_reach_the_design(
    panel: PropertiesPanel, document: Document, selection: Selection, layer: type[Layer], setting: Param
) -> None:
    block = new_block(Graph(), layer())
    graph = add(Graph(), block)
    if setting.kind == "padding":
        graph = set_param(graph, block.id, setting.name, (0, 0, 0, 0))
    document.open(graph)
    selection.set([block.id])
    for line in lines(panel, setting.name):
        for text in forbidden_texts(setting):
            enter(line, text)
    assert document.graph == graph
    assert document.undo_stack.count() == 0


def test_renaming(panel: PropertiesPanel, document: Document, selection: Selection) -> None:
    selection.set(["dense_1"])
    panel.focus_name()
    assert QApplication.focusWidget() is name_field(panel)
    QTest.keyClicks(name_field(panel), "Scores")
    QTest.keyClick(name_field(panel), Qt.Key.Key_Return)
    assert document.graph["dense_1"].name == "Scores"
    assert document.undo_stack.undoText() == "Rename Dense 1"


@pytest.mark.parametrize(
    "then", [[], ["dense_1"], ["conv2d_1", "dense_1"]], ids=["nothing", "other", "several"]
)
def test_a_name_that_is_being_typed_belongs_to_its_block(
    panel: PropertiesPanel, document: Document, selection: Selection, then: list[str]
) -> None:
    selection.set(["conv2d_1"])
    panel.focus_name()
    QTest.keyClicks(name_field(panel), "Edges")
    selection.set(then)
    assert document.graph["conv2d_1"].name == "Edges"
    assert document.graph["dense_1"].name == "Dense 1"


@pytest.mark.parametrize("then", [[], ["conv2d_2"]], ids=["nothing", "another of its kind"])
def test_a_number_that_is_being_typed_belongs_to_its_block(
    panel: PropertiesPanel, document: Document, selection: Selection, then: list[str]
) -> None:
    selection.set(["conv2d_1"])
    line = lines(panel, "filters")[0]
    line.setFocus()
    line.selectAll()
    QTest.keyClicks(line, "8")
    selection.set(then)
    layers = [document.graph[known].layer for known in ("conv2d_1", "conv2d_2")]
    assert [layer.filters for layer in layers if isinstance(layer, Conv2D)] == [8, 16]


def test_a_name_belongs_to_its_block_in_a_window_behind_others_too(
    qtbot: QtBot, panel: PropertiesPanel, document: Document, selection: Selection
) -> None:
    selection.set(["conv2d_1"])
    panel.focus_name()
    QTest.keyClicks(name_field(panel), "Edges")
    other = QLabel()
    qtbot.addWidget(other)
    other.show()
    other.activateWindow()
    qtbot.waitUntil(lambda: QApplication.focusWidget() is not name_field(panel))
    name_field(panel).selectAll()
    QTest.keyClicks(name_field(panel), "Edges of things")
    selection.set([])
    assert document.graph["conv2d_1"].name == "Edges of things"
    panel.activateWindow()
    qtbot.waitUntil(panel.isActiveWindow)


def test_what_is_typed_for_a_deleted_block_goes_with_it(
    panel: PropertiesPanel, document: Document, selection: Selection
) -> None:
    selection.set(["conv2d_1"])
    panel.focus_name()
    QTest.keyClicks(name_field(panel), "Edges")
    document.edit("Delete", lambda graph: remove(graph, ["conv2d_1"]))
    selection.set([])
    assert [b.id for b in document.graph.blocks if b.name == "Edges"] == []


def test_an_empty_name_is_refused_and_can_be_taken_back(
    panel: PropertiesPanel, document: Document, selection: Selection
) -> None:
    selection.set(["dense_1"])
    before = document.graph
    enter(name_field(panel), "  ")
    assert document.graph == before
    assert any("needs a name" in text for text in shown(panel))
    QTest.keyClick(name_field(panel), Qt.Key.Key_Escape)
    assert name_field(panel).text() == "Dense 1"
    assert not any("needs a name" in text for text in shown(panel))


def test_a_problem_stands_at_its_setting(panel: PropertiesPanel, selection: Selection) -> None:
    selection.set(["conv2d_2"])
    enter(lines(panel, "groups")[0], "5")
    assert "5 groups don't divide" in panel.form.rows["groups"].error
    assert panel.form.rows["groups"].label.font().underline()
    assert any("5 groups don't divide" in text for text in shown(panel))
    assert any("Choose groups that divide" in text for text in shown(panel))
    enter(lines(panel, "groups")[0], "2")
    assert panel.form.rows["groups"].error == ""
    assert not panel.form.rows["groups"].label.font().underline()


@pytest.mark.parametrize("width", [260, 320, 400])
def test_a_message_has_room_for_all_its_lines(
    panel: PropertiesPanel, document: Document, selection: Selection, width: int
) -> None:
    panel.resize(width, 900)
    selection.set(["conv2d_2"])
    QApplication.processEvents()
    enter(lines(panel, "groups")[0], "5")
    QApplication.processEvents()
    assert all(scroll.horizontalScrollBar().maximum() == 0 for scroll in panel.findChildren(Scroll))
    messages = [label for label in panel.findChildren(TextLabel) if label.isVisible()]
    assert messages
    assert all(label.height() >= label.heightForWidth(label.width()) for label in messages)


def test_a_remedy_is_one_click_away(panel: PropertiesPanel, document: Document, selection: Selection) -> None:
    document.data = DataSpec((3, 32, 32), 10)
    selection.set(["input_1"])
    (button,) = (b for b in panel.findChildren(QPushButton) if b.isVisible())
    button.click()
    assert document.inference.shapes["input_1"] == (3, 32, 32)
    assert document.undo_stack.undoText() == button.text()
    assert lines(panel, "shape")[0].text() == "3 × 32 × 32"


def test_several_blocks_of_one_kind_share_a_value(
    panel: PropertiesPanel, document: Document, selection: Selection
) -> None:
    selection.set(["conv2d_1", "conv2d_2"])
    assert "2 blocks selected" in shown(panel)
    assert panel.form.rows["filters"].message == "Different values"
    assert panel.form.rows["stride"].message == ""
    enter(lines(panel, "filters")[0], "12")
    for block in ("conv2d_1", "conv2d_2"):
        assert document.inference.shapes[block][0] == 12
    assert document.undo_stack.count() == 1
    assert panel.form.rows["filters"].message == ""


def test_the_shown_value_can_be_given_to_all(
    panel: PropertiesPanel, document: Document, selection: Selection
) -> None:
    selection.set(["conv2d_1", "conv2d_2"])
    assert lines(panel, "filters")[0].text() == "16"
    lines(panel, "filters")[0].setFocus()
    lines(panel, "groups")[0].setFocus()
    assert document.inference.shapes["conv2d_1"][0] == 6
    enter(lines(panel, "filters")[0], "16")
    assert document.inference.shapes["conv2d_1"][0] == 16


def test_blocks_of_several_kinds_show_what_they_cost(panel: PropertiesPanel, selection: Selection) -> None:
    selection.set(["conv2d_1", "flatten_1"])
    assert "2 blocks selected" in shown(panel)
    assert "156" in shown(panel)
    assert not panel.form.editors


def test_a_deleted_block_leaves_the_panel(
    panel: PropertiesPanel, document: Document, selection: Selection
) -> None:
    selection.set(["dense_1"])
    document.edit("Delete", lambda graph: remove(graph, ["dense_1"]))
    assert any("Select a block" in text for text in shown(panel))
    document.undo_stack.undo()
    assert name_field(panel).text() == "Dense 1"


def test_a_block_of_an_unknown_kind_can_be_looked_at(
    panel: PropertiesPanel, document: Document, selection: Selection
) -> None:
    block = new_block(Graph(), Unknown("attention", {"heads": 8}))
    document.open(add(Graph(), block))
    selection.set([block.id])
    assert not panel.form.editors
    assert Unknown.title in " ".join(shown(panel))


@pytest.mark.parametrize("kind", [layer.kind for layer in LAYERS])
def test_every_layer_fits_a_narrow_panel(
    panel: PropertiesPanel, document: Document, selection: Selection, kind: str
) -> None:
    block = new_block(Graph(), LAYERS[kind]())
    document.open(add(Graph(), block))
    selection.set([block.id])
    QApplication.processEvents()
    for widget in panel.form.findChildren(QAbstractSpinBox):
        right = widget.mapTo(panel, widget.rect().topRight()).x()
        assert not widget.isVisible() or right < panel.width()
    summary = (LAYERS[kind].__doc__ or "").partition("\n")[0]
    assert any(text.startswith(summary) for text in shown(panel))


def up_arrow(panel: PropertiesPanel, name: str) -> QPoint:
    """Where the arrow of a number stands in the panel that makes it larger."""
    box = panel.form.editors[name].findChildren(QAbstractSpinBox)[0]
    option = QStyleOptionSpinBox()
    box.initStyleOption(option)
    part = QStyle.SubControl.SC_SpinBoxUp
    area = box.style().subControlRect(QStyle.ComplexControl.CC_SpinBox, option, part, box)
    return box.mapTo(panel, area.center())


def click(panel: PropertiesPanel, place: QPoint) -> None:
    """A click on whatever stands there now."""
    target = panel.childAt(place)
    assert target is not None
    QTest.mouseClick(target, Qt.MouseButton.LeftButton, pos=target.mapFrom(panel, place))
    QApplication.processEvents()


def fields(panel: PropertiesPanel) -> dict[str, QPoint]:
    """Where the fields of the form are."""
    return {name: editor.mapTo(panel, QPoint()) for name, editor in panel.form.editors.items()}


@pytest.mark.parametrize("height", [700, 330])
def test_fast_clicks_on_an_arrow_hit_nothing_else(
    panel: PropertiesPanel, document: Document, selection: Selection, height: int
) -> None:
    """The kernel outgrows the image after four clicks, with remedies; another four make it still larger."""
    panel.resize(260, height)
    document.edit("Change", lambda graph: set_param(graph, "conv2d_2", "kernel", (25, 25)))
    selection.set(["conv2d_2"])
    QApplication.processEvents()
    place, before = up_arrow(panel, "kernel"), fields(panel)
    for count in range(1, 7):
        click(panel, place)
        assert fields(panel) == before
        assert document.graph["conv2d_2"].layer.kernel[0] == 25 + count  # type: ignore[attr-defined]
    assert document.inference.problem("conv2d_2") is not None
    assert any(button.isVisibleTo(panel) for button in panel.findChildren(QPushButton))
    assert document.undo_stack.count() == 2


def test_a_form_that_is_scrolled_stays_where_it_is_when_a_problem_goes(
    panel: PropertiesPanel, document: Document, selection: Selection
) -> None:
    document.edit("Change", lambda graph: set_param(graph, "conv2d_2", "kernel", (31, 31)))
    panel.resize(260, 330)
    selection.set(["conv2d_2"])
    QApplication.processEvents()
    bar = next(scroll for scroll in panel.findChildren(Scroll) if scroll.isVisible()).verticalScrollBar()
    bar.setValue(bar.maximum())
    before = fields(panel)
    document.edit("Change", lambda graph: set_param(graph, "conv2d_2", "kernel", (3, 3)))
    QApplication.processEvents()
    assert fields(panel) == before
    assert "No problem is left." in shown(panel)
    selection.set(["conv2d_1"])
    assert "No problem is left." not in shown(panel)


class Painted(QObject):
    """Notes what is painted anew of a widget."""

    def __init__(self, widget: QWidget) -> None:
        super().__init__(widget)
        self.regions: list[QRect] = []
        widget.installEventFilter(self)

    def eventFilter(self, watched: QObject, event: QEvent) -> bool:
        if isinstance(event, QPaintEvent):
            self.regions.append(event.rect())
        return False


def test_the_mark_around_a_setting_goes_with_it_as_a_whole(
    panel: PropertiesPanel, selection: Selection
) -> None:
    selection.set(["dense_1"])
    panel.point_out("units")
    QApplication.processEvents()
    [content] = panel.findChildren(MarkedContent)
    painted = Painted(content)
    row = panel.form.rows["units"]
    row.set_note("So that the row is higher")
    for _ in range(5):
        QApplication.processEvents()
    place = panel.form.pointed_out
    assert place is not None
    ring = place.translated(panel.form.pos()).adjusted(-6, -6, 6, 6)
    assert any(region.contains(ring) for region in painted.regions)


def test_a_forbidden_number_moves_no_field_and_says_why(panel: PropertiesPanel, selection: Selection) -> None:
    selection.set(["dense_1"])
    QApplication.processEvents()

    def places() -> dict[str, QRect]:
        for _ in range(5):
            QApplication.processEvents()
        return {name: row.geometry() for name, row in panel.form.rows.items()}

    before = places()
    line = panel.form.editors["units"].findChild(QLineEdit)
    assert line is not None
    for text in ("0", "1000000000", "abc"):
        line.selectAll()
        QTest.keyClicks(line, text)
        QTest.keyClick(line, Qt.Key.Key_Return)
        assert places() == before
        said = [label for label in panel.findChildren(QLabel) if "Units: expected" in label.text()]
        assert [label.isVisible() for label in said] == [True]
    line.selectAll()
    QTest.keyClicks(line, "12")
    QTest.keyClick(line, Qt.Key.Key_Return)
    assert places() == before
    assert not [label for label in panel.findChildren(QLabel) if "Units: expected" in label.text()]
