"""Asking where a file is to be written; the one place from which a save dialog is opened."""

from __future__ import annotations

from pathlib import Path
from typing import Final

from PySide6.QtWidgets import QFileDialog, QMessageBox, QWidget

from cnngui.models.settings import Settings

_FOLDER: Final = "exports"


def ask_for_path(window: QWidget, title: str, proposed: Path, kinds: dict[str, str]) -> Path | None:
    """Where to write, by the platform's own dialog; None where the user would rather not.

    `kinds` gives each suffix that can be written (`.cnn`) its name. A path without one of them gets that of
    the chosen kind. The dialog has only asked about the name that was typed, so what exists under the whole
    one is asked about here; whoever keeps it is back in the dialog. A proposal without a folder is for
    the one that was used last: for such a file, or for a design.
    """
    settings = Settings()
    loose = not proposed.is_absolute()
    if loose:
        proposed = (settings.folder(_FOLDER) or settings.folder("designs") or Path.home()) / proposed
    filters = {f"{name} (*{suffix})": suffix for suffix, name in kinds.items()}
    kind = ""
    while True:
        asked = str(proposed), ";;".join(filters), kind
        typed, kind = QFileDialog.getSaveFileName(window, title, *asked)
        if not typed:
            return None
        path = Path(typed)
        if loose:
            settings.set_folder(_FOLDER, path.parent)
        if path.suffix in kinds:
            return path
        path = path.with_name(path.name + filters.get(kind, next(iter(kinds))))
        if not path.exists() or _may_replace(window, path):
            return path
        proposed = path


def _may_replace(window: QWidget, path: Path) -> bool:
    buttons = QMessageBox.StandardButton
    answer = QMessageBox.warning(
        window,
        "cnngui",
        f"{path.name} already exists in {path.parent}.\nDo you want to replace it?",
        buttons.Yes | buttons.No,
        buttons.No,
    )
    return answer == buttons.Yes
