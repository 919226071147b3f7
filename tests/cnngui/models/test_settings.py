"""What is remembered comes back; what is damaged or gone does no harm."""

from __future__ import annotations

import errno
import os
from pathlib import Path
from typing import Any

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


@pytest.mark.parametrize("number", [errno.EACCES, errno.EIO, errno.ESTALE, errno.ENAMETOOLONG])
def test_what_cannot_be_looked_at_counts_as_gone(
    settings: Settings, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, number: int
) -> None:
    kept, unreachable = _files(tmp_path, 2)
    settings.add_recent_file(unreachable)
    settings.set_folder("open", tmp_path)
    usual = os.stat

    def fail(path: Any, **options: Any) -> os.stat_result:
        if str(path) in (str(unreachable), str(tmp_path)):
            raise OSError(number, os.strerror(number))
        return usual(path, **options)

    monkeypatch.setattr(os, "stat", fail)
    assert settings.recent_files == []
    assert settings.folder("open") is None
    settings.add_recent_file(kept)
    assert settings.recent_files == [kept]


def test_a_path_that_no_system_knows_counts_as_gone(settings: Settings, tmp_path: Path) -> None:
    for name in ("x" * 5000, "a\0b"):
        settings.add_recent_file(tmp_path / name)
        settings.set_folder("open", tmp_path / name)
        assert settings.recent_files == []
        assert settings.folder("open") is None


def test_a_working_directory_that_is_gone_does_no_harm(
    settings: Settings, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    def gone() -> str:
        raise FileNotFoundError(errno.ENOENT, os.strerror(errno.ENOENT))

    monkeypatch.setattr(os, "getcwd", gone)
    settings.add_recent_file(Path("a.cnn"))
    settings.set_folder("open", Path("folder"))
    assert settings.recent_files == []


def test_a_layout_with_one_wrong_bit_counts_as_absent(settings: Settings) -> None:
    settings.set_layout("window", QByteArray(b"\x00\xffstate"))
    store = QSettings(QSettings.Format.IniFormat, QSettings.Scope.UserScope, "cnngui", "cnngui")
    stored = store.value("layout/window")
    assert isinstance(stored, QByteArray)
    whole = bytes(stored.data())
    for place in range(len(whole)):
        damaged = bytearray(whole)
        damaged[place] ^= 0x10
        store.setValue("layout/window", QByteArray(bytes(damaged)))
        assert settings.layout("window").isEmpty()
    for others in (b"", whole[:3], whole[:-1], b"\x00\xffstate"):
        store.setValue("layout/window", QByteArray(others))
        assert settings.layout("window").isEmpty()


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
