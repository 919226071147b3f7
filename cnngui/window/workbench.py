"""What is in the main window: owns the models, and connects them with the frame. It knows no panel."""

from __future__ import annotations

from typing import Final

from PySide6.QtCore import QObject, QPoint, QPointF, QTimer
from PySide6.QtWidgets import QWidget

from cnngui.canvas.view.marking import Marking
from cnngui.canvas.view.view import Canvas
from cnngui.commands.actions import Actions
from cnngui.commands.bench import Bench
from cnngui.commands.demo import play_demo, select_first_image_block
from cnngui.commands.menus import canvas_menu, fill_menus, make_toolbar
from cnngui.compute.thread import ComputeThread
from cnngui.models import demo
from cnngui.models.document import Document
from cnngui.models.models import make_models
from cnngui.models.run import State
from cnngui.models.run_control import NEW_RUN, RunControl
from cnngui.models.selection import Selection
from cnngui.models.settings import Settings
from cnngui.panels.panel import PANELS
from cnngui.theme.theme import ThemeManager
from cnngui.window.comparison_bar import ComparisonBar
from cnngui.window.compilation_status import CompilationStatus
from cnngui.window.cut_off_bar import CutOffBar, OtherDataBar
from cnngui.window.files import Files
from cnngui.window.frame import Frame
from cnngui.window.run_choice import RunChoice
from cnngui.window.run_state import RunState
from cnngui.window.safety.file_bar import FileBar
from cnngui.window.safety.left_behind import LeftBehind
from cnngui.window.safety.recovery_bar import RecoveryBar
from cnngui.window.saving_status import SavingStatus
from cnngui.window.views import WindowViews
from core.formats.project import SUFFIX
from core.project import DataChoice, Project

_MESSAGE_MS: Final = 8000


class Workbench(QObject):
    """Fills a window. The data are loaded a moment later (`load_plots`)."""

    def __init__(self, window: Frame, settings: Settings, themes: ThemeManager) -> None:
        super().__init__(window)
        self.window = window
        self.settings = settings
        self.themes = themes
        self.document = Document(self, Project(data=DataChoice(demo.DATA)))
        self.selection = Selection(self)
        self.compute = ComputeThread(self)
        self.models = make_models(self.document, self.compute, self)
        self.data, self.run = self.models.data, self.models.run
        self.looking, self.judging = self.models.looking, self.models.judging
        self.files = Files(self.document, self.run, settings, window)
        self.run_control = RunControl(self.document, self.data, self.run, self)
        self.canvas = Canvas(self.document, self.selection, themes)
        self.center = window.center
        self.center.add_canvas(self.canvas, self.document)
        self.comparison = ComparisonBar(self.models.comparing, themes)
        self.center.add_notice(self.comparison)
        Marking(self.models, self.canvas.drawing)
        self.views = WindowViews(window, settings)
        self.bench = Bench(
            settings=settings,
            themes=themes,
            models=self.models,
            selection=self.selection,
            run_control=self.run_control,
            canvas=self.canvas,
            files=self.files,
            views=self.views,
            say=self._show_message,
        )
        self._loaded = False
        self._run_state = RunState(self.run)
        self.compilation = CompilationStatus(self.run, self.themes)
        for widget in (self.compilation, SavingStatus(self.files.saving, themes), self._run_state):
            window.statusBar().addPermanentWidget(widget)
        self.actions = Actions(self.bench, window)
        self.actions.add_design(self.canvas)
        self.views.made.connect(self._give_keys)
        self.views.begin(self.bench)
        fill_menus(window.menuBar(), self.actions)
        self.toolbar = make_toolbar(window, self.actions)
        window.set_tools(self.toolbar)
        window.fit_tabs()
        self.run_choice = RunChoice(self.run_control, themes, window)
        window.fault_notice.offer_copy(self.files.save_copy)
        self.recovery_bar = RecoveryBar(self.files.recovery, themes)
        self.file_bar = FileBar(self.files.open_file, self.files, themes)
        self.cut_off_bar, self.other_data_bar = CutOffBar(self.bench), OtherDataBar(self.bench)
        for bar in (self.recovery_bar, self.file_bar, self.cut_off_bar, self.other_data_bar):
            self.center.add_notice(bar)
        self.left_behind = LeftBehind(self.files, self._show_message, self)
        self._connect()
        self._update()
        QTimer.singleShot(0, self.load_plots)

    def load_plots(self) -> None:
        """Makes what draws the pictures on blocks, and begins to load the data."""
        if self._loaded:
            return
        self._loaded = True
        from cnngui.canvas.view.thumbnails import Thumbnails  # noqa: PLC0415  # after the first paint

        self._thumbnails = Thumbnails(self.models, self.canvas.set_thumbnails)
        self.data.follow()
        self.left_behind.look(self.settings.used_folders)
        self.cut_off_bar.look()
        QTimer.singleShot(0, self.canvas.fit)

    def start_demo(self) -> None:
        """Opens the demo and begins to train it; until more is done, such a window closes without asking."""
        self.load_plots()
        play_demo(self.bench)
        self.window.asks = False

    def select_first_image_block(self) -> None:
        """Selects the first block with several feature maps, so that there is something to see."""
        select_first_image_block(self.bench)

    def may_close(self) -> bool:
        """Whether the window may go now; asks about unsaved work first.

        Where a file has to be written before, or a run to end, the window closes by itself after that.
        """
        sure, later = False, False

        def go() -> None:
            nonlocal sure
            sure = True
            if later:
                self.window.asks = False
                self.window.close()

        (self.files.when_sure if self.window.asks else self.files.saving.when_idle)(go)
        later = True
        saved = self.files.saving.busy
        if not sure and saved is not None:
            self._show_message(f"The window closes when {saved.name} is saved.")
        return sure

    def shut_down(self) -> None:
        """Ends what goes on in other threads."""
        self.left_behind.shut_down()
        self.models.kept_runs.shut_down()
        self.files.shut_down()
        self.compute.shut_down()

    def _ask_again(self) -> None:
        self.window.asks = True

    # -- following the models --------------------------------------------------------------------------------

    def _connect(self) -> None:
        self.canvas.wanted.connect(self.center.show_canvas)
        self.canvas.escaped.connect(self.models.comparing.stop)
        self.canvas.menu_wanted.connect(self._show_canvas_menu)
        for source in (self.canvas.editor, self.files, self.run_control):
            source.message.connect(self._show_message)
        self.files.opened.connect(self._show_opened)
        for own_work in (self.files.opened, self.document.undo_stack.indexChanged):
            own_work.connect(self._ask_again)
        for model in (self.looking, self.judging):
            model.failed.connect(self.run_control.show_failure)
        self.run_control.choice_wanted.connect(self._ask_how_to_train)
        # What a message says holds for the project as it is: of what can be undone, for example.
        for other in (self.run_control.began, self.document.changed, self.document.plan_changed):
            other.connect(self.window.statusBar().clearMessage)
        self.run.state_changed.connect(self._forget_beginning)
        for changed in (
            self.document.changed,
            self.document.saved_state_changed,
            self.files.saving.changed,
            self.run.state_changed,
            self.run.curves_changed,
            self.run.ended,
        ):
            changed.connect(self._update)
        self.views.changed.connect(self._run_state.refresh)
        self.files.saving.runs.joined.connect(self.models.kept_runs.refresh)
        for known in (self.run.recorded, self.files.saving.saved):
            known.connect(self._note_home)
        self.files.saving.runs.failed.connect(lambda problem: self._show_message(str(problem)))

    def _note_home(self, _: object) -> None:
        if self.document.path is not None and self.document.path.suffix == SUFFIX:
            self.models.kept_runs.note_file(self.files.saving.runs.ids, self.document.path)

    def _update(self) -> None:
        saving = self.files.saving
        name = self.document.path.name if self.document.path else "Untitled"
        self.window.setWindowTitle(f"{name}[*]")
        self.window.setWindowModified(saving.unsaved or saving.busy is not None)

    def _show_canvas_menu(self, point: QPointF, place: QPoint) -> None:
        canvas_menu(self.actions, point).popup(place)

    def _give_keys(self, panel: str, content: QWidget) -> None:
        if PANELS[panel].panel.shows_design:
            self.actions.add_design(content)

    def _ask_how_to_train(self, held: bool, asker: object) -> None:
        """At the button that was used; keys belong to the one in the tool bar."""
        used = asker if isinstance(asker, QWidget) else self.toolbar.widgetForAction(self.actions["train"])
        self.run_choice.ask(used, held=held)

    def _show_message(self, text: str) -> None:
        self.window.statusBar().showMessage(text, _MESSAGE_MS)

    def _forget_beginning(self) -> None:
        """That a run begins is no news once it is held, or over."""
        bar = self.window.statusBar()
        if self.run.state in (State.PAUSED, State.IDLE) and bar.currentMessage() == NEW_RUN:
            bar.clearMessage()

    def _show_opened(self) -> None:
        self.selection.set([])
        self.canvas.search_bar.line.clear()  # what was looked for was in the design before
        if not self.canvas.search_bar.isHidden():
            self.canvas.search_bar.dismiss()
        self.center.show_canvas()
        self.window.statusBar().clearMessage()  # it spoke of what was open before
        self.views.begin_anew()
        self._update()
        QTimer.singleShot(0, self.canvas.fit)
