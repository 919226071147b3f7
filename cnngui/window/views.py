"""What the window does for commands and panels: showing panels, pages and workspaces."""

from __future__ import annotations

from functools import partial
from typing import TYPE_CHECKING, Final

from PySide6.QtCore import QObject, Qt, QTimer, Signal
from PySide6.QtGui import QCursor, QKeySequence, QShortcut
from PySide6.QtWidgets import QApplication, QLineEdit, QWidget

from cnngui.models.settings import Settings
from cnngui.models.workspaces import WORKSPACES, workspace
from cnngui.panels.panel import PANELS, discover
from cnngui.theme.type_size import enlarge
from cnngui.window.attention import Attention, Offer
from cnngui.window.docking.panel_cycle import focus_panel
from cnngui.window.docking.strips import side_of
from cnngui.window.focus import FocusKeeper
from cnngui.window.scale import restart

if TYPE_CHECKING:
    from cnngui.commands.bench import Bench
    from cnngui.window.docking.presence import Presence
    from cnngui.window.frame import Frame

_CANVAS: Final = "canvas"


class WindowViews(QObject):
    """The `Views` of the bench. A panel's content is made when it is seen for the first time."""

    made = Signal(str, QWidget)
    """The content of the panel of this name: it is about to be seen for the first time."""
    changed = Signal()
    """Another workspace, or a panel was opened, closed, maximised or put back."""

    def __init__(self, frame: Frame, settings: Settings) -> None:
        super().__init__(frame)
        self._frame = frame
        self._settings = settings
        self._bench: Bench | None = None
        self._contents: dict[str, QWidget] = {}
        self._titles: dict[str, str] = {}
        self._before = WORKSPACES[0].name
        """The workspace to go back to from one that doesn't stay."""
        self._attention = Attention()
        self._offer, self._restart_offer = Offer(), Offer()
        self._offered: str | None = None
        self._leave = QShortcut(QKeySequence(Qt.Key.Key_Escape), frame)
        self._leave.setEnabled(False)
        self._leave.activated.connect(self._escape)
        for widget in (self._restart_offer, self._offer, self._attention):
            frame.statusBar().addPermanentWidget(widget)
        self._attention.chosen.connect(self.show)
        frame.docks.shown.connect(self._fill)
        frame.docks.changed.connect(self._follow)
        frame.docks.maximise_wanted.connect(self.maximise)
        frame.strips.wanted.connect(self.toggle)
        frame.tabs.chosen.connect(self.switch)
        frame.sheet.closed.connect(self._follow)
        self._looking = QTimer(self, singleShot=True, interval=0)
        self._looking.timeout.connect(self._open_what_is_ready)

    def begin(self, bench: Bench) -> None:
        """Fills the window: from now on, panels can be made."""
        self._bench = bench
        self._frame.declare(discover())
        for declared in PANELS:
            if declared.panel.place.area == "page":
                self._frame.center.add_page(self.content(declared.panel.name))
            if declared.begin is not None:
                declared.begin(bench)
        FocusKeeper(self._frame, bench.canvas)
        known = {declared.panel.name: declared for declared in PANELS}
        self._presence.begin(lambda name: known[name].is_worth_opening(bench))
        for changed in (
            bench.document.changed,
            bench.data.changed,
            bench.run.network_changed,
            bench.run.curves_changed,
        ):
            changed.connect(self._looking.start)
        self._enter()
        for name in self._frame.docks.in_sight():
            self._fill(name)
        QTimer.singleShot(0, self, self._frame.settle)  # Qt has to lay out the bars first

    # -- panels ----------------------------------------------------------------------------------------------

    def content(self, name: str) -> QWidget:
        """What a panel holds; made when it is asked for."""
        if name not in self._contents:
            assert self._bench is not None, "panels can be made when the window is filled"
            declared = PANELS[name]
            made = declared.build(self._bench)
            if not made.accessibleName():
                made.setAccessibleName(declared.panel.title)
            self._contents[name] = made
            if name in self._frame.docks:
                self._frame.docks[name].slot.hold(made)
            enlarge(made, workspace(self.workspace).type_size)
            self.made.emit(name, made)
        return self._contents[name]

    def is_open(self, name: str) -> bool:
        """Whether a panel is shown, or behind the tab of another one."""
        return name == self._frame.sheet.name or self._frame.docks[name].isVisibleTo(self._frame)

    def is_in_sight(self, name: str) -> bool:
        """Whether a panel is shown, and not behind the tab of another one."""
        return name == self._frame.sheet.name or self._frame.docks[name].in_sight

    @property
    def _presence(self) -> Presence:
        return self._frame.layouts.presence

    def begin_anew(self) -> None:
        """Another project is open: panels that have nothing to show of it go until they do."""
        self._presence.begin_anew()
        self._follow()

    def _open_what_is_ready(self) -> None:
        """Opens the panels that waited for what there is to show now."""
        if self._presence.update():
            self._follow()

    def show(self, name: str) -> None:
        """Brings a panel into sight, in front of those it shares a place with, and gives it the keyboard."""
        self._presence.open(name)
        self._show(name)

    def show_for_now(self, name: str) -> None:
        """Shows a panel until `take_away`, unless the user opens it meanwhile; no layout remembers it."""
        self._presence.receive(name)
        self._show(name)

    def take_away(self, name: str) -> None:
        """Ends `show_for_now`."""
        if self._presence.is_guest(name):
            if self._frame.sheet.name == name:
                self._frame.sheet.put_back()
            self._presence.take_away(name)
            self._follow()

    def _show(self, name: str) -> None:
        area = PANELS[name].panel.place.area
        if area == "page":
            self.show_start_page()
        elif area == "bar":
            self._frame.center.show_canvas()
            self._contents.pop(name, None)
            self._frame.center.show_bar(name, self.content(name))
            self._frame.lay_sheet()
        elif self._frame.is_small:
            self._show_in_sheet(name)
        else:
            if self._frame.sheet.name not in ("", name):
                self._frame.sheet.put_back()
            self.content(name)
            self._frame.docks.bring_forward(name)
            self._contents[name].setFocus(Qt.FocusReason.OtherFocusReason)

    def close_panel(self, name: str) -> None:
        """Takes a panel out of sight."""
        if PANELS[name].panel.place.area == "bar":
            self._contents.pop(name, None)
            self._frame.center.close_bar(name)
            self._frame.lay_sheet()
            return
        self._presence.close(name)
        if self._frame.sheet.name == name:
            self._frame.sheet.put_back()
        self._frame.docks.close(name)

    def toggle(self, name: str) -> None:
        """Shows a panel, or closes it where it is open."""
        if self.is_open(name):
            self.close_panel(name)
        else:
            self.show(name)
        self._follow()

    def panels(self) -> dict[str, str]:
        """The titles of all panels by name."""
        return {name: self._title(name) for name in self._frame.docks.names}

    def go_to_panel(self, step: int) -> None:
        """Gives the keyboard to the next panel in sight (`step` 1) or to the one before it (-1)."""
        focus_panel(self._frame, step)

    def set_title(self, name: str, title: str) -> None:
        """Another title for a panel, such as one with a count; out of sight, it stands in the status bar."""
        self._titles[name] = title
        self._frame.docks.set_title(name, title)
        if name == self._frame.sheet.name:
            self._frame.sheet.set_title(title)

    def maximise(self, name: str = "") -> None:
        """Shows a panel over all others, or puts back the one that is.

        Without a name, the panel under the mouse or, where there is none, the one with the keyboard.
        """
        sheet, frame = self._frame.sheet, self._frame
        name = name or self._pointed_at()
        if sheet.is_maximised or sheet.name == name:
            sheet.turn()
            return
        if name == _CANVAS:
            sheet.take(name, "Canvas", frame.center, frame.put_back)
        else:
            content, dock = self.content(name), frame.docks[name]
            sheet.put_back()
            dock.slot.takeWidget()
            sheet.take(name, self._title(name), content, dock.hold)
            if dock.isFloating():
                dock.hide()  # it would lie over the window, with nothing in it
                frame.activateWindow()
        frame.lay_sheet()
        content = self._bench.canvas if name == _CANVAS and self._bench else self._contents[name]
        content.setFocus(Qt.FocusReason.OtherFocusReason)
        self._follow()

    def _show_in_sheet(self, name: str) -> None:
        sheet, frame = self._frame.sheet, self._frame
        if sheet.name != name:
            content, slot = self.content(name), frame.docks[name].slot
            slot.takeWidget()
            side = side_of(PANELS[name].panel, self.workspace)
            size = PANELS[name].panel.place_in(self.workspace).size
            width = round(size) if size > 1 else frame.width()  # the sheet leaves some of the canvas in sight
            sheet.take(name, self._title(name), content, slot.hold, side=side, width=width)
            frame.lay_sheet()
        self._contents[name].setFocus(Qt.FocusReason.OtherFocusReason)
        self._follow()

    def _pointed_at(self) -> str:
        """The panel under the mouse, else the one with the keyboard, else the canvas."""
        docks, sheet = self._frame.docks, self._frame.sheet
        places = {name: docks[name] for name in docks.names} | {sheet.name: sheet, _CANVAS: self._frame}
        for widget in (QApplication.widgetAt(QCursor.pos()), QApplication.focusWidget()):
            if widget is None:
                continue
            for name, place in places.items():
                if place is widget or place.isAncestorOf(widget):
                    return name
        return _CANVAS

    def _title(self, name: str) -> str:
        return self._titles.get(name, PANELS[name].panel.title)

    def _fill(self, name: str) -> None:
        if self._bench is not None and name != self._frame.sheet.name:
            self.content(name)

    # -- workspaces ------------------------------------------------------------------------------------------

    @property
    def workspace(self) -> str:
        """The name of the current one."""
        return self._frame.workspace

    def switch(self, name: str) -> None:
        """Goes to another workspace, whose panels stand as they were left there."""
        if name == self.workspace:
            return
        before = workspace(self.workspace)
        if before.stays:
            self._before = before.name
        self._frame.switch(name)
        self._enter()
        if self._bench is not None and not workspace(name).stays:
            QTimer.singleShot(0, self._bench.canvas, self._bench.canvas.fit)
        if self._frame.is_small:
            for main in (known for known in self._frame.panels if known.is_main_in(name)):
                self._show_in_sheet(main.name)

    def switch_to_panel(self, name: str, panel: str) -> None:
        """Goes to a workspace, and brings one of its panels into sight there."""
        self.switch(name)
        if panel and not self.is_in_sight(panel):
            self.show_for_now(panel)

    def _enter(self) -> None:
        """The rest of what a workspace is, beside its layout."""
        current = workspace(self.workspace)
        self._frame.tabs.show_current(current.name)
        self._frame.center.allow_pages(allowed=current.stays)
        self._leave.setEnabled(not current.stays)
        enlarge(self._frame, current.type_size)
        if self._bench is not None:
            self._bench.canvas.set_type_size(current.type_size)
        if self._offered == current.name:
            self.offer(current.name, "")
        self._follow()

    def offer(self, name: str, text: str, mark: str = "play", panel: str = "") -> None:
        """Offers a workspace, and leaves the user where they are; an empty text withdraws it.

        `mark` is the icon that its tab gets; `panel` is what there is to see there, in a strip or not.
        """
        self._offered = name if text and name != self.workspace else None
        self._frame.tabs.offer(self._offered, mark)
        if self._offered is None:
            self._offer.withdraw()
        else:
            self._offer.make(
                text, f"Go to {workspace(name).title}", partial(self.switch_to_panel, name, panel)
            )

    def reset(self) -> None:
        """Puts all panels of this workspace where they were at first."""
        self._frame.sheet.put_back()
        self._frame.layouts.forget(self.workspace)
        self._frame.lay_out()
        self._follow()

    def _escape(self) -> None:
        """Leaves a workspace that doesn't stay, unless something else waits for Esc."""
        focused = QApplication.focusWidget()
        if self._frame.sheet.name:
            self._frame.sheet.put_back()
        elif not isinstance(focused, QLineEdit):
            self.switch(self._before)

    # -- the middle ------------------------------------------------------------------------------------------

    def show_start_page(self) -> None:
        """Brings the page that stands in for an empty canvas to the front."""
        self.switch(WORKSPACES[0].name)
        self._frame.center.show_page()

    def show_canvas(self) -> None:
        """Brings the canvas to the front, in place of the page."""
        self._frame.center.show_canvas()

    def start_guide(self) -> None:
        """Begins the guided first design, with an empty canvas."""
        bench = self._bench
        if bench is not None and bench.document.graph.blocks:
            bench.files.new(self._show_guide)
        else:
            self._show_guide()

    def _show_guide(self) -> None:
        """It brings the blocks that it tells to take."""
        self.switch(WORKSPACES[0].name)
        self.show("guide")

    def choose_data(self) -> None:
        """Asks for the training data."""
        self.switch("data")
        self.show("data")

    def set_interface_size(self, percent: int) -> None:
        """How large the whole window is from the next start on, which is offered."""
        if percent != self._settings.interface_size:
            self._settings.interface_size = percent
            text = f"At the next start, the interface is at {percent} % of its usual size."
            self._restart_offer.make(text, "Restart now", self._restart, f"Interface size {percent} %")

    def _restart(self) -> None:
        """Closes the window, after asking about unsaved work, and opens another one with the same file."""
        assert self._bench is not None
        self._bench.files.when_sure(self._start_anew)

    def _start_anew(self) -> None:
        assert self._bench is not None
        path = self._bench.document.path  # the file may just have got its name
        self._frame.close_without_asking()
        restart([str(path)] if path is not None else [])

    def close(self) -> None:
        """Closes the window, after asking about unsaved work."""
        self._frame.close()

    # -- following -------------------------------------------------------------------------------------------

    def _follow(self) -> None:
        frame = self._frame
        frame.strips.mark(frame.sheet.name)
        hidden = [name for name in self._titles if name in frame.docks and not frame.docks[name].in_sight]
        told = {name: self._titles[name] for name in hidden if name != frame.sheet.name}
        self._attention.tell({n: t for n, t in told.items() if t != PANELS[n].panel.title})
        self.changed.emit()
