"""Panels that come and go by themselves: what has nothing to show yet, and what is shown for a while."""

from __future__ import annotations

from collections.abc import Callable, Mapping

from cnngui.models.settings import Settings
from cnngui.window.docking.docks import Docks


class Presence:
    """Layouts remember what the user has opened and closed; what comes and goes by itself changes nothing.

    A panel that a layout has open *waits* until it is worth being open, and then comes up in its place.
    A *guest* is shown until it is taken away, or until its workspace is left.
    """

    def __init__(self, docks: Docks, settings: Settings) -> None:
        self._docks = docks
        self._settings = settings
        self._workspace = ""
        self._waiting: set[str] = set()
        self._opened: set[str] = set()
        """Those that the user has opened, worth it or not."""
        self._sizes: dict[str, tuple[int, int]] = {}
        """Of the panels while nothing beside them waited: what waits takes up no room, and gets it back."""
        self._guests: dict[str, str] = {}
        """Each with the panel that it hides in a place that both share; with nothing where it was closed."""
        self._worth: Callable[[str], bool] = docks.fills_itself

    def begin(self, worth: Callable[[str], bool]) -> None:
        """From now on `worth` says of a panel whether it has something to show."""
        self._worth = worth
        self.begin_anew()

    def begin_anew(self) -> None:
        """Another project: what has nothing to show of it waits."""
        self._hide_what_waits()
        self.update()

    # -- layouts ---------------------------------------------------------------------------------------------

    def enter(self, workspace: str, sizes: Mapping[str, tuple[int, int]]) -> None:
        """Call it when a layout has been put up, the remembered one with its sizes or the declared one."""
        self._workspace = workspace
        remembered = not self._settings.layout(workspace).isEmpty()
        stored = self._settings.text(f"{workspace}/waiting").split() if remembered else []
        self._waiting = {name for name in stored if name in self._docks}
        self._sizes = dict(sizes)
        self._opened = set(self._settings.text(f"{workspace}/opened").split()) if remembered else set()
        self._guests.clear()
        self._hide_what_waits()
        self.update()

    def keep(self, workspace: str) -> Mapping[str, tuple[int, int]]:
        """Call it before a layout is remembered; returns the sizes that belong to it."""
        for name in tuple(self._guests):
            self.take_away(name)
        self._settings.set_text(f"{workspace}/waiting", " ".join(sorted(self._waiting)))
        self._settings.set_text(f"{workspace}/opened", " ".join(sorted(self._opened)))
        short = {self._docks.side_of(name) for name in self._waiting}
        now = self._docks.sizes().items()
        self._sizes |= {name: size for name, size in now if self._docks.side_of(name) not in short}
        return self._sizes

    def forget(self) -> None:
        """There is no layout: panels come out of strips."""
        self._waiting.clear()
        self._guests.clear()

    # -- what waits ------------------------------------------------------------------------------------------

    def update(self) -> tuple[str, ...]:
        """Opens what has got something to show, and leaves the keyboard where it is; returns the names."""
        ready = tuple(name for name in self._docks.names if name in self._waiting and self._worth(name))
        self._waiting.difference_update(ready)
        self._docks.open_in_place(ready, self._workspace, self._sizes)
        return ready

    def open(self, name: str) -> None:
        """The user opens a panel: from now on it stays so. One that waited gets the size that it had."""
        if name in self._waiting:
            self._docks.open_in_place((name,), self._workspace, self._sizes)
        self.close(name)
        self._opened.add(name)

    def close(self, name: str) -> None:
        """The user closes a panel: from now on it stays so."""
        self._waiting.discard(name)
        self._opened.discard(name)
        self._guests.pop(name, None)

    def _hide_what_waits(self) -> None:
        for name in self._docks.names:
            shown = not self._docks[name].isHidden()
            if shown and name not in self._opened and not self._worth(name):
                self._waiting.add(name)
                self._docks[name].hide()

    # -- guests ----------------------------------------------------------------------------------------------

    def is_guest(self, name: str) -> bool:
        return name in self._guests

    def receive(self, name: str) -> None:
        """Notes before a panel is shown that it is a guest, unless it is there, below a sheet or not."""
        if not self._docks[name].in_front and name not in self._guests:
            self._guests[name] = self._docks.in_front_of(name)
            self._waiting.discard(name)

    def take_away(self, name: str) -> None:
        """Takes a guest out of sight; what the user has opened stays."""
        front = self._guests.pop(name, None)
        if front is None:
            return
        if front:
            self._docks[front].raise_()
        else:
            self._docks[name].hide()
