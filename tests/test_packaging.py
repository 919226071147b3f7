"""What is promised about installing: the commands of README.md, the entry point, the packages' names."""

from __future__ import annotations

import importlib
import re
import shutil
import subprocess
import sys
import tomllib
from pathlib import Path

import pytest

from cnngui.window import display

ROOT = Path(__file__).parents[1]
README = (ROOT / "README.md").read_text(encoding="utf-8")
PROJECT = tomllib.loads((ROOT / "pyproject.toml").read_text(encoding="utf-8"))


@pytest.mark.skipif(shutil.which("bash") is None, reason="CI's scripts need bash")
@pytest.mark.parametrize("word", ["demo", "pytest"])
def test_ci_runs_the_commands_of_the_readme(word: str) -> None:
    printed = subprocess.run(
        ["bash", str(ROOT / ".ci" / "readme-command"), word], check=True, capture_output=True, text=True
    ).stdout.strip()
    [shown] = [
        block
        for block in re.findall(r"^```sh\n(.*?)\n```$", README, re.MULTILINE | re.DOTALL)
        if word in block and "venv" in block
    ]
    assert printed == shown


@pytest.mark.parametrize("word", ["demo", "pytest"])
def test_the_windows_form_does_the_same(word: str) -> None:
    [unix] = re.findall(rf"^python3 -m venv .*{word}$", README, re.MULTILINE)
    [windows] = re.findall(rf"^py -m venv .*{word}$", README, re.MULTILINE)
    translated = unix.replace("python3", "py").replace(" &&", ";").replace(".venv/bin/", ".venv\\Scripts\\")
    assert windows == translated


def test_the_readme_names_the_required_python() -> None:
    lowest = PROJECT["project"]["requires-python"].removeprefix(">=")
    assert f"Python {lowest}" in README
    assert sys.version_info >= tuple(map(int, lowest.split(".")))


def test_the_readme_names_all_system_packages(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(display, "_loads", lambda library: False)
    monkeypatch.delenv("WAYLAND_DISPLAY", raising=False)
    packages = re.findall(r"^sudo apt install (.*?)\n```", README, re.MULTILINE | re.DOTALL)[0]
    assert set(packages.replace("\\", "").split()) == set(
        display.missing_packages(offscreen=False, system="linux")
    )


def test_the_command_is_an_entry_point() -> None:
    module, _, function = PROJECT["project"]["scripts"]["cnngui"].partition(":")
    assert callable(getattr(importlib.import_module(module), function))


def test_the_wheel_has_our_two_packages_and_no_other() -> None:
    wheel = PROJECT["tool"]["hatch"]["build"]["targets"]["wheel"]
    tops = {wheel["sources"].get(folder, folder).partition("/")[0] for folder in wheel["only-include"]}
    assert tops == {"core", "cnngui"}


def test_the_type_checker_exempts_no_module_of_ours() -> None:
    settings = PROJECT["tool"]["mypy"]
    assert settings["strict"]
    assert set(settings["packages"]) == {"core", "cnngui", "tests"}
    exempt = [name for override in settings["overrides"] for name in override["module"]]
    assert not [name for name in exempt if name.partition(".")[0] in settings["packages"]]


def test_the_source_distribution_has_all_pages_of_the_top_folder() -> None:
    included = PROJECT["tool"]["hatch"]["build"]["targets"]["sdist"]["include"]
    assert {path.name for path in ROOT.glob("*.md")} <= set(included)
