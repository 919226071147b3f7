"""The resources are where the program looks, and each icon can be drawn in any colour."""

from __future__ import annotations

import re
import subprocess
import sys
from pathlib import Path

import pytest
from PySide6.QtSvg import QSvgRenderer
from PySide6.QtWidgets import QApplication

from cnngui import assets
from core.layers import LAYERS

ICONS = sorted(assets.path("icons").rglob("*.svg"))


def test_there_are_icons() -> None:
    assert ICONS


@pytest.mark.parametrize("kind", [layer.kind for layer in LAYERS])
def test_every_layer_has_a_picture_of_its_own(kind: str) -> None:
    own = assets.path(f"icons/layers/{kind}.svg")
    others = [path for path in ICONS if path != own]
    assert own.read_text() not in [path.read_text() for path in others]


@pytest.mark.parametrize("path", ICONS, ids=lambda path: path.stem)
def test_an_icon_has_the_common_form(path: Path, qapp: QApplication) -> None:
    text = path.read_text()
    assert QSvgRenderer(str(path)).isValid()
    assert 'viewBox="0 0 20 20"' in text
    assert 'stroke-width="1.6" stroke-linecap="round"' in text
    assert set(re.findall(r'(?:fill|stroke)="([^"]*)"', text)) <= {"none", "currentColor"}
    assert "style" not in text and "#" not in text


def test_the_application_icon_is_valid(qapp: QApplication) -> None:
    assert QSvgRenderer(str(assets.path("cnngui.svg"))).isValid()


def test_finding_resources_needs_no_qt() -> None:
    code = "import sys; from cnngui import assets; assets.path('icons'); assert 'PySide6' not in sys.modules"
    subprocess.run([sys.executable, "-c", code], check=True, cwd=Path(assets.__file__).parents[1])
