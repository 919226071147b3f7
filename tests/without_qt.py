"""A machine that lacks Qt's system libraries runs the tests that need no window, and skips the others."""

from __future__ import annotations

import sys
from collections.abc import Sequence
from importlib.abc import MetaPathFinder
from types import ModuleType

import pytest

from cnngui.window.display import advice, has_display, missing_packages

_packages = missing_packages(offscreen=not has_display())
QT_IS_MISSING = bool(_packages)


class _Skipper(MetaPathFinder):
    """Skips whatever imports Qt."""

    def __init__(self) -> None:
        self.collecting = False

    def find_spec(self, name: str, path: Sequence[str] | None, target: ModuleType | None = None) -> None:
        if name.partition(".")[0] not in ("PySide6", "shiboken6"):
            return
        if not self.collecting:  # the conftest.py of a folder that was named; no skipping yet
            raise pytest.UsageError(advice(_packages))
        pytest.skip(advice(_packages), allow_module_level=True)


_skipper = _Skipper()


def pytest_addoption(pluginmanager: pytest.PytestPluginManager) -> None:
    """Goes before pytest-qt, which imports Qt as soon as the options are read."""
    if QT_IS_MISSING:
        sys.meta_path.insert(0, _skipper)
        if pluginmanager.has_plugin("pytest-qt"):
            pluginmanager.unregister(name="pytest-qt")


def pytest_configure() -> None:
    _skipper.collecting = True
