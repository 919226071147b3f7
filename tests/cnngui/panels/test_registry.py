"""Every declared panel, and what a new one gets for the one file that it is."""

from __future__ import annotations

import ast
from collections.abc import Iterator
from pathlib import Path

import pytest
from PySide6.QtWidgets import QAbstractButton, QApplication, QLabel, QLineEdit, QMenu, QToolButton, QWidget
from pytestqt.qtbot import QtBot

import cnngui
from cnngui import assets
from cnngui.commands.bench import Bench
from cnngui.models.settings import Settings
from cnngui.models.workspaces import WORKSPACES
from cnngui.panels.panel import PANELS, PanelPlace, discover, panel
from cnngui.theme.theme import ThemeManager
from cnngui.widgets.small import EmptyState
from cnngui.window.main_window import MainWindow
from tests.cnngui.runs import GRAPH, PATIENCE, write_bars

discover()
DECLARED = list(PANELS)
ROOMS = Path(cnngui.__file__).parent / "panels"
OUTSIDE = sorted(
    path for room in ("window", "commands") for path in (Path(cnngui.__file__).parent / room).rglob("*.py")
)


@pytest.fixture
def window(qtbot: QtBot, settings: Settings, themes: ThemeManager) -> Iterator[MainWindow]:
    made = MainWindow(settings, themes)
    qtbot.addWidget(made, before_close_func=MainWindow.close_without_asking)
    made.show()
    qtbot.waitUntil(lambda: made.workbench.data.loading is None)
    yield made


@pytest.mark.parametrize("design", ["empty", "full"])
def test_every_panel_says_what_it_is_and_what_to_do(
    qtbot: QtBot, window: MainWindow, design: str, tmp_path: Path
) -> None:
    workbench = window.workbench
    if design == "full":
        workbench.data.choose(str(write_bars(tmp_path / "bars.npz")))
        workbench.document.edit("Build", lambda _: GRAPH)
        workbench.select_first_image_block()
        workbench.run_control.start()
        qtbot.waitUntil(lambda: workbench.run.checkpoint is not None, timeout=PATIENCE)
    for declared in DECLARED:
        known, views = declared.panel, workbench.views
        views.show(known.name)
        content = views.content(known.name)
        QApplication.processEvents()
        assert content.isVisible(), known.name
        assert not known.docks or window.docks[known.name].in_sight, known.name
        assert content.accessibleName(), known.name
        if known.docks:
            assert content.minimumSizeHint().width() <= 800, known.name
            assert content.minimumSizeHint().height() <= 560, known.name
        empty = [w for w in content.findChildren(EmptyState) if w.isVisible()]
        texts = [label.text() for state in empty for label in state.findChildren(QLabel)]
        controls = [
            w for kind in (QAbstractButton, QLineEdit) for w in content.findChildren(kind) if w.isVisible()
        ]
        assert "".join(texts) or controls or design == "full", f"{known.name} is blank"
        if not known.docks:
            views.show_canvas()
            views.close_panel(known.name) if known.place.area == "bar" else None


@pytest.mark.parametrize("declared", DECLARED, ids=lambda declared: declared.panel.name)
def test_every_declaration_is_whole(declared: object) -> None:
    known = next(d.panel for d in DECLARED if d is declared)
    assert known.title[0].isupper()
    assert assets.path(f"icons/{known.icon}.svg").is_file()
    assert known.open.keys() <= {workspace.name for workspace in WORKSPACES}
    assert [other.panel.title for other in DECLARED].count(known.title) == 1


def test_a_new_panel_is_one_declaration(qtbot: QtBot, settings: Settings, themes: ThemeManager) -> None:
    built: list[Bench] = []
    begun: list[Bench] = []
    place = PanelPlace("bottom", 0.3)

    @panel(
        "declared_by_a_test",
        "Declared by a test",
        icon="info",
        place=place,
        open={"train": place},
        begin=begun.append,
    )
    def declared_by_a_test(bench: Bench) -> QWidget:
        built.append(bench)
        made = QLabel("Nothing")
        made.setMinimumSize(3000, 3000)
        return made

    try:
        window = MainWindow(settings, themes)
        qtbot.addWidget(window, before_close_func=MainWindow.close_without_asking)
        window.show()
        bench = window.workbench.bench
        assert (begun, built) == ([bench], [])
        windows = next(a for a in window.menuBar().actions() if a.text() == "&Window").menu()
        assert isinstance(windows, QMenu)
        windows.aboutToShow.emit()
        [entry] = [action for action in windows.actions() if action.text() == "Declared by a test"]
        size = window.size()
        entry.trigger()
        qtbot.waitUntil(lambda: bool(built))
        QApplication.processEvents()
        assert window.size() == size  # whatever it likes to have; the rest is scrolled to
        assert window.docks["declared_by_a_test"].slot.verticalScrollBar().maximum() > 0
        assert window.docks["declared_by_a_test"].in_sight
        entry.trigger()
        assert not window.docks["declared_by_a_test"].isVisible()
        bench.views.switch("train")
        qtbot.waitUntil(lambda: window.docks["declared_by_a_test"].in_sight)
    finally:
        PANELS.remove("declared_by_a_test")


def test_a_panel_that_a_layout_does_not_know_comes_to_its_place(
    qtbot: QtBot, settings: Settings, themes: ThemeManager
) -> None:
    def opened() -> MainWindow:
        window = MainWindow(settings, themes)
        window.show()
        assert window.workbench
        return window

    def close(window: MainWindow) -> None:
        window.close_without_asking()
        window.deleteLater()

    before = opened()
    before.workbench.views.close_panel("properties")
    close(before)
    elsewhere, beside, behind = (
        PanelPlace("bottom", 0.3),
        PanelPlace("right", 200),
        PanelPlace("left", 200, behind=True),
    )
    panel("late", "Late", icon="info", place=elsewhere, open={"design": beside})(lambda _: QLabel("Late"))
    panel("tab", "Tab", icon="info", place=elsewhere, open={"design": behind})(lambda _: QLabel("Tab"))
    window = opened()
    try:
        qtbot.waitUntil(lambda: window.docks["late"].in_sight)
        assert window.docks["late"].x() > window.center.x()
        assert window.tabifiedDockWidgets(window.docks["tab"]) == [window.docks["blocks"]]
        assert not window.docks["properties"].isVisible()  # the rest is as it was left
    finally:
        close(window)
        PANELS.remove("late")
        PANELS.remove("tab")
    window = opened()
    assert "late" not in window.docks
    close(window)


def test_a_new_panel_gets_a_button_of_a_strip_in_a_small_window(
    qtbot: QtBot, settings: Settings, themes: ThemeManager
) -> None:
    def opened() -> MainWindow:
        window = MainWindow(settings, themes)
        window.resize(800, 500)
        window.show()
        assert window.workbench
        return window

    before = opened()
    before.close_without_asking()
    before.deleteLater()
    place = PanelPlace("right", 200)
    panel("late", "Late", icon="info", place=place, open={"design": place})(lambda bench: QLabel("Late"))
    try:
        window = opened()
        named = [b.accessibleName() or b.text() for b in window.findChildren(QToolButton) if b.isVisible()]
        assert "Late" in named
        assert not window.docks.in_sight()
        window.close_without_asking()
        window.deleteLater()
    finally:
        PANELS.remove("late")


def _imported(path: Path) -> Iterator[str]:
    for node in ast.walk(ast.parse(path.read_text(encoding="utf-8"))):
        if isinstance(node, ast.ImportFrom) and node.module:
            yield node.module
        elif isinstance(node, ast.Import):
            yield from (alias.name for alias in node.names)


def _declaring() -> set[str]:
    """The modules that declare a panel."""
    return {declared.build.__module__ for declared in DECLARED}


@pytest.mark.parametrize("path", OUTSIDE, ids=lambda path: path.stem)
def test_no_panel_is_imported_outside_its_file(path: Path) -> None:
    assert not set(_imported(path)) & _declaring()


@pytest.mark.parametrize("path", sorted(ROOMS.rglob("*.py")), ids=lambda path: path.stem)
def test_panels_do_not_import_each_other(path: Path) -> None:
    assert not set(_imported(path)) & _declaring()
