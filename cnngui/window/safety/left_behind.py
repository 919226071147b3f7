"""Finding at the start what windows have left behind, and clearing away what nobody needs."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from functools import partial
from pathlib import Path
from typing import Final

from PySide6.QtCore import QObject

from cnngui.compute.chores import Chores
from cnngui.models.safety.recovery import Offer, Recovery
from cnngui.theme.formatting import moment_text
from cnngui.window.files import Files
from core.errors import Problem
from core.formats.atomic import remove_left_over
from core.formats.data_folder import data_folder, drafts_folder, versions_folder
from core.formats.drafts import Draft, discard, left_drafts
from core.formats.left_over import clear_away
from core.formats.versions import keep_version
from core.schema.written import counted_text

_UNTITLED: Final = "{blocks}, changed {moment}. It was never saved."
_UNSAVED: Final = "{blocks}, changed {moment}. That wasn't saved to {path}."
_SURE: Final = "Discard what wasn't saved of {title}, changed {moment}?"
_REALLY: Final = (
    "{title} with {blocks} goes to the last ten that were discarded, which File › Browse Versions shows. "
    "Discard it now?"
)


class LeftBehind(QObject):
    """Looks once, in a thread of its own."""

    def __init__(self, files: Files, say: Callable[[str], object], parent: QObject | None = None) -> None:
        super().__init__(parent)
        self._files = files
        self._recovery: Recovery = files.recovery
        self._say = say
        self._chores = Chores(self)
        self.has_looked = False

    def look(self, folders: Iterable[Path]) -> None:
        """`folders` are those in which somebody has saved lately."""
        data, drafts = data_folder(), drafts_folder()
        if data is not None and drafts is not None:
            self._chores.add(partial(_find, data, drafts, folders), self._offer)

    def shut_down(self) -> None:
        self._chores.finish()

    def _offer(self, found: list[Draft] | None, _: Problem | None) -> None:
        self.has_looked = True
        if found:
            self._recovery.add(map(self._offer_of, found))

    def _offer_of(self, draft: Draft) -> Offer:
        snapshot = draft.snapshot
        design = snapshot.project.design
        blocks = counted_text(len(design.blocks), "block")
        moment = moment_text(snapshot.when)
        told = _UNTITLED if snapshot.path is None else _UNSAVED
        offer = Offer(
            title=snapshot.title,
            detail=told.format(blocks=blocks, moment=moment, path=snapshot.path),
            design=design,
            recover_text="Recover",
            recover=lambda: self._files.recover(draft, lambda: self._recovery.remove(offer)),
            discard=lambda: self._discard(draft, offer),
            questions=(
                _SURE.format(title=snapshot.title, moment=moment),
                _REALLY.format(title=snapshot.title, blocks=blocks),
            ),
        )
        return offer

    def _discard(self, draft: Draft, offer: Offer) -> None:
        self._chores.add(partial(_discard, draft), partial(self._note_discarded, offer))

    def _note_discarded(self, offer: Offer, _: None, problem: Problem | None) -> None:
        if problem is None:
            self._recovery.remove(offer)
        else:
            self._say(str(problem))


def _find(data: Path, drafts: Path, folders: Iterable[Path]) -> list[Draft]:
    clear_away(data)
    for folder in {*folders}:
        remove_left_over(folder)
    return left_drafts(drafts)


def _discard(draft: Draft) -> None:
    """Only what can be browsed afterwards is discarded. Raises FormatError."""
    versions = versions_folder()
    if versions is not None:
        keep_version(versions, draft.snapshot, "discarded")
    discard(draft)
