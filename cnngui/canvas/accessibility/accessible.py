"""The canvas for screen readers: every block, group, frame and comment is a child of it.

Qt asks for these objects only where a screen reader listens. It keeps what it was given, so each part is
registered, held here, and given back to Qt to be deleted (decision 31).
"""

from __future__ import annotations

from functools import cache
from typing import Protocol

from PySide6.QtCore import QObject, QPoint, QRect
from PySide6.QtGui import QAccessible, QAccessibleInterface, QWindow
from PySide6.QtWidgets import QAccessibleWidget
from shiboken6 import isValid

from cnngui.canvas.accessibility.sentences import Sentences
from cnngui.canvas.drawing.picking import part_at
from cnngui.canvas.stage import Stage
from cnngui.theme.accessibility import notify
from core.design.graph import Block, Graph, Group
from core.design.outline import OutlineRow

Event = QAccessible.Event
Role = QAccessible.Role
Text = QAccessible.Text


class AccessibleStage(Stage, Protocol):
    """A stage that keeps what screen readers find on it, once one has asked."""

    accessible: AccessibleCanvas | None


@cache
def install(kind: type[AccessibleStage]) -> None:
    """From now on, Qt finds the children of each canvas of this class."""

    def make(_: str, thing: QObject) -> QAccessibleInterface | None:
        if not isinstance(thing, kind):
            return None
        thing.accessible = AccessibleCanvas(thing)
        return thing.accessible

    if hasattr(QAccessible, "installFactory"):  # not in all versions of PySide6
        QAccessible.installFactory(make)


def follow(stage: AccessibleStage) -> bool:
    """Tells a listening screen reader what has changed; gives whether it was told of the current part."""
    if QAccessible.isActive():
        QAccessible.queryAccessibleInterface(stage.widget)
    return stage.accessible is not None and stage.accessible.follow()


class AccessibleCanvas(QAccessibleWidget):
    """A list of the parts that can be seen, in the order of the outline; then the widgets on the canvas."""

    def __init__(self, stage: Stage) -> None:
        super().__init__(stage.widget, Role.List)
        self._stage: Stage | None = stage
        self._words = Sentences(stage.document, stage.editor.notes.describe)
        self._graph: Graph | None = None
        self._rows: dict[str, OutlineRow] = {}
        self._order: tuple[str, ...] = ()
        self._parts: dict[str, AccessiblePart] = {}
        self._told: tuple[str, str] | None = None
        stage.widget.destroyed.connect(self._forget)

    @property
    def stage(self) -> Stage | None:
        """None once it is gone."""
        return self._stage if self._stage is not None and isValid(self._stage) else None

    @property
    def words(self) -> Sentences:
        return self._words

    @property
    def rows(self) -> dict[str, OutlineRow]:
        """The parts by id, of the design as it is now."""
        stage = self.stage
        if stage is None:
            return {}
        if self._graph is not stage.document.graph:
            self._graph = stage.document.graph
            self._rows = {row.part: row for row in self._words.rows()}
            self._order = tuple(self._rows)
        return self._rows

    def part(self, part_id: str) -> AccessiblePart:
        """The one object for a part."""
        if part_id not in self._parts:
            made = self._parts[part_id] = AccessiblePart(self, part_id)
            QAccessible.registerAccessibleInterface(made)
        return self._parts[part_id]

    @property
    def current(self) -> str | None:
        """The part that the keys mean, as long as they go to the canvas."""
        stage = self.stage
        if stage is None or not stage.widget.hasFocus():
            return None
        graph, selection = stage.document.graph, stage.selection
        chosen = selection.group or stage.editor.notes.chosen or selection.current
        shown = graph.hidden.get(chosen or "", chosen)
        return shown if shown in self.rows else None

    def follow(self) -> bool:
        """Tells what has come and gone, and where the keys go; True where it told of the current part."""
        before = self._order
        rows = self.rows
        if QAccessible.isActive() and self._order is not before:
            for part_id in rows.keys() - set(before):
                notify(self.part(part_id), Event.ObjectCreated)
        for part_id in self._parts.keys() - rows.keys():
            notify(self._parts[part_id], Event.ObjectDestroyed)
            self._delete(part_id)
        current = self.current
        now = None if current is None else (current, self._words.sentence(rows[current]))
        before_now, self._told = self._told, now
        if now is None or now == before_now or not QAccessible.isActive():
            return False
        same = before_now is not None and before_now[0] == now[0]
        notify(self.part(now[0]), Event.NameChanged if same else Event.Focus)
        return True

    def childCount(self) -> int:
        return len(self.rows) + super().childCount()

    def child(self, index: int) -> QAccessibleInterface | None:  # type: ignore[override]  # Qt takes null
        count = len(self.rows)
        return self.part(self._order[index]) if 0 <= index < count else super().child(index - count)

    def indexOfChild(self, child: QAccessibleInterface) -> int:
        if isinstance(child, AccessiblePart):
            return self._order.index(child.id) if child.id in self.rows else -1
        found = super().indexOfChild(child)
        return found if found < 0 else found + len(self.rows)

    def childAt(self, x: int, y: int) -> QAccessibleInterface | None:  # type: ignore[override]
        stage = self.stage
        if stage is None:
            return None
        place = stage.viewport().mapFromGlobal(QPoint(x, y))
        if stage.viewport().rect().contains(place) and stage.viewport().childAt(place) is None:
            found = part_at(stage.drawing, stage.mapToScene(place))
            return self.part(found) if found in self.rows else None
        return super().childAt(x, y)

    def focusChild(self) -> QAccessibleInterface | None:  # type: ignore[override]
        current = self.current
        return super().focusChild() if current is None else self.part(current)

    def _forget(self) -> None:
        self._stage = None
        for part_id in tuple(self._parts):
            self._delete(part_id)

    def _delete(self, part_id: str) -> None:
        part = self._parts.pop(part_id)
        if isValid(part):
            QAccessible.deleteAccessibleInterface(QAccessible.uniqueId(part))


class AccessiblePart(QAccessibleInterface):
    """A block, a group, a frame or a comment, as long as the design has it and it can be seen."""

    def __init__(self, around: AccessibleCanvas, part_id: str) -> None:
        super().__init__()
        self._around = around
        self.id = part_id

    def isValid(self) -> bool:
        return isValid(self._around) and self.id in self._around.rows

    def object(self) -> QObject | None:  # type: ignore[override]
        return None

    def window(self) -> QWindow | None:  # type: ignore[override]
        return self._around.window() if self.isValid() else None

    def parent(self) -> QAccessibleInterface | None:  # type: ignore[override]
        return self._around if isValid(self._around) else None

    def childCount(self) -> int:
        return 0

    def child(self, index: int) -> None:  # type: ignore[override]
        return None

    def childAt(self, x: int, y: int) -> None:  # type: ignore[override]
        return None

    def indexOfChild(self, child: QAccessibleInterface) -> int:
        return -1

    def role(self) -> QAccessible.Role:
        part = self._around.words.part(self.id) if self.isValid() else None
        return Role.ListItem if isinstance(part, Block | Group) else Role.Note

    def text(self, t: QAccessible.Text) -> str:
        part = self._around.words.part(self.id) if self.isValid() else None
        if part is None:
            return ""
        if t == Text.Name:
            return self._around.words.sentence(self._around.rows[self.id])
        return self._around.words.feeds(part) if t == Text.Description else ""

    def setText(self, t: QAccessible.Text, text: str) -> None:
        pass

    def rect(self) -> QRect:
        stage = self._around.stage
        if stage is None or not self.isValid() or self.id not in stage.drawing.graph.ids:
            return QRect()
        area = stage.pixels_of(stage.drawing.body(self.id))
        return QRect(stage.viewport().mapToGlobal(area.topLeft()), area.size())

    def state(self) -> QAccessible.State:
        found = QAccessible.State()
        stage = self._around.stage
        if stage is None or not self.isValid():
            found.invalid = True
            return found
        graph, selection = stage.document.graph, stage.selection
        found.focusable = found.selectable = found.extSelectable = found.movable = True
        found.focused = self._around.current == self.id
        if self.id in graph.group_by_id:
            found.selected = set(graph.inside(self.id)) <= set(selection.ids)
            found.expandable = True
            found.collapsed = graph.group(self.id).folded
            found.expanded = not found.collapsed
        else:
            found.selected = self.id in selection.parts
        seen = QRect(stage.viewport().mapToGlobal(QPoint()), stage.viewport().size())
        found.offscreen = not seen.intersects(self.rect())
        return found
