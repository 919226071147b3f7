"""`@panel` declares a view in its own file; the window finds it, and makes its dock and menu entries.

    @panel("curves", "Curves", icon="chart", place=PLACE, open={"train": PLACE})
    def curves(bench: Bench) -> QWidget:
        return CurvesPanel(bench.run, bench.themes)

No other line anywhere is needed. Where there is nothing to show, the widget has an EmptyState that says what
to do, or a control; it fits into 800 × 560 pixels. The conformance tests see to both. Panels don't import
each other: what one wants of the rest goes through the bench.
"""

from __future__ import annotations

import importlib
import json
from collections.abc import Callable, Iterator, Mapping
from dataclasses import asdict, dataclass, field
from math import inf
from typing import TYPE_CHECKING, Final, Literal, TypeAlias, cast, get_args

from PySide6.QtWidgets import QWidget

from cnngui import assets
from cnngui.models.places import is_file
from core.schema.discover import discover as import_all

if TYPE_CHECKING:
    from cnngui.commands.bench import Bench

Area = Literal["left", "right", "bottom", "page", "bar"]
"""A dock at a side of the canvas, a page in place of an empty canvas, or a bar above the canvas."""
Build: TypeAlias = "Callable[[Bench], QWidget]"
Begin: TypeAlias = "Callable[[Bench], object]"
Needs: TypeAlias = "Callable[[Bench], object]"


@dataclass(frozen=True)
class PanelPlace:
    """Where a panel stands."""

    area: Area
    size: float = 0.3
    """Width at a side, height at the bottom: in pixels or, up to 1, as a share of the window."""
    behind: bool = False
    """Whether it is a tab behind the panel before it instead of standing beside that."""

    def __post_init__(self) -> None:
        """Raises ValueError for an area or a size that there isn't."""
        if self.area not in get_args(Area) or not 0 < self.size < inf:
            raise ValueError(f"There is no place {self.area!r} of size {self.size!r}.")

    @property
    def docks(self) -> bool:
        """Whether it is a dock's, rather than that of a page or a bar of the middle."""
        return self.area not in ("page", "bar")


@dataclass(frozen=True)
class Panel:
    """What the window has to know of a panel before anything of it is loaded."""

    name: str
    title: str
    icon: str
    place: PanelPlace
    """Where it comes up when somebody opens it."""
    open: Mapping[str, PanelPlace] = field(default_factory=dict)
    """The workspaces in which it is open from the first, and where."""
    order: int = 50
    """Panels of one area stand in this order."""
    shows_design: bool = False
    """Whether the keys for the design count in it as on the canvas."""
    waits: bool = False
    """Whether there may be nothing to show in it: where it is open from the first, it comes up when there is
    something."""

    def __post_init__(self) -> None:
        """Raises ValueError where it would be a dock in one workspace and none in another."""
        if any(place.docks != self.docks for place in self.open.values()):
            raise ValueError(f"The panel {self.name!r} has a dock in some workspaces alone.")

    @property
    def docks(self) -> bool:
        """Whether it has a dock."""
        return self.place.docks

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
    needs: Needs | None = None

    def is_worth_opening(self, bench: Bench) -> bool:
        """Whether it has something to show, rather than saying what there could be."""
        return self.needs is None or bool(self.needs(bench))


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
    needs: Needs | None = None,
) -> Callable[[Build], Build]:
    """Declares a panel: decorates what makes its content, a function or a widget's class, of a bench.

    The content is made when it is seen for the first time. `begin` is called once when the window is filled,
    long before that perhaps: there a panel says when it wants to be shown, and keeps its title up to date.
    `needs` says whether it has something to show: until then it isn't open where it is from the first. It is
    asked when a model has changed.
    """

    def declare(build: Build) -> Build:
        waits = needs is not None
        known = Panel(name, title, icon, place, dict(open or {}), order, shows_design, waits)
        PANELS.add(Declared(known, build, begin, needs))
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
    """What `to_json` has written; nothing where it is damaged, or says what this version doesn't know."""
    try:
        panels = tuple(_read(**stored) for stored in json.loads(text))
    except (ValueError, TypeError, AttributeError, RecursionError):
        return ()
    return panels if len({known.name for known in panels}) == len(panels) else ()


def _read(place: dict[str, object], open: dict[str, dict[str, object]], **others: object) -> Panel:
    places = {name: _read_place(**stored) for name, stored in open.items()}
    made = Panel(place=_read_place(**place), open=places, **others)  # type: ignore[arg-type]
    typed = isinstance(made.name, str) and isinstance(made.title, str) and isinstance(made.icon, str)
    if not (typed and type(made.order) is int and isinstance(made.shows_design, bool)):
        raise TypeError("A panel's value is of another type.")
    if not (made.name and is_file(assets.path(f"icons/{made.icon}.svg"))):
        raise ValueError("A panel's name or icon isn't there.")
    return made


def _read_place(area: object, size: object, behind: object) -> PanelPlace:
    numeric = isinstance(size, int | float) and not isinstance(size, bool)
    if not (isinstance(area, str) and numeric and isinstance(behind, bool)):
        raise TypeError("A place's value is of another type.")
    return PanelPlace(cast("Area", area), cast("float", size), behind)
