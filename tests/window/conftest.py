"""A virtual screen for each test: an X server that keeps its picture in a file."""

from __future__ import annotations

import os
import shutil
import subprocess
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from numpy.typing import NDArray

from cnngui.window.display import advice, missing_packages

WIDTH, HEIGHT = 1280, 800


@dataclass(frozen=True)
class Screen:
    """A running X server; `display` is its name for the environment."""

    display: str
    _picture: Path

    def pixels(self) -> NDArray[Any]:
        """What the screen shows: one 32-bit colour a pixel, (height, width)."""
        raw = self._picture.read_bytes()
        # The X window dump format: header of big-endian 32-bit numbers, colour table, pixels.
        header = np.frombuffer(raw, ">u4", 25)
        begin = int(header[0] + 12 * header[19])
        return np.frombuffer(raw, "<u4", WIDTH * HEIGHT, begin).reshape(HEIGHT, WIDTH)


@pytest.fixture
def screen(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[Screen]:
    monkeypatch.delenv("WAYLAND_DISPLAY", raising=False)
    monkeypatch.setenv("CNNGUI_DATA_DIR", str(tmp_path / "data"))  # else a window shows what another one left
    if packages := missing_packages(offscreen=False):
        pytest.skip(advice(packages))
    if shutil.which("Xvfb") is None:
        if os.environ.get("CI"):
            pytest.fail("Xvfb is missing")
        pytest.skip("needs Xvfb, an X server without a screen")
    reading, writing = os.pipe()
    size = f"{WIDTH}x{HEIGHT}x24"
    command = [
        "Xvfb",
        "-displayfd",
        str(writing),
        "-screen",
        "0",
        size,
        "-fbdir",
        str(tmp_path),
        "-nolisten",
        "tcp",
    ]
    with subprocess.Popen(command, pass_fds=[writing], stderr=subprocess.DEVNULL) as server:
        os.close(writing)
        try:
            with os.fdopen(reading) as pipe:
                number = pipe.readline().strip()  # it is written when the server accepts connections
            assert number, "Xvfb didn't start"
            yield Screen(f":{number}", tmp_path / "Xvfb_screen0")
        finally:
            server.terminate()
