"""The frame of the main window: all that is painted first, before anything of the application is loaded."""

from __future__ import annotations

from typing import Final

from PySide6.QtCore import QEvent, QObject, QRect, QSize, Qt, QTimer
from PySide6.QtGui import QAction, QCursor, QGuiApplication, QIcon, QPixmap, QResizeEvent
from PySide6.QtWidgets import QMainWindow, QToolBar, QVBoxLayout, QWidget

from cnngui.models.settings import Settings
from cnngui.models.workspaces import WORKSPACES, workspace
from cnngui.panels.panel import Panel, discover, from_json, to_json
from cnngui.theme.theme import GRID, ICON_SIZE, ThemeManager
from cnngui.window.center import Center
from cnngui.window.docking.docks import Docks
from cnngui.window.docking.layouts import Layouts, Settling
from cnngui.window.docking.sheet import Sheet
from cnngui.window.docking.strips import Strips
from cnngui.window.fault_notice import FaultNotice
from cnngui.window.faults import Faults
from cnngui.window.workspace_tabs import WorkspaceTabs

DECLARED: Final = "panels"
"""Under this name, the panels of the last start are remembered."""
_GEOMETRY: Final = "geometry"
_WORKSPACE: Final = "workspace"
_LEAST_FOR_DOCKS: Final = QSize(960, 540)
"""In a smaller window, panels come out of strips."""
_LEAST_FOR_NORMAL: Final = QSize(1400, 800)
"""On a smaller screen, the first start fills it."""
_FIRST_SHARE: Final = 0.85
"""Of the screen: what a window takes that isn't maximised."""
_MENU_MARGIN: Final = 5 * GRID
"""Beside the text of each menu."""


class Frame(QMainWindow):
    """Empty docks in the remembered layout, the tabs of the workspaces, and the bars above and below.

    What panels there are is remembered, too, because their files load what takes longer than a window takes
    to be seen. Only the first start reads them before it shows anything.
    """

    def __init__(self, settings: Settings, themes: ThemeManager) -> None:
        super().__init__()
        self._settings = settings
        self.themes = themes
        self.asks = True
        """Whether closing asks about unsaved work."""
        self.setObjectName("main")
        self.setWindowTitle("cnngui")
        self.setContextMenuPolicy(Qt.ContextMenuPolicy.NoContextMenu)  # else Qt's own, for all bars and docks
        self.center = Center()
        self._middle = QWidget()
        column = QVBoxLayout(self._middle)
        column.setContentsMargins(0, 0, 0, 0)
        column.addWidget(self.center)
        self.setCentralWidget(self._middle)
        self.faults = Faults(self)
        self.fault_notice = FaultNotice(self.faults, themes)
        self.center.add_notice(self.fault_notice)
        remembered = from_json(settings.text(DECLARED))
        self.panels: tuple[Panel, ...] = remembered or discover()
        self.docks = Docks(self, self.panels)
        self.layouts = Layouts(self, self.docks, settings)
        self.strips = Strips(self, themes)
        self.sheet = Sheet(self, themes)
        self.tabs = WorkspaceTabs(WORKSPACES, themes)
        self.is_small = False
        self._settling: Settling | None = None
        self._laid_out: set[str] = set()
        """The panels that were open when the workspace was laid out."""
        self._resized = QTimer(self, singleShot=True, interval=0)
        self._resized.timeout.connect(self._suit_size)
        self._add_bars()
        self.workspace = workspace(settings.text(_WORKSPACE)).name
        self.tabs.show_current(self.workspace)
        self._begin()

    def _add_bars(self) -> None:
        """The tabs stand in the row of the menus where the window has one; bars get their height at once."""
        menus = self.menuBar()
        if menus.isNativeMenuBar():
            bar = QToolBar("Workspaces", self)
            bar.setObjectName("workspaces")
            bar.setMovable(False)
            bar.addWidget(self.tabs)
            self.addToolBar(bar)
        else:
            menus.setCornerWidget(self.tabs, Qt.Corner.TopRightCorner)
            menus.installEventFilter(self)
        self._tools = QToolBar(self)
        self._tools.setObjectName("tools")
        self._tools.setMovable(False)
        self._tools.setIconSize(QSize(ICON_SIZE, ICON_SIZE))
        self._tools.setToolButtonStyle(Qt.ToolButtonStyle.ToolButtonTextBesideIcon)
        blank = QPixmap(ICON_SIZE, ICON_SIZE)
        blank.fill(Qt.GlobalColor.transparent)
        self._tools.addAction(QAction(QIcon(blank), " ", self._tools, enabled=False))
        self.addToolBar(self._tools)
        self.statusBar()

    def set_tools(self, bar: QToolBar) -> None:
        """Takes the tool bar, in place of the empty one."""
        self.removeToolBar(self._tools)
        self._tools.setParent(None)
        self._tools.deleteLater()
        self._tools = bar
        self.addToolBar(bar)
        bar.show()  # Qt does so later, and a layout that is kept until then would be one without tools

    # -- size and layout -------------------------------------------------------------------------------------

    def _begin(self) -> None:
        """The remembered geometry and layout, or those that suit the screen."""
        geometry = self._settings.layout(_GEOMETRY)
        screen = QGuiApplication.screenAt(QCursor.pos()) or QGuiApplication.primaryScreen()
        room = screen.availableGeometry()
        if not self.restoreGeometry(geometry):
            small = room.width() < _LEAST_FOR_NORMAL.width() or room.height() < _LEAST_FOR_NORMAL.height()
            place = QRect(room.topLeft(), room.size() * _FIRST_SHARE)
            place.moveCenter(room.center())
            self.setGeometry(place)
            if small:
                self.setWindowState(Qt.WindowState.WindowMaximized)
            geometry = self.saveGeometry()
        maximised = self.isMaximized()
        size = self.screen().availableSize() if maximised else self.size()
        # A window that is being maximised puts its layout back again and again, and so takes out what has
        # come in since then, such as the tool bar: it becomes that after its docks are restored.
        self.setWindowState(Qt.WindowState.WindowNoState)
        self.resize(size)
        self.lay_out(size)
        self.restoreGeometry(geometry)

    def close_without_asking(self) -> None:
        """Closes whatever is unsaved: for pictures, demos and tests. What is being saved is still saved."""
        self.asks = False
        self.close()

    def lay_out(self, size: QSize | None = None) -> None:
        """Shows the panels of the workspace: in docks, or as strips in a window too small for them."""
        self.is_small = _is_small(size or self.size())
        if self.is_small:
            self.layouts.presence.forget()
            self.docks.hide_all()
            self.strips.show(self.panels, self.workspace)
        else:
            self.strips.clear()
            self.layouts.show(self.workspace)
        self._laid_out = self.docks.open()
        self.docks.clear_tabs_soon()

    def _suit_size(self) -> None:
        """Docks become strips, or strips docks, where the window has become too small or large enough."""
        if _is_small(self.size()) == self.is_small:
            return
        settled = self._settling is not None and not self._settling.is_on
        if settled or self.docks.open() != self._laid_out:  # else it is only on its way to its first size
            self.keep_layout()
        self.sheet.put_back()
        self.lay_out()

    def switch(self, name: str) -> None:
        """Goes to another workspace; the next start comes back to it, where it is one to stay in."""
        self.keep_layout()
        self.setUpdatesEnabled(False)
        self.workspace = name
        self.lay_out()
        self.setUpdatesEnabled(True)
        self.docks.paint_again()
        if workspace(name).stays:
            self._settings.set_text(_WORKSPACE, name)

    def settle(self) -> None:
        """Gives the docks their sizes once more, now that the window gets its own."""
        self._settling = Settling(self, self._settle)

    def _settle(self) -> None:
        if not self.is_small:
            self.layouts.settle(self.workspace)

    def keep_layout(self) -> None:
        """Remembers the layout of the current workspace."""
        if self._settling is not None:
            self._settling.end()
        self.sheet.put_back()
        if not self.is_small:
            self.layouts.keep(self.workspace)

    def remember(self) -> None:
        """Keeps for the next start how the window looks now."""
        self.keep_layout()
        self._settings.set_layout(_GEOMETRY, self.saveGeometry())

    def declare(self, panels: tuple[Panel, ...]) -> None:
        """These are the panels; makes and takes away what the remembered ones lack and have too many."""
        self._settings.set_text(DECLARED, to_json(panels))
        if panels != self.panels:
            self.panels = panels
            new = self.docks.declare(panels)
            if self.is_small:
                self.lay_out()
            else:
                for name in new:
                    self.docks.place(name, self.workspace)

    def middle(self) -> QRect:
        """All the room between the bars, those that have just been shown or hidden too."""
        layout = self.layout()
        if layout is not None:
            layout.activate()
        room, areas = self.rect(), Qt.ToolBarArea
        if self.menuBar().isVisible():
            room.setTop(self.menuBar().geometry().bottom() + 1)
        if self.statusBar().isVisible():
            room.setBottom(self.statusBar().geometry().top() - 1)
        for bar in self.findChildren(QToolBar):
            place, area = bar.geometry(), self.toolBarArea(bar)
            if not bar.isVisible():
                continue
            if area is areas.LeftToolBarArea:
                room.setLeft(place.right() + 1)
            elif area is areas.RightToolBarArea:
                room.setRight(place.left() - 1)
            else:
                room.setTop(max(room.top(), place.bottom() + 1))
        return room

    def lay_sheet(self) -> None:
        """Puts the panel that lies over others in its place: one from a strip leaves the bars in sight."""
        room = self.middle()
        if not self.sheet.is_maximised:
            room.setTop(room.top() + self.center.bars_height)
        self.sheet.lay(room)

    def put_back(self, center: QWidget) -> None:
        """Takes the middle back that was shown elsewhere for a while."""
        layout = self._middle.layout()
        assert layout is not None
        layout.addWidget(center)

    def fit_tabs(self) -> None:
        """Leaves the menus the room they need."""
        menus = self.menuBar()
        texts = [action.text().replace("&", "") for action in menus.actions()]
        needed = sum(menus.fontMetrics().horizontalAdvance(text) + _MENU_MARGIN for text in texts)
        self.tabs.fit(menus.width() - needed)

    def eventFilter(self, watched: QObject, event: QEvent) -> bool:
        if event.type() in (QEvent.Type.Resize, QEvent.Type.ActionAdded):
            self.fit_tabs()
        return super().eventFilter(watched, event)

    def resizeEvent(self, event: QResizeEvent) -> None:
        super().resizeEvent(event)
        self.lay_sheet()
        self._resized.start()  # docks can't come and go while Qt is laying them out


def _is_small(window: QSize) -> bool:
    return window.width() < _LEAST_FOR_DOCKS.width() or window.height() < _LEAST_FOR_DOCKS.height()
