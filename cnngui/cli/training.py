"""A training run in the terminal, from its beginning to its end: reported, recorded, and kept."""

from __future__ import annotations

from dataclasses import dataclass, replace
from pathlib import Path
from typing import Final

from cnngui.cli.interruption import Interruption
from cnngui.cli.keeping import Keeper
from cnngui.cli.recording import recording_of
from cnngui.cli.status import ElsewhereError
from cnngui.cli.streams import say
from cnngui.cli.telling import Telling
from core.engine.machine.compilers import CompilationCancelledError
from core.errors import DivergedError
from core.formats.data_folder import runs_folder
from core.formats.project import ProjectFile
from core.formats.runs.copies import copies_of
from core.formats.runs.recording import Origin
from core.project import Project
from core.schema.written import counted_text
from core.training.divergence import WAYS
from core.training.events import Event, Finished
from core.training.session import Session

MOST_TRIES: Final = 3
"""A run goes back so many times after divergences: a thousandth of the rate should do."""
_AT_ONCE: Final = "interrupted; the run ends after its current step. Ctrl+C once more ends it at once."
_SAVED: Final = "interrupted; the run ends after its current step and is saved."
_STILL: Final = "the run is saved as soon as its current step is over. Ctrl+C once more ends it unsaved."
_UNHEARD_ENDS: Final = "The run ends after its current step and is saved."
_UNHEARD_GOES_ON: Final = "The training goes on and is saved."
_SAVING: Final = "the network is being saved. Ctrl+C once more ends this at once."


@dataclass(frozen=True, eq=False)
class Told:
    """Who takes the events of a run: the reader, the record of what `origin` is, and the file, if any."""

    telling: Telling
    origin: Origin
    keeper: Keeper | None = None
    before: ProjectFile | None = None
    """What was opened: its other runs go on into the file."""


class Training:
    """Runs a session; whatever ends it, what was learned is kept where there is a keeper."""

    def __init__(
        self,
        session: Session,
        project: Project,
        told: Told,
        interruption: Interruption,
        on_divergence: str = "stop",
    ) -> None:
        self._session, self._project = session, project
        self._telling, self._origin, self._keeper = told.telling, told.origin, told.keeper
        self._before = told.before or ProjectFile(project)
        self._interruption = interruption
        self._change = WAYS.get(on_divergence)
        self._begin = session.step

    def run(self) -> Finished:
        """Runs to the end, or until it is interrupted or nobody hears of it, and saves.

        Raises what the session raises, and ElsewhereError where the result isn't in its file.
        """
        self._interruption.answer = _SAVED if self._keeper else _AT_ONCE
        if self._keeper:
            self._interruption.again, self._interruption.last = _STILL, 3
        try:
            with self._telling:
                finished = self._tried()
        except Exception:
            self._keep_what_was_learned()
            raise
        if self._keeper is not None:
            self._interruption.answer = self._interruption.again = _SAVING
            if self._session.step:
                self._keeper.save(self.file())
            else:  # a file that is there already may hold more
                say(f"nothing was learned yet; {self._keeper.path} isn't written.")
        self._interruption.last = 2
        return finished

    def file(self) -> ProjectFile:
        """What is saved of it now."""
        project = replace(self._project, plan=self._session.plan)
        runs, checkpoint = runs_folder(), self._session.checkpoint()
        folder = self._keeper.path.parent if self._keeper is not None else Path()
        copies, weights = dict(self._before.runs), self._before.weights
        if runs is not None and checkpoint.run:
            copies = copies_of(runs, [checkpoint.run], folder, copies)
        return ProjectFile(project, checkpoint, runs=copies, weights=weights)

    def _tried(self) -> Finished:
        """Goes back after a divergence, as often as that may help."""
        for _ in range(MOST_TRIES if self._change else 0):
            try:
                return self._follow()
            except DivergedError as error:
                if self._interruption.asked:
                    raise
                self._go_back(error)
        return self._follow()

    def _go_back(self, error: DivergedError) -> None:
        assert self._change is not None
        sound = self._session.checkpoint()
        self._session.plan, text = self._change(self._session.plan)
        self._origin = replace(self._origin, resume=sound)  # its record branches off from there
        self._telling.went_back(sound, error.problem.message, text)

    def _follow(self) -> Finished:
        """To the end of the session, or after an interruption to that of its step."""
        recording = recording_of(self._origin)
        with recording.kept(self._session):
            try:
                for event in self._session:
                    recording.take(event, self._session)
                    self._take(event)
            except CompilationCancelledError:  # of what the first step needs: none was made
                self._session.stop()
                *_, event = self._session
                recording.take(event, self._session)
        assert isinstance(event, Finished)  # the last event of every run
        return event

    def _take(self, event: Event) -> None:
        heard = self._telling.failure is None
        self._telling.show(event)
        unheard = self._telling.failure is not None
        ends = unheard and (self._telling.is_alone or self._keeper is None)
        if unheard and heard and self._keeper is not None:
            say(f"{self._telling.sentence} {_UNHEARD_ENDS if ends else _UNHEARD_GOES_ON}")
        if self._interruption.asked or ends:
            self._session.stop()
        if self._keeper is not None:
            self._keeper.follow(event, self.file)

    def _keep_what_was_learned(self) -> None:
        """After a failure; a file that holds as much already stays as it is."""
        keeper, step = self._keeper, self._session.step
        if keeper is None:
            return
        if step and (step > self._begin or keeper.has_written):
            try:
                keeper.save(self.file())
            except ElsewhereError as error:
                say(str(error.problem))
            else:
                say(f"what was learned in {counted_text(step, 'step')} is kept in {keeper.path}.")
