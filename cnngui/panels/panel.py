"""`@panel` declares a view in its own file; the window finds it, and makes its dock and menu entries.

    @panel("curves", "Curves", icon="chart", place=PLACE, open={"train": PLACE})
    def curves(bench: Bench) -> QWidget:
        return CurvesPanel(bench.run, bench.themes)

No other line anywhere is needed. Panels don't import each other: what one wants of the rest goes through the
bench.
"""

from __future__ import annotations

import importlib
import json
from collections.abc import Callable, Iterator, Mapping
from dataclasses import asdict, dataclass, field
from typing import TYPE_CHECKING, Final, Literal, TypeAlias

from PySide6.QtWidgets import QWidget

from core.schema.discover import discover as import_all

if TYPE_CHECKING:
    from cnngui.commands.bench import Bench

Area = Literal["left", "right", "bottom", "page", "bar"]
"""A dock at a side of the canvas, a page in place of an empty canvas, or a bar above the canvas."""
Build: TypeAlias = "Callable[[Bench], QWidget]"
Begin: TypeAlias = "Callable[[Bench], object]"


@dataclass(frozen=True)
class PanelPlace:
    """Where a panel stands."""

    area: Area
    size: float = 0.3
    """Width at a side, height at the bottom: in pixels or, up to 1, as a share of the window."""
    behind: bool = False
    """Whether it is a tab behind the panel before it instead of standing beside that."""


@dataclass(frozen=True)
class Panel:
    """What the window has to know of a panel before anything of it is loaded."""

    name: str
    title: str
    icon: str
    place: PanelPlace
    """Where it comes up when somebody opens it."""
    open: Mapping[str, PanelPlace] = field(default_factory=dict)
    """The workspaces in which it is open from the first, and where. A panel that has nothing to show until
    something else has happened is better left to be opened."""
    order: int = 50
    """Panels of one area stand in this order."""
    shows_design: bool = False
    """Whether the keys for the design count in it as on the canvas."""

    @property
    def docks(self) -> bool:
        """Whether it has a dock, rather than being a page or a bar of the middle."""
        return self.place.area not in ("page", "bar")

    def is_main_in(self, workspace: str) -> bool:
        """Whether it takes most of the window in this workspace, as what people come there for."""
        return workspace in self.open and 0.5 < self.open[workspace].size <= 1

    def place_in(self, workspace: str) -> PanelPlace:
        return self.open.get(workspace, self.place)


@dataclass(frozen=True)
class Declared:
    """A panel with its code."""

    panel: Panel
    build: Build
    begin: Begin | None


class Panels:
    """The declared panels, by name: values, as commands are, where `core.schema.registry` is for classes."""

    def __init__(self) -> None:
        self._declared: dict[str, Declared] = {}

    def add(self, declared: Declared) -> None:
        """Raises ValueError for a name that is taken."""
        name = declared.panel.name
        if name in self._declared:
            raise ValueError(f"There are two panels of the name {name!r}.")
        self._declared[name] = declared

    def remove(self, name: str) -> None:
        """Forgets a panel: for tests that declare one."""
        del self._declared[name]

    def __getitem__(self, name: str) -> Declared:
        return self._declared[name]

    def __iter__(self) -> Iterator[Declared]:
        """In the order in which they stand in menus."""
        return iter(sorted(self._declared.values(), key=lambda d: (d.panel.order, d.panel.title)))


PANELS: Final = Panels()


def panel(
    name: str,
    title: str,
    *,
    icon: str,
    place: PanelPlace,
    open: Mapping[str, PanelPlace] | None = None,
    order: int = 50,
    shows_design: bool = False,
    begin: Begin | None = None,
) -> Callable[[Build], Build]:
    """Declares a panel: decorates what makes its content, a function or a widget's class, of a bench.

    The content is made when it is seen for the first time. `begin` is called once when the window is filled,
    long before that perhaps: there a panel says when it wants to be shown, and keeps its title up to date.
    """

    def declare(build: Build) -> Build:
        PANELS.add(
            Declared(Panel(name, title, icon, place, dict(open or {}), order, shows_design), build, begin)
        )
        return build

    return declare


def discover() -> tuple[Panel, ...]:
    """Imports all files of this package, and returns what they declare."""
    import_all(__package__, importlib.import_module(__package__).__path__)
    return tuple(declared.panel for declared in PANELS)


def to_json(panels: tuple[Panel, ...]) -> str:
    """All that is known of panels without their code, for the next start."""
    return json.dumps([asdict(known) for known in panels])


def from_json(text: str) -> tuple[Panel, ...]:
    """What `to_json` has written; nothing where it is damaged or of another version."""
    try:
        return tuple(_read(**stored) for stored in json.loads(text))
    except (ValueError, TypeError, AttributeError):
        return ()


def _read(place: dict[str, object], open: dict[str, dict[str, object]], **others: object) -> Panel:
    places = {name: PanelPlace(**stored) for name, stored in open.items()}  # type: ignore[arg-type]
    return Panel(place=PanelPlace(**place), open=places, **others)  # type: ignore[arg-type]
