"""Moving what is selected into a group without a mouse: the group is typed, or chosen from a list."""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING

from PySide6.QtGui import QHideEvent

from cnngui.canvas.drawing.blocks.group_face import GROUP_CATEGORY, GROUP_ICON, group_title
from cnngui.canvas.drawing.words import counted
from cnngui.canvas.popups.choice_popup import ChoicePopup
from cnngui.canvas.popups.choices import Choice
from cnngui.theme.theme import ThemeManager
from core.design import groups
from core.errors import DesignError

if TYPE_CHECKING:
    from cnngui.canvas.view.view import Canvas


class MoveInto(ChoicePopup):
    """Lists the groups that can take what is selected, and why the others can't."""

    def __init__(self, canvas: Canvas, themes: ThemeManager) -> None:
        super().__init__(
            canvas, themes, "Move into group", "No other group of that name.", "Enter moves, Esc leaves it"
        )

    def open_for_selection(self) -> None:
        """For what is selected."""
        canvas = self.canvas
        if not canvas.selection.ids:
            canvas.refuse("Select what is to be moved into a group.")
        elif not self.choices(""):
            canvas.refuse("There is no other group. Select several blocks and press Ctrl+G.")
        else:
            self.prepare()
            canvas.bring_into_sight(canvas.selection.ids[-1:])
            body = canvas.drawing.body(canvas.selection.group or canvas.selection.ids[-1])
            self.open_beside(canvas.mapFromScene(body).boundingRect())

    def choices(self, text: str) -> Sequence[Choice]:
        graph, words = self.canvas.document.graph, text.lower().split()
        members = self.canvas.chosen_members
        found = []
        for group in graph.groups:
            if group.id in members or all(graph.parent.get(member) == group.id for member in members):
                continue
            if not all(word in group.name.lower() for word in words):
                continue
            try:
                groups.regroup(graph, members, group.id)
                reason = ""
            except DesignError as error:
                reason = str(error)
            detail = reason or counted(len(graph.inside(group.id)), "block")
            title, note = group_title(group.name, group.repeat), "folded" if group.folded else ""
            found.append(Choice(GROUP_ICON, GROUP_CATEGORY, title, note, detail, group.id, not reason))
        return sorted(found, key=lambda choice: not choice.possible)

    def choose(self, choice: Choice, *, goes_on: bool) -> None:
        if not choice.possible:
            self.canvas.refuse(choice.detail, self.geometry().topLeft())
        elif self.canvas.move_into(choice.value):
            self.dismiss()

    def show_choice(self, choice: Choice | None) -> None:
        """Marks the group, where it is drawn open."""
        if self.isHidden():
            return
        drawing = self.canvas.drawing
        drawing.mark_taker(None if choice is None else choice.value)
        if choice is not None:
            self.canvas.bring_into_sight([choice.value])
            self.keep_clear_of(self.canvas.mapFromScene(drawing.body(choice.value)).boundingRect())

    def is_lost(self) -> bool:
        return not self.canvas.selection.ids

    def hideEvent(self, event: QHideEvent) -> None:
        self.canvas.drawing.mark_taker(None)
