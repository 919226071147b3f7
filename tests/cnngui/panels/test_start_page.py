"""The start page, in a real window."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from functools import partial
from pathlib import Path

import numpy as np
import pytest
from PySide6.QtCore import QSize, Qt
from PySide6.QtGui import QPixmap
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QPushButton, QWidget
from pytestqt.qtbot import QtBot

from cnngui.canvas.drawing.design_picture import design_picture
from cnngui.models.designs import open_design
from cnngui.models.settings import Settings
from cnngui.panels.design.palette import Palette
from cnngui.panels.start.start_page import Card, StartPage
from cnngui.theme.theme import DARK, LIGHT, ThemeManager
from cnngui.window.main_window import MainWindow
from core.design.edits import move
from core.design.graph import Graph
from core.formats.project import ProjectFile, save_project
from core.project import Project
from core.templates import TEMPLATES
from core.training.plan import Plan
from tests.cnngui.contents import content
from tests.cnngui.dialogs import answering, typed
from tests.cnngui.runs import GRAPH, PATIENCE, wait_until_saved, write_bars


@pytest.fixture
def window(qtbot: QtBot, themes: ThemeManager, settings: Settings, tmp_path: Path) -> Iterator[MainWindow]:
    made = MainWindow(settings, themes)
    made.workbench.data.choose(str(write_bars(tmp_path / "bars.npz")))
    made.show()
    qtbot.waitUntil(
        lambda: made.workbench.center.shows_page and made.workbench.data.loading is None, timeout=20_000
    )
    yield made
    made.close_without_asking()
    made.deleteLater()


SIZE = QSize(160, 90)


def page(window: MainWindow) -> StartPage:
    found = window.findChild(StartPage)
    assert found is not None
    return found


def click(widget: QWidget) -> None:
    QTest.mouseClick(widget, Qt.MouseButton.LeftButton)


def test_two_whole_rows_of_examples_are_in_sight(qtbot: QtBot, window: MainWindow) -> None:
    window.resize(1280, 720)
    window.workbench.views.reset()
    cards = page(window).findChildren(Card)

    def whole() -> int:
        return sum(card.visibleRegion().boundingRect() == card.rect() for card in cards)

    qtbot.waitUntil(lambda: whole() == 6)


def test_an_example_is_opened_by_its_picture(qtbot: QtBot, window: MainWindow) -> None:
    cards = {card.template.name: card for card in page(window).findChildren(Card)}
    assert cards.keys() == {template.name for template in TEMPLATES}
    click(cards["lenet5"])
    assert len(window.workbench.document.graph.blocks) == 14
    assert not window.workbench.center.shows_page
    assert window.workbench.canvas.isVisible()


def test_every_example_opens_without_a_problem(window: MainWindow) -> None:
    for card in page(window).findChildren(Card):
        click(card)
        shown = window.workbench.document
        assert shown.data is not None
        assert shown.inference.shapes[shown.graph.order[0]] == shown.data.shape
        assert not shown.inference.problems


def test_an_example_follows_the_data_until_it_is_edited(
    qtbot: QtBot, window: MainWindow, tmp_path: Path
) -> None:
    files, models = window.workbench.files, window.workbench.models
    document = models.document
    files.open_example("resnet20")
    models.document.set_plan(Plan(epochs=3))
    images = np.zeros((40, 3, 16, 16), np.uint8)
    np.savez(tmp_path / "colors.npz", x=images, y=np.arange(40) % 5)
    before = document.graph
    with qtbot.waitSignal(document.changed, timeout=PATIENCE):
        models.data.choose(str(tmp_path / "colors.npz"))
    assert document.inference.shapes[document.graph.order[0]] == (3, 16, 16)
    assert not document.inference.problems
    assert document.plan.epochs == 3
    with qtbot.waitSignal(models.data.arrived, timeout=PATIENCE):
        document.undo_stack.undo()  # data and design are one step
        assert document.graph is before
    assert models.data.source is not None
    assert models.data.source.name == "bars"
    assert not document.inference.problems
    with qtbot.waitSignal(models.data.arrived, timeout=PATIENCE):
        document.undo_stack.redo()
    assert not document.inference.problems
    document.edit("Move", lambda graph: move(graph, {graph.order[0]: (-400.0, 0.0)}))
    edited = document.graph
    models.data.choose(str(tmp_path / "bars.npz"))
    qtbot.waitUntil(lambda: bool(document.inference.problems), timeout=PATIENCE)
    assert document.graph is edited
    window.asks = False


@pytest.mark.parametrize("how", ["train", "save"])
def test_an_example_that_a_run_or_a_file_hangs_on_stays_as_it_is(
    qtbot: QtBot, window: MainWindow, settings: Settings, tmp_path: Path, how: str
) -> None:
    workbench, document = window.workbench, window.workbench.document
    workbench.files.open_example("lenet5")
    if how == "train":
        document.set_plan(Plan(epochs=1))
        with qtbot.waitSignal(workbench.run.ended, timeout=PATIENCE):
            workbench.actions["train"].trigger()
    else:
        settings.set_folder("designs", tmp_path)
        with answering(typed("mine")):
            workbench.actions["save"].trigger()
        wait_until_saved(qtbot, workbench.files.saving)
    before = document.graph
    np.savez(tmp_path / "colors.npz", x=np.zeros((40, 3, 16, 16), np.uint8), y=np.arange(40) % 5)
    with qtbot.waitSignal(workbench.data.arrived, timeout=PATIENCE):
        workbench.data.choose(str(tmp_path / "colors.npz"))
    assert document.graph is before
    titles = [
        fix.title for problem in document.inference.problems for fix in document.with_fixes(problem).fixes
    ]
    assert "Use the data's shape" in titles
    window.asks = False


def test_data_that_come_back_with_undo_leave_what_can_be_redone(
    qtbot: QtBot, window: MainWindow, tmp_path: Path
) -> None:
    models = window.workbench.models
    document = models.document
    qtbot.waitUntil(lambda: models.data.source is not None)
    window.workbench.files.open_example("resnet20")
    np.savez(tmp_path / "colors.npz", x=np.zeros((40, 3, 16, 16), np.uint8), y=np.arange(40) % 5)
    with qtbot.waitSignal(document.changed, timeout=PATIENCE):
        models.data.choose(str(tmp_path / "colors.npz"))
    document.edit("Move", lambda graph: move(graph, {graph.order[0]: (-400.0, 0.0)}))
    moved = document.project
    document.undo_stack.undo()
    with qtbot.waitSignal(models.data.arrived, timeout=PATIENCE):
        document.undo_stack.undo()
    assert document.undo_stack.canRedo()
    with qtbot.waitSignal(models.data.arrived, timeout=PATIENCE):
        document.undo_stack.redo()
        document.undo_stack.redo()
    assert document.project == moved
    window.asks = False


def test_a_new_design_begins_on_the_empty_canvas(window: MainWindow) -> None:
    click(page(window).buttons["new"])
    assert not window.workbench.center.shows_page
    assert not window.workbench.document.graph.blocks


def test_a_block_from_the_palette_brings_the_canvas(window: MainWindow) -> None:
    content(window.workbench, "blocks", Palette).chosen.emit("input")
    assert not window.workbench.center.shows_page
    assert len(window.workbench.document.graph.blocks) == 1
    window.workbench.document.undo_stack.undo()
    assert not window.workbench.center.shows_page  # an edit is no new start


def test_recent_files_are_listed_and_opened(window: MainWindow, tmp_path: Path, settings: Settings) -> None:
    path = tmp_path / "mine.json"
    save_project(path, ProjectFile(Project(GRAPH)))
    settings.add_recent_file(path)
    window.workbench.files.recent_changed.emit()
    button = page(window).recent[0]
    assert button.text() == "mine.json"
    click(button)
    assert window.workbench.document.path == path


def test_recent_files_show_their_designs_or_why_not(
    qtbot: QtBot, window: MainWindow, tmp_path: Path, settings: Settings
) -> None:
    design = open_design("lenet5").project
    paths = [tmp_path / name for name in ("damaged.cnn", "mine.json", "whole.cnn")]
    for path in paths[1:]:
        save_project(path, ProjectFile(design))
    paths[0].write_bytes(b"PK, but no more of a zip")
    for path in paths:
        settings.add_recent_file(path)
    gone = tmp_path / "gone.cnn"
    save_project(gone, ProjectFile(design))
    settings.add_recent_file(gone)
    window.workbench.files.recent_changed.emit()
    gone.unlink()
    conv = DARK.category("Convolution").name(), LIGHT.category("Convolution").name()
    shown = {button.text(): button for button in page(window).recent}
    for name in ("mine.json", "whole.cnn"):
        qtbot.waitUntil(partial(is_drawn, shown[name], conv))
    for name, reason in (("damaged.cnn", "is damaged"), ("gone.cnn", "can't be read")):
        assert reason in shown[name].toolTip()
        assert not icon_colors(shown[name]) & set(conv)
    before = {name: icon_colors(button) for name, button in shown.items()}
    window.workbench.themes.mode = "dark"
    qtbot.waitUntil(lambda: icon_colors(shown["whole.cnn"]) != before["whole.cnn"])


def is_drawn(button: QPushButton, colors: Iterable[str]) -> bool:
    return bool(icon_colors(button) & set(colors))


def icon_colors(button: QPushButton) -> set[str]:
    image = button.icon().pixmap(button.iconSize()).toImage()
    return {image.pixelColor(x, y).name() for x in range(image.width()) for y in range(image.height())}


def test_the_page_can_be_called_back(window: MainWindow) -> None:
    click(page(window).buttons["new"])
    window.workbench.actions["start"].trigger()
    assert window.workbench.center.shows_page


def color_count(picture: QPixmap) -> int:
    image = picture.toImage()
    return len({image.pixel(x, y) for x in range(image.width()) for y in range(image.height())})


def test_a_picture_shows_the_blocks_in_their_colours(qtbot: QtBot, themes: ThemeManager) -> None:
    shown = design_picture(open_design("lenet5").project.design, DARK, SIZE, 1.0).toImage()
    colors = {shown.pixelColor(x, y).name() for x in range(shown.width()) for y in range(shown.height())}
    assert DARK.category("Convolution").name() in colors
    assert color_count(design_picture(Graph(), DARK, SIZE, 2.0)) == 1
