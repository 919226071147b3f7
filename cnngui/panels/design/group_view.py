"""The settings of the selected group, what it holds and costs, and what is wrong inside."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from PySide6.QtCore import Signal
from PySide6.QtWidgets import QVBoxLayout, QWidget

from cnngui.forms.form import Form
from cnngui.models.document import Document
from cnngui.panels.design.block_header import BlockHeader
from cnngui.panels.design.problem_place import ProblemPlace
from cnngui.panels.design.problem_view import ProblemList
from cnngui.theme.formatting import short_count_text
from cnngui.theme.theme import MARGIN, ThemeManager
from cnngui.widgets.facts import Facts
from cnngui.widgets.small import Separator
from core.design.edits import rename
from core.design.folding import box
from core.design.graph import Group
from core.design.groups import GroupSettings, set_repeat
from core.design.infer import cost
from core.errors import CoreError
from core.schema.written import count_text, counted_text, shape_text

if TYPE_CHECKING:
    pass


class GroupView(QWidget):
    """The page of the property panel for one group."""

    fix_chosen = Signal(object)
    """The user wants this Fix."""
    previewed = Signal(object)
    """The user looks at this Fix, or no longer at one (None)."""

    def __init__(self, document: Document, themes: ThemeManager) -> None:
        super().__init__()
        self._document = document
        self._group: Group | None = None
        self.header = BlockHeader(themes, "group")
        self._problems = ProblemList(themes, clickable=False)
        self._place = ProblemPlace(self._problems)
        self.form = Form(themes)
        self.facts = Facts()
        column = QVBoxLayout(self)
        column.setContentsMargins(MARGIN, MARGIN, MARGIN, MARGIN)
        column.setSpacing(MARGIN)
        for widget in (self.header, self.form, self._place, Separator(), self.facts):
            column.addWidget(widget)
        column.addStretch(1)
        self.header.renamed.connect(self._rename)
        self.form.changed.connect(self._set)
        self._problems.fix_chosen.connect(self.fix_chosen)
        self._problems.previewed.connect(self.previewed)

    def show_group(self, group_id: str) -> None:
        """Shows a group of the document as it is now."""
        graph = self._document.graph
        same = self._group is not None and self._group.id == group_id
        self._group = group = graph.group(group_id)
        blocks = graph.inside(group_id)
        self.header.show_group(group, counted_text(len(blocks), "block"), keep_typing=same)
        show = self.form.update_object if same else self.form.set_object
        show(GroupSettings(group.repeat))
        inside = [p for p in self._document.inference.problems if p.block in blocks]
        self._place.show_problems([self._document.with_fixes(p) for p in inside[:1]], same=same)
        self._show_facts(group)

    def _show_facts(self, group: Group) -> None:
        graph, shapes = self._document.graph, self._document.inference.shapes
        ports = box(graph, group)
        wires = [wire for block in ports.blocks for wire in graph.incoming(block)]
        sources = dict.fromkeys(wire.source for wire in wires if wire.source not in ports.blocks)
        outside = [shapes[source] for source in sources if source in shapes]
        leaving = [shapes[block] for block in ports.outputs if block in shapes]
        costs = [cost(graph, block, shapes) for block in ports.blocks]
        known = [found for found in costs if found is not None]
        complete = len(known) == len(costs)
        parameters = sum(found.parameters for found in known)
        multiply_adds = sum(found.multiply_adds for found in known)
        self.facts.set_rows(
            {
                "Input": "\n".join(map(shape_text, outside)) or "–",
                "Output": "\n".join(map(shape_text, leaving)) or "–",
                "Parameters": count_text(parameters) if complete else "–",
                "Multiply-adds": short_count_text(multiply_adds) if complete else "–",
            }
        )

    def _rename(self, name: str) -> None:
        group = self._group
        if group is None:
            return
        try:
            self._document.edit(f"Rename {group.name}", lambda graph: rename(graph, group.id, name))
        except CoreError as error:
            self.header.refuse(str(error.problem))

    def _set(self, name: str, value: Any) -> None:
        group = self._group
        if group is None:
            return
        text, key = f"Repeat {group.name}", f"{name}:{group.id}"
        self._document.edit(text, lambda graph: set_repeat(graph, group.id, value), merge_key=key)
