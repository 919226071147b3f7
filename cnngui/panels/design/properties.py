"""The settings of the selected block, its shapes and costs, what is wrong with it, and what it does."""

from __future__ import annotations

import inspect
from collections.abc import Sequence
from functools import reduce
from typing import Any, Final

from PySide6.QtCore import QEvent, QObject, Qt, Signal
from PySide6.QtGui import QFocusEvent, QPainter, QPaintEvent, QResizeEvent, QShowEvent
from PySide6.QtWidgets import QApplication, QStackedLayout, QVBoxLayout, QWidget

from cnngui.commands.bench import Bench
from cnngui.forms.form import Form
from cnngui.models.document import Document
from cnngui.models.selection import Selection
from cnngui.panels.design.block_header import BlockHeader
from cnngui.panels.design.group_view import GroupView
from cnngui.panels.design.problem_place import ProblemPlace
from cnngui.panels.design.problem_view import ProblemList
from cnngui.panels.panel import PanelPlace, panel
from cnngui.theme.formatting import short_count_text
from cnngui.theme.theme import MARGIN, ThemeManager
from cnngui.widgets.facts import Facts
from cnngui.widgets.mark import paint_mark
from cnngui.widgets.small import MUTED, EmptyState, Scroll, Separator, TextLabel
from core.design.edits import rename, set_param
from core.design.graph import Block, Graph
from core.design.infer import cost, input_shapes
from core.errors import CoreError, Problem
from core.schema.param import param_of, params_of
from core.schema.written import count_text, counted_text, shape_text

_SELECT: Final = "Select a block to see its settings."
_HOW_TO_SELECT: Final = "Click one, or drag a frame around several."


class PropertiesPanel(QWidget):
    """Follows the selection. Several blocks of one kind share one form, and a new value."""

    fix_chosen = Signal(object)
    """The user wants this Fix."""
    fix_previewed = Signal(object)
    """The user looks at this Fix, or no longer at one (None)."""

    def __init__(
        self, document: Document, selection: Selection, themes: ThemeManager, parent: QWidget | None = None
    ) -> None:
        super().__init__(parent)
        self._document = document
        self._selection = selection
        self._blocks: tuple[Block, ...] = ()
        self._shown_group: str | None = None

        empty = EmptyState(
            themes,
            "blocks",
            _SELECT,
            _HOW_TO_SELECT,
        )
        self._header = BlockHeader(themes)
        self._problems = ProblemList(themes, clickable=False)
        self._place = ProblemPlace(self._problems)
        self.form = Form(themes)
        self._facts = Facts()
        self._help = TextLabel(role=MUTED)
        self._lines = (Separator(), Separator())
        content = self._content = MarkedContent(self.form, themes)
        column = QVBoxLayout(content)
        column.setContentsMargins(MARGIN, MARGIN, MARGIN, MARGIN)
        column.setSpacing(MARGIN)
        for widget in (self._header, self.form, self._place, self._lines[0], self._facts):
            column.addWidget(widget)
        column.addWidget(self._lines[1])
        column.addWidget(self._help)
        column.addStretch(1)
        self._stack = QStackedLayout(self)
        self._stack.addWidget(empty)
        self._scroll = Scroll(content)
        self._stack.addWidget(self._scroll)
        self.group = GroupView(document, themes)
        self.group.previewed.connect(self.fix_previewed)
        self._stack.addWidget(Scroll(self.group))
        self._whole = WholeDesign(document)
        self._stack.addWidget(Scroll(self._whole))

        self._header.renamed.connect(self._rename)
        self._problems.fix_chosen.connect(self.fix_chosen)
        self.group.fix_chosen.connect(self.fix_chosen)
        self._problems.previewed.connect(self.fix_previewed)
        self.form.changed.connect(self._set)
        document.changed.connect(self._update)
        selection.changed.connect(self._update)
        self._update()

    def focus_name(self) -> None:
        """Puts the cursor into the name, all of it selected."""
        (self._header if self._selection.group is None else self.group.header).focus_name()

    def focus_settings(self) -> None:
        """Puts the cursor into the first setting; into the name, where there is none."""
        form = self.form if self._selection.group is None else self.group.form
        first = next(iter(form.editors.values()), None)
        if first is None:
            self.focus_name()
        else:
            first.setFocus(Qt.FocusReason.OtherFocusReason)

    def point_out(self, name: str) -> None:
        """Marks the setting of this name and brings it into sight; an empty name takes the mark away."""
        self.form.point_out(name)
        self._content.update()
        self._show_marked()

    def _show_marked(self) -> None:
        place = self.form.pointed_out
        if place is not None:
            middle = place.translated(self.form.pos()).center()
            self._scroll.ensureVisible(middle.x(), middle.y(), 0, place.height())

    def resizeEvent(self, event: QResizeEvent) -> None:
        super().resizeEvent(event)
        self._show_marked()

    def _update(self) -> None:
        ids = [block.id for block in self._blocks]
        graph = self._document.graph
        group = self._selection.group if self._selection.group in graph.group_by_id else None
        chosen = [i for i in self._selection.ids if i in graph.by_id and group is None]
        if (chosen, group) != (ids, self._shown_group):
            self._finish_typing()
            graph = self._document.graph
        self._blocks, self._shown_group = tuple(graph[i] for i in chosen), group
        self._stack.setCurrentIndex(2 if group is not None else 1 if self._blocks else 0)
        if group is not None:
            self.group.show_group(group)
        if not self._blocks:
            self.form.set_object(None)
            if group is None and graph.blocks:
                self._stack.setCurrentIndex(3)
                self._whole.update_facts()
            return
        self._show_settings(same=ids == [block.id for block in self._blocks])
        self._show_facts()
        one_kind = len({type(block.layer) for block in self._blocks}) == 1
        self._help.setText(_paragraphs(type(self._blocks[-1].layer)) if one_kind else "")
        self._help.setVisible(one_kind)
        self._lines[1].setVisible(one_kind)

    def _finish_typing(self) -> None:
        """Takes what is being typed while it still belongs to the blocks that it was typed for."""
        focused = self.window().focusWidget()
        if focused is None or not self.isAncestorOf(focused):
            return
        if not focused.hasFocus():  # nor has its window, so that Qt would not tell it
            QApplication.sendEvent(focused, QFocusEvent(QEvent.Type.FocusOut))
        focused.clearFocus()

    def _show_settings(self, *, same: bool) -> None:
        """`same`: the blocks are those that were shown before, perhaps with other settings."""
        blocks, current = self._blocks, self._blocks[-1]
        one_kind = len({type(block.layer) for block in blocks}) == 1
        if len(blocks) == 1:
            self._header.show_block(current, keep_typing=same)
        else:
            self._header.show_several(blocks)
        show = self.form.update_object if same else self.form.set_object
        show(current.layer if one_kind else None)
        self.form.setVisible(bool(self.form.editors))
        if one_kind:
            self.form.set_mixed(_mixed(blocks))
        own = [p for p in self._document.inference.problems if p.block == current.id]
        self._show_problems(own if len(blocks) == 1 else [], same=same)

    def _show_problems(self, problems: list[Problem], *, same: bool) -> None:
        """All of them below the form, where they move no field; the settings to blame are marked."""
        self._place.show_problems([self._document.with_fixes(p) for p in problems], same=same)
        self.form.set_errors({str(p.parameter): str(p) for p in reversed(problems)})

    def _show_facts(self) -> None:
        graph, shapes = self._document.graph, self._document.inference.shapes
        rows: dict[str, str] = {}
        if len(self._blocks) == 1:
            block = self._blocks[0]
            entering = input_shapes(graph, block.id, shapes) or []
            if block.layer.inputs != 0:
                rows["Input"] = "\n".join(map(shape_text, entering)) or "–"
            rows["Output"] = shape_text(shapes[block.id]) if block.id in shapes else "–"
        costs = [cost(graph, block.id, shapes) for block in self._blocks]
        known = [found for found in costs if found is not None]
        complete = len(known) == len(costs)
        parameters = sum(found.parameters for found in known)
        multiply_adds = sum(found.multiply_adds for found in known)
        rows["Parameters"] = count_text(parameters) if complete else "–"
        rows["Multiply-adds"] = short_count_text(multiply_adds) if complete else "–"
        self._facts.set_rows(rows)

    def _rename(self, name: str) -> None:
        block = self._blocks[-1]
        try:
            self._document.edit(f"Rename {block.name}", lambda graph: rename(graph, block.id, name))
        except CoreError as error:
            self._header.refuse(str(error.problem))

    def _set(self, name: str, value: Any) -> None:
        blocks = self._blocks
        label = param_of(type(blocks[-1].layer), name).label
        what = blocks[-1].name if len(blocks) == 1 else counted_text(len(blocks), "block")
        ids = ",".join(block.id for block in blocks)

        def change(graph: Graph) -> Graph:
            return reduce(lambda g, block: set_param(g, block.id, name, value), blocks, graph)

        try:
            self._document.edit(f"Change {label} of {what}", change, merge_key=f"{name}:{ids}")
        except CoreError as error:
            self.form.set_object(blocks[-1].layer)
            self.form.rows[name].set_refusal(str(error.problem))


class MarkedContent(QWidget):
    """Marks the setting that somebody is asked for, around it, where there is room beside the form."""

    def __init__(self, form: Form, themes: ThemeManager) -> None:
        super().__init__()
        self._form = form
        self._themes = themes
        form.installEventFilter(self)

    def eventFilter(self, watched: QObject, event: QEvent) -> bool:
        """Where the form moves or a row of it grows, the mark goes with it as a whole."""
        if event.type() in (QEvent.Type.Move, QEvent.Type.Resize, QEvent.Type.LayoutRequest):
            self.update()
        return super().eventFilter(watched, event)

    def paintEvent(self, event: QPaintEvent) -> None:
        place = self._form.pointed_out
        if place is not None:
            place.translate(self._form.pos())
            paint_mark(QPainter(self), place.adjusted(-6, -6, 6, 6), self._themes.current)


class WholeDesign(QWidget):
    """What there is to say of the design while none of its blocks is selected."""

    def __init__(self, document: Document) -> None:
        super().__init__()
        self._document = document
        self._facts = Facts()
        column = QVBoxLayout(self)
        column.setContentsMargins(MARGIN, MARGIN, MARGIN, MARGIN)
        column.setSpacing(MARGIN)
        column.addWidget(TextLabel("The whole design", bold=True))
        column.addWidget(self._facts)
        column.addWidget(Separator())
        column.addWidget(TextLabel(_SELECT, role=MUTED))
        column.addWidget(TextLabel(_HOW_TO_SELECT, role=MUTED))
        column.addStretch(1)

    def update_facts(self) -> None:
        """Only while it is seen: a sum over all blocks."""
        if not self.isVisible():
            return
        graph, shapes = self._document.graph, self._document.inference.shapes
        entering = [shapes[b.id] for b in graph.blocks if b.layer.inputs == 0 and b.id in shapes]
        known = [cost(graph, block.id, shapes) for block in graph.blocks]
        costs = [found for found in known if found is not None]
        complete = len(costs) == len(known)
        parameters = count_text(sum(found.parameters for found in costs))
        multiply_adds = short_count_text(sum(found.multiply_adds for found in costs))
        self._facts.set_rows(
            {
                "Blocks": count_text(len(graph.blocks)),
                "Input": "\n".join(map(shape_text, entering)) or "–",
                "Parameters": parameters if complete else "–",
                "Multiply-adds": multiply_adds if complete else "–",
            }
        )

    def showEvent(self, event: QShowEvent) -> None:
        super().showEvent(event)
        self.update_facts()


def _mixed(blocks: Sequence[Block]) -> set[str]:
    """The settings in which blocks of one kind differ."""
    names = (param.name for param in params_of(type(blocks[0].layer)))
    return {name for name in names if len({getattr(block.layer, name) for block in blocks}) > 1}


def _paragraphs(declared: type[object]) -> str:
    """The help text of a class, with the line breaks of the source taken out within a paragraph."""
    text = inspect.getdoc(declared) or ""
    return "\n\n".join(" ".join(part.split()) for part in text.split("\n\n"))


def _begin(bench: Bench) -> None:
    """Comes into sight for whoever wants to change a block, with the cursor in the right field."""

    def shown() -> PropertiesPanel:
        if not bench.views.is_in_sight("properties"):  # what is there by itself needn't stay for good
            bench.views.show("properties")
        content = bench.views.content("properties")
        assert isinstance(content, PropertiesPanel)
        return content

    bench.canvas.activated.connect(lambda _: shown())
    bench.selection.settings_wanted.connect(lambda: shown().focus_settings())


_PLACE: Final = PanelPlace("right", 272)


@panel(
    "properties",
    "Properties",
    icon="properties",
    place=_PLACE,
    open={"design": _PLACE},
    order=30,
    begin=_begin,
    needs=lambda bench: bench.document.graph.blocks,
)
def properties(bench: Bench) -> PropertiesPanel:
    made = PropertiesPanel(bench.document, bench.selection, bench.themes)
    made.fix_chosen.connect(bench.editor.mend)
    made.fix_previewed.connect(bench.canvas.following.preview)

    def follow() -> None:
        shown = made.form.object
        made.point_out(bench.lesson.setting_of(shown.kind) if shown is not None else "")

    for changed in (bench.lesson.changed, bench.selection.changed, bench.document.changed):
        changed.connect(follow)
    follow()
    return made
