"""Where the next start looks for what a kill has left behind."""

from __future__ import annotations

from pathlib import Path

from cnngui.models.settings import Settings


def test_folders_of_recent_files_and_of_dialogs_are_known(settings: Settings, tmp_path: Path) -> None:
    recent, shown = tmp_path / "recent", tmp_path / "shown"
    for folder in (recent, shown):
        folder.mkdir()
    (recent / "a.cnn").touch()
    settings.add_recent_file(recent / "a.cnn")
    settings.set_folder("designs", shown)
    settings.set_folder("exports", tmp_path / "gone")
    assert settings.used_folders == {recent, shown}
