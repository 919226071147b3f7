"""The table of commands: every entry is sound, wherever it comes from, and can be tried at any time."""

from __future__ import annotations

import re
from collections import Counter, defaultdict
from collections.abc import Iterator

import pytest
from PySide6.QtCore import QEvent, QPointF
from PySide6.QtGui import QKeySequence
from PySide6.QtWidgets import QApplication, QDialog
from pytestqt.qtbot import QtBot

from cnngui import assets
from cnngui.canvas.view.view import Canvas
from cnngui.commands.bench import Bench
from cnngui.commands.command import Command, MenuPlace, Surface, plain
from cnngui.commands.menus import selected
from cnngui.commands.palette import CommandPalette
from cnngui.commands.shortcuts import shortcuts
from cnngui.commands.table import Table, declared
from cnngui.compute.thread import ComputeThread
from cnngui.models.document import Document
from cnngui.models.models import make_models
from cnngui.models.selection import Selection
from cnngui.models.settings import Settings
from cnngui.theme.theme import ThemeManager
from cnngui.window.main_window import MainWindow
from core.design import groups, notes
from core.design.graph import Graph
from tests.cnngui.benches import Noted, bench_of
from tests.cnngui.canvas.conftest import chain
from tests.cnngui.commands.test_menu_bar import entry
from tests.paths import ROOT
from tests.test_documentation import blocks

SMALL_WORDS = {"a", "as", "by", "for", "in", "into", "of", "on", "or", "the", "to", "and", "cnngui"}


@pytest.fixture
def bench(qtbot: QtBot, thread: ComputeThread, settings: Settings, themes: ThemeManager) -> Iterator[Bench]:
    canvas = Canvas(Document(), Selection(), themes)
    qtbot.addWidget(canvas)
    canvas.resize(800, 600)
    canvas.show()
    canvas.following.set_animations(False)
    models = make_models(canvas.document, thread, canvas)
    yield bench_of(canvas, models, settings, themes, Noted())
    models.run.stop()


@pytest.fixture
def table(qapp: QApplication) -> Table:
    return declared()


def full() -> Graph:
    """A design with everything that can be selected, and a problem."""
    graph = groups.group(chain("input", "conv2d", "relu", "dense"), ["conv2d_1", "relu_1"], "Stage")
    graph, _ = notes.add_frame(graph, (-400.0, -400.0), (80.0, 80.0), "Frame")
    graph, _ = notes.add_comment(graph, (-400.0, 400.0), "Comment")
    return graph


def test_no_key_stands_twice(table: Table) -> None:
    keys = Counter(key.toString() for command in table.commands.values() for key in command.sequences)
    assert [key for key, count in keys.items() if count > 1] == []
    assert not any(QKeySequence(key).isEmpty() for key in keys)


def test_a_text_holds_no_key_and_is_written_as_a_title(table: Table, bench: Bench) -> None:
    for command in table.commands.values():
        for text in (command.text, command.now(bench).text, command.title):
            assert text == text.strip() and not re.search(r"[\t(]|\.\.\.|\.$", text), command.id
            words = re.findall(r"[\w']+", plain(text))
            lower = [word for word in words if word[0].islower() and word not in SMALL_WORDS]
            assert not lower or "." in command.id, text  # what has its name from elsewhere


def test_hints_and_reasons_say_something(table: Table, bench: Bench) -> None:
    for command in table.commands.values():
        assert command.hint[:1] == command.hint[:1].upper(), command.id
        assert plain(command.text).lower().rstrip("…") != command.hint.lower(), command.id
        reason = command.refusal(bench)
        assert reason is None or re.fullmatch(r"[A-Z].*\.", reason), command.id


def test_every_icon_exists(table: Table, bench: Bench, themes: ThemeManager) -> None:
    for command in table.commands.values():
        if callable(command.icon):
            assert not command.icon(themes.current).isNull(), command.id
        for name in (command.icon, command.now(bench).icon):
            if name and isinstance(name, str):
                assert assets.path(f"icons/{name}.svg").is_file(), command.id


def test_every_command_stands_in_the_menu_bar_once(table: Table) -> None:
    for command in table.commands.values():
        menus = [place for place in command.where if place.surface.is_menu]
        assert len(menus) == 1, command.id
        assert command.home == menus[0]


def test_a_letter_is_marked_once_in_a_menu(table: Table, bench: Bench) -> None:
    for graph, chosen in ((Graph(), ()), (full(), ("group_1",)), (full(), ("frame_1",))):
        bench.document.open(graph)
        bench.canvas.editor.select(chosen)
        for surface in Surface:
            if surface.is_menu:
                for menu, texts in lines(table, surface, bench).items():
                    letters = Counter(
                        mark[1].lower() for text in texts if (mark := re.search(r"&(\w)", text))
                    )
                    assert [letter for letter, count in letters.items() if count > 1] == [], menu


def lines(table: Table, surface: Surface, bench: Bench) -> dict[tuple[str, ...], set[str]]:
    """The texts in a menu and in each of its submenus, by the way there."""
    found: dict[tuple[str, ...], set[str]] = defaultdict(set)
    for place, command in table.at(surface, bench):
        way = (*(title for title, _ in place.path), command.now(bench).text)
        for depth, text in enumerate(way):
            found[way[:depth]].add(text)
    return found


SELECTIONS: dict[str, tuple[str, ...]] = {
    "nothing": (),
    "a block": ("dense_1",),
    "all": ("input_1", "conv2d_1", "relu_1", "dense_1"),
    "a group": ("group_1",),
    "a frame": ("frame_1",),
    "a comment": ("comment_1",),
}


@pytest.mark.parametrize("chosen", SELECTIONS.values(), ids=SELECTIONS.keys())
@pytest.mark.parametrize("graph", [Graph(), full()], ids=["empty", "full"])
def test_every_command_runs_or_says_why_not(bench: Bench, graph: Graph, chosen: tuple[str, ...]) -> None:
    bench.document.open(graph)
    chosen = tuple(part for part in chosen if part in graph.ids)
    bench.canvas.editor.select(chosen, ())
    commands = declared().all(bench)
    assert len(commands) > len(declared().commands)
    for command in commands:
        bench.document.open(graph)
        bench.canvas.editor.select(chosen, ())
        assert command.name(bench)
        if command.enabled(bench):
            if command.preview is not None:
                command.preview(bench, True)
                command.preview(bench, False)
            command.run(bench)
            if command.at is not None:
                command.at(bench, QPointF(0, 0))
        if command.checked is not None:
            assert command.checked(bench) in (True, False)
        close_what_opened(bench.canvas)


def close_what_opened(canvas: Canvas) -> None:
    for opened in (*canvas.findChildren(QDialog), *canvas.findChildren(CommandPalette)):
        opened.hide()
        opened.deleteLater()
    canvas.note_editor.hide()
    QApplication.sendPostedEvents(None, QEvent.Type.DeferredDelete)


def test_what_is_selected_decides_on_the_context_menu(bench: Bench) -> None:
    graph = full()
    bench.document.open(graph)
    wire = graph.wires[0]
    for parts, wires, surface in (
        (("relu_1",), (), Surface.BLOCKS),
        (("frame_1",), (), Surface.NOTES),
        ((), (wire,), Surface.WIRES),
        ((), (), Surface.PLANE),
    ):
        bench.canvas.editor.select(parts, wires)
        assert selected(bench) is surface


def test_a_name_is_taken_once(table: Table) -> None:
    known = next(iter(table.commands.values()))
    with pytest.raises(ValueError, match="two commands"):
        table.add(known)


def test_the_example_of_a_command_is_a_command(
    table: Table, bench: Bench, monkeypatch: pytest.MonkeyPatch
) -> None:
    before = dict(table.commands)
    monkeypatch.setattr(table, "commands", dict(before))
    _, example = blocks(ROOT / "CONTRIBUTING.md", "python")
    exec(example, {})
    (command,) = (command for command in table.commands.values() if command.id not in before)
    test_no_key_stands_twice(table)
    test_a_letter_is_marked_once_in_a_menu(table, bench)
    bench.document.open(Graph())
    assert not command.enabled(bench)
    bench.document.open(full())
    assert command.enabled(bench)
    command.run(bench)


def test_a_new_command_is_one_declaration(
    qtbot: QtBot, settings: Settings, themes: ThemeManager, monkeypatch: pytest.MonkeyPatch, table: Table
) -> None:
    done: list[Bench] = []
    dummy = Command(
        id="dummy",
        text="Turn the World &Upside Down…",
        run=done.append,
        where=(MenuPlace(Surface.VIEW, 9), MenuPlace(Surface.PLANE, 9)),
        keys=("Ctrl+Alt+U",),
    )
    monkeypatch.setitem(table.commands, dummy.id, dummy)
    window = MainWindow(settings, themes)
    qtbot.addWidget(window, before_close_func=MainWindow.close_without_asking)
    bench = window.workbench.bench
    entry(window, "View", "Turn the World Upside Down…").trigger()
    assert done == [bench]
    assert any(command is dummy for _, command in table.at(Surface.PLANE, bench))
    assert ("View", "Turn the World Upside Down", "Ctrl+Alt+U") in [
        (group, what, how) for group, rows in shortcuts(table.commands.values()) for what, how in rows
    ]
    window.workbench.actions["palette"].trigger()
    palette = window.findChild(CommandPalette)
    assert palette is not None
    assert palette.found("upside")[0].command is dummy
    palette.dismiss()
