"""The commands as Qt's actions: with their keys, and texts, icons and states that follow the models."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import dataclass
from typing import Final

from PySide6.QtCore import QEvent, QObject, Qt, SignalInstance
from PySide6.QtGui import QAction, QActionGroup, QIcon, QKeyEvent, QKeySequence
from PySide6.QtWidgets import QWidget
from shiboken6 import isValid

from cnngui.commands.bench import Bench
from cnngui.commands.command import Command, Look, literal, plain
from cnngui.commands.table import Table, declared
from cnngui.theme.icons import icon
from cnngui.theme.theme import Theme

_WHERE_SHOWN: Final = Qt.ShortcutContext.WidgetWithChildrenShortcut


class Actions(QObject):
    """One action for each command of the table, by id.

    Keys that are for the design count in the widgets that show it: those of `add_design`.
    """

    def __init__(self, bench: Bench, window: QWidget) -> None:
        super().__init__(window)
        self.bench = bench
        self.table: Table = declared()
        self._window = window
        self._sets: dict[str, QActionGroup] = {}
        self._made: dict[str, tuple[Command, QAction]] = {}
        self._states: dict[str, _State] = {}
        for command in self.table.commands.values():
            self._add(command)
        for changed in _signals(bench):
            changed.connect(self.refresh)
        window.installEventFilter(self)

    def __getitem__(self, command_id: str) -> QAction:
        return self._made[command_id][1]

    def make(
        self, command: Command, parent: QObject, run: Callable[[Bench], object] | None = None
    ) -> QAction:
        """Another action for the command, or for `run`: without keys, and as the command is now."""
        action = QAction(parent)
        action.setCheckable(command.checked is not None)
        action.triggered.connect(lambda *_: (run or command.run)(self.bench))  # without Qt's "checked"
        _show(command, self._state(command), action)
        return action

    def refresh(self) -> None:
        """Texts, icons and states as the models are now."""
        if not isValid(self.bench.document.undo_stack):
            return  # it empties itself, and says so, while it goes with the window
        for command, action in self._made.values():
            state = self._state(command)
            if state != self._states.get(command.id):
                self._states[command.id] = state
                _show(command, state, action)

    def eventFilter(self, watched: QObject, event: QEvent) -> bool:
        """A press arrives at the window where nothing that has the keyboard meant anything by it."""
        if watched is self._window and isinstance(event, QKeyEvent) and event.type() == QEvent.Type.KeyPress:
            pressed = QKeySequence(event.keyCombination())
            for command, action in self._made.values():
                if command.reach == "free" and pressed in command.sequences and not event.isAutoRepeat():
                    action.trigger()
                    return True
        return super().eventFilter(watched, event)

    def add_design(self, widget: QWidget) -> None:
        """Lets the keys for the design count in a widget that shows it."""
        widget.addActions([action for command, action in self._made.values() if command.reach != "window"])

    def _add(self, command: Command) -> None:
        action = self.make(command, self._window)
        self._made[command.id] = command, action
        action.setShortcuts(command.sequences)
        if command.one_of:
            together = self._sets.setdefault(command.one_of, QActionGroup(self._window))
            together.addAction(action)
        if command.reach == "window":
            self._window.addAction(action)
        else:
            action.setShortcutContext(_WHERE_SHOWN)
            action.setAutoRepeat(command.reach != "free")
        if command.checked is not None:  # Qt has turned its mark by itself
            action.triggered.connect(lambda *_: _show(command, self._state(command), action))
        if command.begin is not None:
            command.begin(self.bench)

    def _state(self, command: Command) -> _State:
        bench = self.bench
        is_on = command.checked is not None and command.checked(bench)
        return _State(command.now(bench), command.refusal(bench), is_on, bench.themes.current)


@dataclass(frozen=True)
class _State:
    """All that an action shows of its command at the moment."""

    look: Look
    reason: str | None
    is_on: bool
    theme: Theme


def _show(command: Command, state: _State, action: QAction) -> None:
    look = state.look
    action.setText(f"{look.text} {literal(look.detail)}".rstrip())
    action.setIconText(plain(look.text))
    action.setIcon(picture_of(command, look, state.theme))
    action.setEnabled(state.reason is None)
    action.setChecked(state.is_on)
    action.setToolTip(_tooltip(command, look, state.reason))
    action.setStatusTip(state.reason or command.hint)


def picture_of(command: Command, look: Look, theme: Theme) -> QIcon:
    """The icon of a command in the colours of a theme."""
    if callable(command.icon):
        return command.icon(theme)
    name = look.icon or command.icon
    return icon(name, theme.text) if name else QIcon()


def _tooltip(command: Command, look: Look, reason: str | None) -> str:
    """What the text doesn't say, and the key: `Shows the whole design (F)`."""
    said = reason or (f"{plain(look.text)} {look.detail}" if look.detail else command.hint)
    keys = command.keys_text
    return f"{said} ({keys})" if said and keys else said or keys


def _signals(bench: Bench) -> Iterator[SignalInstance]:
    """Whatever may change what a command is called and whether it can be used.

    The history speaks for itself: the document changes within a step of it, when it still stands before.
    """
    document, data, run, stack = bench.document, bench.data, bench.run, bench.document.undo_stack
    yield from (stack.indexChanged, stack.canUndoChanged, stack.canRedoChanged)
    yield from (stack.undoTextChanged, stack.redoTextChanged)
    yield from (document.changed, document.saved_state_changed)
    yield from (bench.selection.changed, bench.editor.wires_selected)
    yield from (run.state_changed, document.plan_changed, data.changed, run.ended)
    yield from (bench.themes.changed, bench.views.changed, bench.comparing.changed)
    yield bench.files.recovery.changed
