"""The table of all commands. A file in `declared` adds its own; a new one needs no line elsewhere."""

from __future__ import annotations

import importlib
from collections.abc import Callable, Iterable
from dataclasses import dataclass, field, replace
from typing import TypeAlias

from cnngui.commands.bench import Bench
from cnngui.commands.command import Command, MenuPlace, Surface

Make: TypeAlias = Callable[[Bench], Iterable[Command]]


@dataclass(frozen=True)
class Several:
    """Commands of which only the moment says how many there are: recent files, the remedies of a problem."""

    where: tuple[MenuPlace, ...]
    make: Make

    def commands(self, bench: Bench) -> list[Command]:
        """Those of this moment."""
        return [replace(command, where=self.where) for command in self.make(bench)]


@dataclass
class Table:
    """Commands by id, and what makes others of the moment."""

    commands: dict[str, Command] = field(default_factory=dict)
    makers: list[Several] = field(default_factory=list)

    def add(self, *commands: Command) -> None:
        """Declares commands. Raises ValueError where an id is taken."""
        for command in commands:
            if command.id in self.commands:
                raise ValueError(f"There are two commands {command.id!r}.")
            self.commands[command.id] = command

    def several(self, *where: MenuPlace) -> Callable[[Make], Make]:
        """A decorator: declares what makes the commands for this place, whenever they are asked for."""

        def enter(make: Make) -> Make:
            self.makers.append(Several(where, make))
            return make

        return enter

    def at(self, surface: Surface, bench: Bench) -> list[tuple[MenuPlace, Command]]:
        """What stands on a surface at the moment, section by section."""
        there = [maker for maker in self.makers if any(place.surface is surface for place in maker.where)]
        made = [command for maker in there for command in maker.commands(bench)]
        every = [(place, c) for c in (*self.commands.values(), *made) for place in c.where]
        return sorted(
            (pair for pair in every if pair[0].surface is surface), key=lambda pair: pair[0].section
        )

    def all(self, bench: Bench) -> list[Command]:
        """All commands there are at the moment."""
        made = [command for maker in self.makers for command in maker.commands(bench)]
        return [*self.commands.values(), *made]


COMMANDS = Table()


def declared() -> Table:
    """The table, with what the files of `cnngui.commands.declared` have declared."""
    importlib.import_module("cnngui.commands.declared")
    return COMMANDS
