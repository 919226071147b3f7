"""The bar that says what has become of the open file on the disk, and asks what is to be done."""

from __future__ import annotations

from typing import Final

from cnngui.models.safety.open_file import FileState, OpenFile
from cnngui.theme.theme import ThemeManager
from cnngui.widgets.changed_file import MINE_HINT, THEIRS_HINT, Answer
from cnngui.widgets.notice import Notice
from cnngui.window.files import Files

_CHANGED: Final = "{name} was changed by another program since it was opened or saved here."
_GONE: Final = "{name} isn't there any more: it was removed, renamed or moved. What it held is here alone."
_ELSEWHERE: Final = (
    "{name} is open in another window, too. Whoever saves later will be asked which of both is to be kept."
)


class FileBar(Notice):
    """Nothing has to be answered: before anything is overwritten, it is asked again."""

    def __init__(self, open_file: OpenFile, files: Files, themes: ThemeManager) -> None:
        super().__init__(themes, "warning", lambda theme: theme.warn, "The file on the disk")
        self._open_file = open_file
        self._files = files
        self._mine = self.button(Answer.OVERWRITE.value, files.keep_mine, MINE_HINT)
        self._theirs = self.button(Answer.RELOAD.value, files.take_theirs, THEIRS_HINT)
        self._again = self.button("Save It &Again", files.save, "Saves it where it was")
        self._beside = self.button(Answer.SAVE_AS.value, files.save_beside, "Saves under another name")
        self.button("Not Now", self.hide, "Leaves the file and this window as they are")
        open_file.changed.connect(self._follow)

    def _follow(self) -> None:
        state, path = self._open_file.state, self._open_file.path
        changed, gone = state is FileState.CHANGED, state is FileState.GONE
        self._mine.setVisible(changed)
        self._theirs.setVisible(changed)
        self._again.setVisible(gone)
        self._beside.setVisible(changed or gone)
        if path is None or not (changed or gone or self._open_file.is_open_elsewhere):
            self.hide()
        else:
            text = _CHANGED if changed else _GONE if gone else _ELSEWHERE
            self.say(text.format(name=path.name))
