"""Moving what is selected into a group without a mouse: the group is typed, or chosen from a list."""

from __future__ import annotations

from collections.abc import Sequence

from PySide6.QtGui import QHideEvent

from cnngui.canvas.drawing.blocks.group_face import GROUP_CATEGORY, GROUP_ICON, group_title
from cnngui.canvas.popups.choice_popup import ChoicePopup
from cnngui.canvas.popups.choices import Choice
from cnngui.canvas.stage import Stage
from cnngui.theme.theme import ThemeManager
from core.design import groups
from core.errors import DesignError
from core.schema.written import counted_text


class MoveInto(ChoicePopup):
    """Lists the groups that can take what is selected, and why the others can't."""

    def __init__(self, stage: Stage, themes: ThemeManager) -> None:
        super().__init__(
            stage, themes, "Move into group", "No other group of that name.", "Enter moves, Esc leaves it"
        )

    def open_for_selection(self) -> None:
        """For what is selected."""
        stage = self.stage
        if not stage.selection.ids:
            stage.editor.refuse("Select what is to be moved into a group.")
        elif not self.choices(""):
            stage.editor.refuse("There is no other group. Select several blocks and press Ctrl+G.")
        else:
            self.prepare()
            stage.bring_into_sight(stage.selection.ids[-1:])
            body = stage.drawing.body(stage.selection.group or stage.selection.ids[-1])
            self.open_beside(stage.pixels_of(body))

    def choices(self, text: str) -> Sequence[Choice]:
        graph, words = self.stage.document.graph, text.lower().split()
        members = self.stage.editor.members.chosen
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
            detail = reason or counted_text(len(graph.inside(group.id)), "block")
            title, note = group_title(group.name, group.repeat), "folded" if group.folded else ""
            found.append(Choice(GROUP_ICON, GROUP_CATEGORY, title, note, detail, group.id, not reason))
        return sorted(found, key=lambda choice: not choice.possible)

    def choose(self, choice: Choice, *, goes_on: bool) -> None:
        if not choice.possible:
            self.stage.editor.refuse(choice.detail, self.geometry().topLeft())
        elif self.stage.editor.members.move_into(choice.value):
            self.dismiss()

    def show_choice(self, choice: Choice | None) -> None:
        """Marks the group, where it is drawn open."""
        if self.isHidden():
            return
        drawing = self.stage.drawing
        drawing.mark_taker(None if choice is None else choice.value)
        if choice is not None:
            self.stage.bring_into_sight([choice.value])
            self.keep_clear_of(self.stage.pixels_of(drawing.body(choice.value)))

    def is_lost(self) -> bool:
        return not self.stage.selection.ids

    def hideEvent(self, event: QHideEvent) -> None:
        self.stage.drawing.mark_taker(None)
