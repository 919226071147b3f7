"""What the application remembers between two starts: theme, window layout, recent files."""

from __future__ import annotations

import zlib
from contextlib import suppress
from pathlib import Path
from typing import Literal, get_args

from PySide6.QtCore import QByteArray, QSettings

from cnngui.models.places import is_dir, is_file

ThemeMode = Literal["system", "light", "dark"]

INTERFACE_SIZES = (90, 100, 110, 125, 150, 175, 200)
"""How large the whole window may be, in percent."""

MAX_RECENT = 10
_CHECKSUM_BYTES = 4


class Settings:
    """A typed face of an INI file in the user's configuration folder; a damaged value counts as absent."""

    def __init__(self) -> None:
        self._store = QSettings(QSettings.Format.IniFormat, QSettings.Scope.UserScope, "cnngui", "cnngui")

    @property
    def theme_mode(self) -> ThemeMode:
        """Which theme to use; "system" follows the desktop."""
        stored = self._store.value("theme/mode")
        return next((mode for mode in get_args(ThemeMode) if mode == stored), "system")

    @theme_mode.setter
    def theme_mode(self, mode: ThemeMode) -> None:
        self._store.setValue("theme/mode", mode)

    @property
    def interface_size(self) -> int:
        """How large the window is at the next start, in percent: one of INTERFACE_SIZES."""
        stored = str(self._store.value("interface/size"))
        return next((size for size in INTERFACE_SIZES if str(size) == stored), 100)

    @interface_size.setter
    def interface_size(self, percent: int) -> None:
        self._store.setValue("interface/size", percent)

    def switch(self, name: str, *, default: bool) -> bool:
        """Whether something that can be turned on and off is on."""
        stored = self._store.value(f"switch/{name}")
        return {"true": True, "false": False}.get(str(stored).lower(), default)

    def set_switch(self, name: str, *, on: bool) -> None:
        self._store.setValue(f"switch/{name}", on)

    @property
    def recent_files(self) -> list[Path]:
        """The designs opened or saved last, newest first; files that can't be reached are left out."""
        return [path for path in self._recent() if is_file(path)]

    def add_recent_file(self, path: Path) -> None:
        """Puts a file in front of the recent ones."""
        with suppress(OSError):  # the working directory is gone
            path = path.absolute()
        others = [other for other in self.recent_files if other != path]
        self._store.setValue("recent/files", [str(p) for p in [path, *others][:MAX_RECENT]])

    @property
    def used_folders(self) -> set[Path]:
        """Where recent files lie, and where dialogs have been last."""
        shown = map(self.folder, ("designs", "exports"))
        return {path.parent for path in self.recent_files} | {path for path in shown if path is not None}

    def clear_recent_files(self) -> None:
        self._store.remove("recent/files")

    def layout(self, name: str) -> QByteArray:
        """A saved geometry or state of a window or splitter; empty where there is none that is whole."""
        stored = self._store.value(f"layout/{name}")
        found = bytes(stored.data()) if isinstance(stored, QByteArray) else b""
        checksum, state = found[:_CHECKSUM_BYTES], found[_CHECKSUM_BYTES:]
        return QByteArray(state if checksum == _checksum(state) else b"")

    def set_layout(self, name: str, state: QByteArray) -> None:
        """Remembers it with a checksum: given another's bytes, Qt may end the process."""
        found = bytes(state.data())
        self._store.setValue(f"layout/{name}", QByteArray(_checksum(found) + found))

    def text(self, name: str) -> str:
        """A remembered text; empty where there is none."""
        stored = self._store.value(f"text/{name}")
        return stored if isinstance(stored, str) else ""

    def set_text(self, name: str, text: str) -> None:
        self._store.setValue(f"text/{name}", text)

    def folder(self, name: str) -> Path | None:
        """The folder that a file dialog of this name showed last, where it still exists."""
        stored = self._store.value(f"folder/{name}")
        path = Path(stored) if isinstance(stored, str) and stored else None
        return path if path is not None and is_dir(path) else None

    def set_folder(self, name: str, path: Path) -> None:
        with suppress(OSError):  # as above
            path = path.absolute()
        self._store.setValue(f"folder/{name}", str(path))

    def flush(self) -> None:
        """Writes at once what else would be written a moment later."""
        self._store.sync()

    def _recent(self) -> list[Path]:
        stored = self._store.value("recent/files")
        entries = [stored] if isinstance(stored, str) else stored if isinstance(stored, list) else []
        return [Path(entry) for entry in entries if isinstance(entry, str) and entry]


def _checksum(state: bytes) -> bytes:
    return zlib.crc32(state).to_bytes(_CHECKSUM_BYTES)
