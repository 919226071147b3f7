"""What is remembered comes back; what is damaged or gone does no harm."""

from __future__ import annotations

from pathlib import Path

import pytest
from PySide6.QtCore import QByteArray, QSettings

from cnngui.models.settings import MAX_RECENT, Settings


def _files(folder: Path, count: int) -> list[Path]:
    paths = [folder / f"design {number}.cnn" for number in range(count)]
    for path in paths:
        path.touch()
    return paths


def test_a_fresh_start_has_nothing_to_remember(settings: Settings) -> None:
    assert settings.theme_mode == "system"
    assert settings.recent_files == []
    assert settings.layout("window").isEmpty()
    assert settings.folder("open") is None


def test_values_survive(settings: Settings, tmp_path: Path) -> None:
    settings.theme_mode = "dark"
    settings.set_layout("window", QByteArray(b"\x00\xffstate"))
    settings.set_folder("open", tmp_path)
    (recent,) = _files(tmp_path, 1)
    settings.add_recent_file(recent)
    again = Settings()
    assert again.theme_mode == "dark"
    assert again.layout("window") == QByteArray(b"\x00\xffstate")
    assert again.folder("open") == tmp_path
    assert again.recent_files == [recent]


def test_recent_files_are_newest_first_without_doubles(settings: Settings, tmp_path: Path) -> None:
    paths = _files(tmp_path, MAX_RECENT + 3)
    for path in paths:
        settings.add_recent_file(path)
    assert settings.recent_files == paths[: -MAX_RECENT - 1 : -1]
    settings.add_recent_file(paths[5])
    assert settings.recent_files[0] == paths[5]
    assert len(set(settings.recent_files)) == MAX_RECENT


def test_missing_files_are_dropped(settings: Settings, tmp_path: Path) -> None:
    kept, gone = _files(tmp_path, 2)
    settings.add_recent_file(kept)
    settings.add_recent_file(gone)
    gone.unlink()
    assert settings.recent_files == [kept]
    settings.clear_recent_files()
    assert settings.recent_files == []


def test_a_missing_folder_is_no_start_for_a_dialog(settings: Settings, tmp_path: Path) -> None:
    settings.set_folder("open", tmp_path / "gone")
    assert settings.folder("open") is None


@pytest.mark.parametrize(
    "text",
    [
        "[theme]\nmode=purple\n[recent]\nfiles=@Invalid()\n[layout]\nwindow=7\n",
        "\x00\xff no INI file",
        "[theme",
    ],
)
def test_damaged_settings_count_as_absent(own_settings: None, text: str) -> None:
    path = Path(
        QSettings(QSettings.Format.IniFormat, QSettings.Scope.UserScope, "cnngui", "cnngui").fileName()
    )
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_text(text, encoding="latin-1")
    damaged = Settings()
    assert damaged.theme_mode == "system"
    assert damaged.recent_files == []
    assert damaged.layout("window").isEmpty()
