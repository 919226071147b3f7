"""What is in the main window: owns the models and the panels, and connects them."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

from PySide6.QtCore import QObject, QPoint, QPointF, QTimer
from PySide6.QtWidgets import QLabel

from cnngui.canvas.view.view import Canvas
from cnngui.commands.actions import Actions
from cnngui.commands.bench import Bench
from cnngui.commands.menus import canvas_menu, fill_menus, make_toolbar
from cnngui.compute.thread import ComputeThread
from cnngui.models.designs import open_design
from cnngui.models.document import Document
from cnngui.models.models import make_models
from cnngui.models.run import State
from cnngui.models.run_control import RunControl
from cnngui.models.selection import Selection
from cnngui.models.settings import Settings
from cnngui.panels.design.help import HelpPanel
from cnngui.panels.design.outline import OutlinePanel
from cnngui.panels.design.palette import Palette
from cnngui.panels.design.problems import ProblemsPanel
from cnngui.panels.design.properties import PropertiesPanel
from cnngui.theme.formatting import duration_text, measure_text
from cnngui.theme.theme import ThemeManager
from cnngui.window import demo
from cnngui.window.compilation_status import CompilationStatus
from cnngui.window.files import Files
from cnngui.window.run_choice import RunChoice
from cnngui.window.saving_status import SavingStatus
from cnngui.window.views import WindowViews
from core.formats.project import ProjectFile
from core.project import DataChoice, Project

if TYPE_CHECKING:
    from cnngui.window.main_window import MainWindow

_MESSAGE_MS: Final = 8000


class Workbench(QObject):
    """Fills a window. The panels that need pyqtgraph come a moment later (`load_plots`)."""

    def __init__(self, window: MainWindow, settings: Settings, themes: ThemeManager) -> None:
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
        self.docks = window.docks
        self.asking = True
        """Whether unsaved work is asked about before the window closes; the demo's own training is none."""
        self._plots_loaded = False
        self.center = window.center
        self.center.add_canvas(self.canvas, self.document)
        self.palette_panel = Palette(themes)
        self.properties = PropertiesPanel(self.document, self.selection, themes)
        self.problems = ProblemsPanel(self.document, self.selection, themes)
        self.outline = OutlinePanel(self.canvas, themes)
        self.help = HelpPanel(self.document, self.selection, themes)
        for name, panel in (
            ("blocks", self.palette_panel),
            ("properties", self.properties),
            ("problems", self.problems),
            ("help", self.help),
            ("outline", self.outline),
        ):
            self.docks.fill(name, panel)
        self.views = WindowViews(
            window,
            self.docks,
            self.center,
            configure=self.configure,
            rename=self.rename,
            start_guide=self.start_guide,
            choose_data=self.choose_data,
        )
        self.bench = Bench(
            settings=settings,
            themes=themes,
            document=self.document,
            selection=self.selection,
            data=self.data,
            run=self.run,
            looking=self.looking,
            judging=self.judging,
            run_control=self.run_control,
            canvas=self.canvas,
            files=self.files,
            views=self.views,
            say=self._show_message,
        )
        self.actions_ = Actions(self.bench, window, (self.canvas, self.outline))
        fill_menus(window.menuBar(), self.actions_)
        self.toolbar = make_toolbar(window, self.actions_)
        window.addToolBar(self.toolbar)
        self.run_choice = RunChoice(self.run_control, themes, window)
        self._run_text = QLabel()
        self.compilation = CompilationStatus(self.run, self.themes)
        for widget in (self.compilation, SavingStatus(self.files.saving), self._run_text):
            self.window.statusBar().addPermanentWidget(widget)
        window.fault_notice.offer_copy(self.files.save_copy)
        self._connect()
        self._update()
        QTimer.singleShot(0, self.load_plots)

    def load_plots(self) -> None:
        """Makes the panels that need pyqtgraph, and begins to load the data."""
        if self._plots_loaded:
            return
        self._plots_loaded = True
        from cnngui.canvas.view.thumbnails import Thumbnails  # noqa: PLC0415  # after the first paint
        from cnngui.panels.costs.analysis import AnalysisPanel  # noqa: PLC0415
        from cnngui.panels.studio.curves import CurvesPanel  # noqa: PLC0415
        from cnngui.panels.studio.feature_maps import FeatureMapsPanel  # noqa: PLC0415
        from cnngui.panels.studio.receptive_field import ReceptiveFieldPanel  # noqa: PLC0415
        from cnngui.panels.studio.training import TrainingPanel  # noqa: PLC0415

        self.training_panel = TrainingPanel(self.models, self.run_control, self.themes)
        self.curves = CurvesPanel(self.run, self.themes)
        shared = self.models, self.selection, self.themes
        self.maps = FeatureMapsPanel(*shared)
        self.analysis = AnalysisPanel(*shared)
        self.analysis.message.connect(self._show_message)
        self.receptive_field = ReceptiveFieldPanel(*shared)
        self.docks.fill("training", self.training_panel)
        self.docks.fill("curves", self.curves)
        self.docks.fill("maps", self.maps)
        self.docks.fill("analysis", self.analysis)
        self.docks.fill("field", self.receptive_field)
        self._add_start_page()
        QTimer.singleShot(0, self._settle)  # Qt has to know first how large the panels would like to be
        self._thumbnails = Thumbnails(self.models, self.canvas.set_thumbnails)
        self.data.follow()

    def _settle(self) -> None:
        self.window.restore_docks()
        QTimer.singleShot(0, self.canvas.fit)

    # -- what the menus do -----------------------------------------------------------------------------------

    def start_demo(self) -> None:
        """Opens the demo and begins to train it; until more is done, such a window closes without asking."""
        self.load_plots()
        self._play_demo()
        self.asking = False

    def start_guide(self) -> None:
        """Begins the guided first design, with an empty canvas."""
        if self.document.graph.blocks:
            self.files.new(self._show_guide)
        else:
            self._show_guide()

    def _show_guide(self) -> None:
        from cnngui.panels.teaching.guide import Guide  # noqa: PLC0415  # only where it is wanted

        guide = Guide(self.document, self.run, self.themes)
        guide.closed.connect(self.center.close_guide)
        self.center.show_guide(guide)
        self.center.show_canvas()

    def _play_demo(self) -> None:
        design = open_design(demo.DESIGN).project.design
        self.files.show_project(ProjectFile(Project(design, demo.PLAN, DataChoice(demo.DATA))), None)
        self.select_first_image_block()
        self.run_control.start()

    def select_first_image_block(self) -> None:
        """Selects the first block with several feature maps, so that there is something to see."""
        shapes = self.document.inference.shapes
        rich = [b for b in self.document.graph.order if len(shapes.get(b, ())) == 3 and shapes[b][0] > 1]
        self.selection.set(rich[:1])

    def choose_data(self) -> None:
        """Asks for the training data."""
        from cnngui.panels.data.data import DataDialog  # noqa: PLC0415  # only where it is wanted

        DataDialog(self.models, self.themes, self.window).open()

    def show_problems(self) -> None:
        self.docks.bring_forward("problems")

    def configure(self) -> None:
        """Puts the cursor into the first setting of the selected block."""
        self.docks.bring_forward("properties")
        self.properties.focus_settings()

    def rename(self) -> None:
        """Puts the cursor into the name of the selected block, or edits the selected frame or comment."""
        if self.canvas.editor.notes.chosen is not None:
            self.canvas.editor.notes.edit()
            return
        self.docks.bring_forward("properties")
        self.properties.focus_name()

    def may_close(self) -> bool:
        """Whether the window may go now; asks about unsaved work first.

        Where a file has to be written before, or a run to end, the window closes by itself after that.
        """
        sure, later = False, False

        def go() -> None:
            nonlocal sure
            sure = True
            if later:
                self.window.close_without_asking()

        (self.files.when_sure if self.asking else self.files.saving.when_idle)(go)
        later = True
        if sure:
            self.views.put_back()  # the layout that is remembered is the whole one
        return sure

    def shut_down(self) -> None:
        """Ends what goes on in other threads."""
        self.files.saving.shut_down()
        self.compute.shut_down()

    def _ask_again(self) -> None:
        self.asking = True

    def _add_start_page(self) -> None:
        from cnngui.panels.start.start_page import StartPage  # noqa: PLC0415  # after the first paint

        page = StartPage(self.settings, self.themes)
        page.new_wanted.connect(self._begin_empty)
        page.guide_wanted.connect(self.start_guide)
        page.open_wanted.connect(self.files.open)
        page.demo_wanted.connect(self._play_demo_when_sure)
        page.example_wanted.connect(self.files.open_example)
        page.recent_wanted.connect(self.files.open_path)
        self.files.recent_changed.connect(page.show_recent)
        self.center.add_page(page)

    def _begin_empty(self) -> None:
        if self.document.graph.blocks:
            self.files.new()
        self.center.show_canvas()

    def _play_demo_when_sure(self) -> None:
        self.files.when_sure(self._play_demo)

    # -- following the models --------------------------------------------------------------------------------

    def _connect(self) -> None:
        self.palette_panel.chosen.connect(self.canvas.editor.blocks.add)
        self.palette_panel.snippet_chosen.connect(self.canvas.editor.snippets.add)
        for panel in (self.problems, self.properties):
            panel.fix_previewed.connect(self.canvas.following.preview)
        self.canvas.activated.connect(lambda _: self.docks.bring_forward("properties"))
        self.canvas.wanted.connect(self.center.show_canvas)
        self.canvas.menu_wanted.connect(self._show_canvas_menu)
        self.outline.configured.connect(self.configure)
        for source in (self.canvas.editor, self.files, self.run_control):
            source.message.connect(self._show_message)
        self.files.opened.connect(self._show_opened)
        for own_work in (self.files.opened, self.document.undo_stack.indexChanged):
            own_work.connect(self._ask_again)
        self.problems.count_changed.connect(self._show_count)
        for model in (self.looking, self.judging):
            model.failed.connect(self.run_control.show_failure)
        self.run_control.refused.connect(self.show_problems)
        self.run_control.data_needed.connect(self.choose_data)
        self.run_control.choice_wanted.connect(self._ask_how_to_train)
        self.run_control.began.connect(self._show_run)
        for changed in (
            self.document.changed,
            self.document.saved_state_changed,
            self.files.saving.changed,
            self.run.state_changed,
            self.run.ended,
        ):
            changed.connect(self._update)
        self.run.curves_changed.connect(self._update_run_text)

    def _update(self) -> None:
        saving = self.files.saving
        name = self.document.path.name if self.document.path else "Untitled"
        self.window.setWindowTitle(f"{name}[*]")
        self.window.setWindowModified(saving.unsaved or saving.busy is not None)
        self._update_run_text()

    def _update_run_text(self) -> None:
        step, state, finished = self.run.last_step, self.run.state, self.run.finished
        text = {State.PREPARING: "Preparing the network…", State.STOPPING: "Stopping…"}.get(state, "")
        if finished is not None and state is State.IDLE:
            text = f"{finished.reason} after {finished.step:,} steps in {duration_text(finished.seconds)}"
        elif step is not None and not text:
            loss = measure_text(step.result.loss)
            text = f"epoch {step.epoch}  batch {step.batch}/{step.batches}  loss {loss}"
        self._run_text.setText(text)

    def _show_canvas_menu(self, point: QPointF, place: QPoint) -> None:
        canvas_menu(self.actions_, point).popup(place)

    def _show_message(self, text: str) -> None:
        self.window.statusBar().showMessage(text, _MESSAGE_MS)

    def _show_run(self) -> None:
        self.window.statusBar().clearMessage()
        self.docks.bring_forward("curves")

    def _ask_how_to_train(self, held: bool) -> None:
        """At the button that was used; the keys of the canvas belong to the one in the tool bar."""
        buttons = [self.toolbar.widgetForAction(self.actions_["train"])]
        if self._plots_loaded:
            buttons = [self.training_panel.train, self.training_panel.step, *buttons]
        shown = [button for button in buttons if button.isVisible()]
        used = [button for button in shown if button.hasFocus() or button.underMouse()]
        self.run_choice.ask(next(iter((*used, *shown[-1:])), None), held=held)

    def _show_count(self, count: int) -> None:
        self.docks.set_title("problems", f"Problems ({count})" if count else "Problems")

    def _show_opened(self) -> None:
        self.selection.set([])
        self.center.show_canvas()
        self._update()
        QTimer.singleShot(0, self.canvas.fit)
