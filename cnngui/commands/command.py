"""A command: what it is called, when it can be used, what it does, and where it stands."""

from __future__ import annotations

import re
from collections.abc import Callable
from dataclasses import dataclass, replace
from enum import Enum
from functools import cached_property
from typing import Literal, TypeAlias

from PySide6.QtCore import QPointF
from PySide6.QtGui import QIcon, QKeySequence

from cnngui.commands.bench import Bench
from cnngui.theme.theme import Theme

Keys = QKeySequence.StandardKey

Reach = Literal["window", "design", "free"]
"""Where a key counts: in the whole window; where the design is shown (canvas, outline), as it means something
else in a text field; or there and wherever else it means nothing, neither text nor the press of a button."""

Refusal: TypeAlias = Callable[[Bench], str | None]
"""Why a command can't be used now, as a sentence; None where it can."""


class Surface(Enum):
    """What is made of the table: the menus of the bar in their order, the tool bar, the context menus."""

    FILE = "&File"
    EDIT = "&Edit"
    VIEW = "&View"
    NETWORK = "&Network"
    TRAIN = "&Train"
    WINDOW = "&Window"
    HELP = "&Help"
    TOOLS = "Tools"
    BLOCKS = "Selected blocks"
    NOTES = "Selected frame or comment"
    WIRES = "Selected wires"
    PLANE = "Empty canvas"

    @property
    def is_menu(self) -> bool:
        """Whether it is a menu of the menu bar."""
        return self.value.startswith("&")


@dataclass(frozen=True)
class MenuPlace:
    """Where a command stands: in a section of a surface or, one `path` step each, of a submenu there.

    Sections have lines between them, and are in the order of their numbers.
    """

    surface: Surface
    section: int = 0
    path: tuple[tuple[str, int], ...] = ()

    def inside(self, title: str, section: int = 0) -> MenuPlace:
        """In a submenu of this place."""
        return replace(self, path=(*self.path, (title, section)))

    def as_seen_inside(self) -> MenuPlace:
        """The same place, as the first submenu on the way sees it."""
        (_, section), *further = self.path
        return replace(self, section=section, path=tuple(further))


@dataclass(frozen=True)
class Look:
    """How a command is called at the moment. Buttons leave `detail` out; without `icon`, it is its own."""

    text: str
    detail: str = ""
    icon: str = ""


@dataclass(frozen=True, kw_only=True)
class Command:
    """A declaration, from which menus, tool bar, context menus, shortcuts, dialog and palette follow."""

    id: str
    text: str
    """As in a menu, where `&` marks the letter to press."""
    run: Callable[[Bench], object]
    where: tuple[MenuPlace, ...] = ()
    title: str = ""
    """Its whole name, where the text says too little without the menu around it."""
    keys: tuple[str | Keys, ...] = ()
    """The first of them is shown. A standard key is the one of the platform, or nothing where it has none."""
    reach: Reach = "window"
    icon: str | Callable[[Theme], QIcon] = ""
    hint: str = ""
    """What the text doesn't say."""
    also: str = ""
    """Other words that somebody might look for it by."""
    refusal: Refusal = lambda _: None
    look: Callable[[Bench], Look] | None = None
    checked: Callable[[Bench], bool] | None = None
    """Whether it is on, for what can be on and off."""
    one_of: str = ""
    """The name of a set of commands of which exactly one is on."""
    at: Callable[[Bench, QPointF], object] | None = None
    """What it does instead in the context menu of the empty canvas, with the point where that opened."""
    preview: Callable[[Bench, bool], object] | None = None
    """Shows what it would do, or ends that."""
    begin: Callable[[Bench], object] | None = None
    """Done once in a new window: brings about what was switched on or off the last time."""

    def now(self, bench: Bench) -> Look:
        """How it is called at the moment."""
        return self.look(bench) if self.look is not None else Look(self.text)

    def name(self, bench: Bench) -> str:
        """Its whole name at the moment, without marks."""
        look = self.now(bench)
        return f"{self.title or plain(look.text)} {look.detail}".rstrip()

    @property
    def button_text(self) -> str:
        """As on a button in a panel: without marks, and large at its beginning alone."""
        return plain(self.text).capitalize()

    def enabled(self, bench: Bench) -> bool:
        return self.refusal(bench) is None

    @cached_property
    def sequences(self) -> list[QKeySequence]:
        """Its keys on this platform."""
        found = [QKeySequence(key) for key in self.keys]
        return list({key.toString(): key for key in found if not key.isEmpty()}.values())

    @cached_property
    def keys_text(self) -> str:
        """The first key, as the platform writes it."""
        return next(map(key_text, self.sequences), "")

    @property
    def home(self) -> MenuPlace | None:
        """The place by which it is known: in the menu bar, where it has one there."""
        return next((place for place in self.where if place.surface.is_menu), next(iter(self.where), None))

    @property
    def menu_path(self) -> tuple[str, ...]:
        """The way to it, without marks: `("View", "Theme")`."""
        if self.home is None:
            return ()
        return tuple(map(plain, (self.home.surface.value, *(title for title, _ in self.home.path))))


def when(test: Callable[[Bench], object], reason: str) -> Refusal:
    """A refusal for this reason unless the test gives something true."""
    return lambda bench: None if test(bench) else reason


def plain(text: str) -> str:
    """A menu's text without the marks of letters."""
    return re.sub(r"&(.)", r"\1", text)


def literal(text: str) -> str:
    """Any text so that a menu shows it as it is."""
    return text.replace("&", "&&")


def key_text(keys: QKeySequence) -> str:
    """Keys as the platform writes them."""
    return keys.toString(QKeySequence.SequenceFormat.NativeText)
