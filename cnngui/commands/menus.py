"""What the menus and the tool bar hold, and when each entry can be used."""

from __future__ import annotations

from collections.abc import Callable
from typing import TYPE_CHECKING, Final

from PySide6.QtCore import QSize, Qt
from PySide6.QtWidgets import QMenu, QToolBar

from cnngui.commands.actions import SEPARATOR, Actions, Entry, Keys
from cnngui.commands.arrange import add_arranging, arranging_enabled, name_turning
from cnngui.commands.dialogs import show_about, show_shortcuts
from cnngui.commands.groups import add_grouping, grouping_enabled
from cnngui.commands.panel_cycle import focus_panel
from cnngui.models.run import State
from cnngui.theme.theme import ICON_SIZE
from core.layers import LAYERS
from core.templates import SNIPPETS, TEMPLATES

if TYPE_CHECKING:
    from cnngui.window.workbench import Workbench

_TOOLS: Final = (("train", "step", "stop"), ("undo", "redo"), ("fit", "data"))


def fill_menus(workbench: Workbench, actions: Actions) -> None:
    """Makes all menus. Keys that mean something else in a text field count on the canvas alone (`local`)."""
    bar, canvas, files = workbench.window.menuBar(), workbench.canvas, workbench.files
    stack, run, control = workbench.document.undo_stack, workbench.run, workbench.run_control
    file = bar.addMenu("&File")
    actions.add(
        file,
        Entry("new", "&New", files.new, Keys.New, "new", "Start an empty design"),
        Entry("open", "&Open…", files.open, Keys.Open, "open", "Open a design"),
    )
    _add_recent(file, workbench)
    examples = file.addMenu("&Examples")
    for template in TEMPLATES:
        action = examples.addAction(template.title)
        action.setStatusTip(template.help)
        action.triggered.connect(lambda *_, name=template.name: files.open_example(name))
    actions.add(
        file,
        SEPARATOR,
        Entry("save", "&Save", files.save, Keys.Save, "save", "Save the design and what it has learned"),
        Entry("save_as", "Save &As…", files.save_as, Keys.SaveAs),
        Entry("save_copy", "Save a Cop&y…", files.save_copy),
        SEPARATOR,
        Entry(
            "data", "Choose &Data…", workbench.choose_data, "Ctrl+Shift+O", "data", "Choose the training data"
        ),
        SEPARATOR,
        Entry("quit", "&Quit", workbench.window.close, Keys.Quit),
    )
    edit = bar.addMenu("&Edit")
    actions.add(
        edit,
        Entry("undo", "&Undo", stack.undo, Keys.Undo, "undo"),
        Entry("redo", "&Redo", stack.redo, Keys.Redo, "redo"),
        SEPARATOR,
        Entry("cut", "Cu&t", canvas.cut, Keys.Cut, "cut", local=True),
        Entry("copy", "&Copy", canvas.copy, Keys.Copy, "copy", local=True),
        Entry("paste", "&Paste", canvas.paste, Keys.Paste, "paste", local=True),
        Entry("duplicate", "D&uplicate", canvas.duplicate, "Ctrl+D", "duplicate"),
        Entry("delete", "&Delete", canvas.delete_selected, Keys.Delete, "delete", local=True),
        Entry("reconnect", "Delete and Reco&nnect", canvas.delete_and_reconnect, "Shift+Del", local=True),
        SEPARATOR,
        Entry("all", "Select &All", canvas.select_all, Keys.SelectAll, local=True),
        Entry("rename", "Rena&me", workbench.rename, "F2"),
        SEPARATOR,
    )
    add_grouping(edit, workbench, actions)
    actions.add(
        edit,
        SEPARATOR,
        Entry("find", "&Find Block…", canvas.search_bar.open, Keys.Find, "search"),
    )
    view = bar.addMenu("&View")
    actions.add(
        view,
        Entry("zoom_in", "Zoom &In", canvas.zoom_in, Keys.ZoomIn, "zoom_in"),
        Entry("zoom_out", "Zoom &Out", canvas.zoom_out, Keys.ZoomOut, "zoom_out"),
        Entry("zoom_reset", "&Actual Size", canvas.zoom_reset, "Ctrl+0"),
        Entry("fit", "&Fit", canvas.fit, "F", "fit", "Fit the design to the window", local=True),
        Entry("fit_selection", "Fit &Selection", canvas.fit_selection, "Shift+F", local=True),
    )
    _add_themes(view, workbench)
    _add_switch(view, workbench, "minimap", "&Minimap", canvas.minimap.turn)
    _add_switch(view, workbench, "costs", "&Parameters and Multiply-Adds", canvas.set_costs)
    _add_switch(view, workbench, "animations", "&Animations", canvas.set_animations)
    network = bar.addMenu("&Network")
    quick_add = canvas.quick_add.open_after_current
    actions.add(
        network,
        Entry("quick_add", "Add by &Typing…", quick_add, "Ins", hint="Type a block (Tab)", local=True),
        Entry("connect", "&Connect to…", canvas.connect_to.open_for_current, "Ctrl+K"),
    )
    _add_layers(network, workbench)
    snippets = network.addMenu("&Insert")
    for snippet in SNIPPETS:
        action = snippets.addAction(snippet.title)
        action.setStatusTip(snippet.help)
        action.triggered.connect(lambda *_, name=snippet.name: canvas.add_snippet(name))
    actions.add(
        network,
        Entry("frame", "Add &Frame", canvas.add_frame, "Ctrl+Shift+M", hint="Frame the blocks"),
        Entry("comment", "Add Co&mment", canvas.add_comment, "Ctrl+M", hint="Write a note on the canvas"),
    )
    add_arranging(network, workbench, actions)
    actions.add(network, Entry("problems", "Show &Problems", workbench.show_problems, "F8", "warning"))
    actions.add(
        bar.addMenu("&Train"),
        Entry("train", "&Train", control.toggle, "Space", "play", "Train, pause, or go on", local=True),
        Entry("step", "One &Step", run.step, "Shift+Space", "step", "One step of a paused run", local=True),
        Entry("stop", "St&op", run.stop, "Ctrl+.", "stop", "Stop, and keep what was learned"),
        SEPARATOR,
        Entry(
            "anew",
            "Start O&ver",
            control.start_over,
            "Ctrl+Shift+Return",
            hint="Train from the beginning, with untrained weights; Undo brings the run back",
        ),
        Entry("evaluate", "&Evaluate on Test Data", workbench.judging.evaluate, "Ctrl+E"),
    )
    docks = bar.addMenu("&Window")
    docks.addActions(list(workbench.docks.toggle_actions()))
    actions.add(
        docks,
        SEPARATOR,
        Entry("next_panel", "&Next Panel", lambda: focus_panel(workbench.window, 1), "F6"),
        Entry("previous_panel", "&Previous Panel", lambda: focus_panel(workbench.window, -1), "Shift+F6"),
    )
    actions.add(docks, SEPARATOR, Entry("layout", "&Reset Layout", workbench.docks.reset))
    actions.add(
        bar.addMenu("&Help"),
        Entry("start", "&Start Page", workbench.center.show_page),
        Entry("guide", "&First Steps", workbench.start_guide, hint="Build a first network, step by step"),
        SEPARATOR,
        Entry("help", "&Help on the Block", workbench.show_help, "F1", "help"),
        Entry("keys", "&Keyboard Shortcuts", lambda: show_shortcuts(workbench.window), "Ctrl+?"),
        Entry("about", "&About cnngui", lambda: show_about(workbench.window)),
    )


def make_toolbar(workbench: Workbench, actions: Actions) -> QToolBar:
    """The most used actions as buttons."""
    bar = QToolBar("Tools", workbench.window)
    bar.setObjectName("tools")
    bar.setMovable(False)
    bar.setIconSize(QSize(ICON_SIZE, ICON_SIZE))
    bar.setToolButtonStyle(Qt.ToolButtonStyle.ToolButtonTextBesideIcon)
    for group in _TOOLS:
        for name in group:
            bar.addAction(actions[name])
        bar.addSeparator()
    return bar


def update_actions(workbench: Workbench, actions: Actions) -> None:
    """Enables what makes sense now, and names it by what it would do."""
    state, stack = workbench.run.state, workbench.document.undo_stack
    idle, chosen = state is State.IDLE, bool(workbench.selection.ids)
    parts = bool(workbench.selection.parts)
    enabled = {
        "undo": stack.canUndo(),
        "redo": stack.canRedo(),
        "delete": parts or bool(workbench.canvas.selected_wires()),
        "rename": chosen or workbench.canvas.note is not None,
        "reconnect": chosen,
        "train": state not in (State.PREPARING, State.STOPPING),
        "step": state is State.PAUSED,
        "stop": state in (State.PREPARING, State.RUNNING, State.PAUSED),
        "anew": idle,
        "evaluate": idle and workbench.judging.can_evaluate,
    }
    enabled |= dict.fromkeys(("cut", "copy", "duplicate", "fit_selection"), parts)
    enabled |= arranging_enabled(workbench)
    enabled |= grouping_enabled(workbench)
    for name, value in enabled.items():
        actions[name].setEnabled(value)
    actions.relabel("undo", "Undo", detail=stack.undoText())
    actions.relabel("redo", "Redo", detail=stack.redoText())
    name_turning(workbench, actions)
    words = {State.RUNNING: "Pause", State.PAUSED: "Continue", State.STOPPING: "Stopping"}
    verb = words.get(state, "Continue" if workbench.run_control.resumes else "Train")
    actions.relabel("train", verb, icon="pause" if state is State.RUNNING else "play")


def _add_recent(file: QMenu, workbench: Workbench) -> None:
    menu = file.addMenu("Open &Recent")

    def fill() -> None:
        menu.clear()
        for path in workbench.settings.recent_files:
            action = menu.addAction(path.name)
            action.setStatusTip(str(path))
            action.triggered.connect(lambda *_, path=path: workbench.files.open_path(path))
        if menu.isEmpty():
            menu.addAction("No recent files").setEnabled(False)
        else:
            menu.addSeparator()
            menu.addAction("Clear").triggered.connect(workbench.settings.clear_recent_files)

    menu.aboutToShow.connect(fill)


def _add_themes(view: QMenu, workbench: Workbench) -> None:
    menu = view.addMenu("&Theme")

    def fill() -> None:
        menu.clear()
        for mode, text in (("system", "As the &System"), ("light", "&Light"), ("dark", "&Dark")):
            action = menu.addAction(text)
            action.setCheckable(True)
            action.setChecked(workbench.themes.mode == mode)
            action.triggered.connect(lambda *_, mode=mode: setattr(workbench.themes, "mode", mode))

    menu.aboutToShow.connect(fill)


def _add_switch(
    menu: QMenu, workbench: Workbench, name: str, text: str, turn: Callable[[bool], object]
) -> None:
    """Adds what is on or off, and stays so until the next start and beyond."""
    action = menu.addAction(text)
    action.setCheckable(True)
    action.setChecked(workbench.settings.switch(name, default=True))
    turn(action.isChecked())
    action.toggled.connect(lambda on: workbench.settings.set_switch(name, on=on))
    action.toggled.connect(turn)


def _add_layers(network: QMenu, workbench: Workbench) -> None:
    add = network.addMenu("&Add")
    groups: dict[str, QMenu] = {}
    for layer in LAYERS:
        if layer.group not in groups:
            groups[layer.group] = add.addMenu(layer.group)
        action = groups[layer.group].addAction(layer.title)
        action.triggered.connect(lambda *_, kind=layer.kind: workbench.canvas.add(kind))
