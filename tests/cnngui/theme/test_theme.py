"""Every text is readable on every surface it stands on, and the theme follows the user's choice."""

from __future__ import annotations

import re
from pathlib import Path

import pytest
from PySide6.QtGui import QColor, QPalette
from PySide6.QtWidgets import QApplication

import cnngui
from cnngui.models.settings import Settings
from cnngui.theme import theme as theme_module
from cnngui.theme.theme import DARK, LIGHT, READABLE, SEEN, Theme, ThemeManager, contrast, palette
from core.layers import LAYERS
from core.layers.unknown import Unknown

THEMES = pytest.mark.parametrize("theme", [DARK, LIGHT], ids=lambda theme: theme.name)
GROUPS = sorted({layer.group for layer in LAYERS} | {Unknown.group})


def test_contrast_is_that_of_wcag() -> None:
    assert contrast(QColor("black"), QColor("white")) == pytest.approx(21)
    assert contrast(QColor("white"), QColor("white")) == 1
    assert contrast(QColor("#777777"), QColor("white")) == pytest.approx(4.48, abs=0.01)


@THEMES
@pytest.mark.parametrize("token", ["text", "muted", "accent", "error", "warn", "ok", "added", "changed"])
def test_text_is_readable_on_all_surfaces(theme: Theme, token: str) -> None:
    for surface in (theme.canvas, theme.panel, theme.raised):
        assert contrast(getattr(theme, token), surface) >= READABLE


@THEMES
def test_text_is_readable_on_a_filled_accent(theme: Theme) -> None:
    assert contrast(theme.on_accent, theme.accent) >= READABLE


@THEMES
def test_the_edges_of_controls_are_seen_on_all_surfaces(theme: Theme) -> None:
    for surface in (theme.canvas, theme.panel, theme.raised):
        assert contrast(theme.edge, surface) >= SEEN


@THEMES
@pytest.mark.parametrize("group", GROUPS)
def test_categories_carry_white_text(theme: Theme, group: str) -> None:
    assert contrast(QColor("white"), theme.category(group)) >= 5
    assert contrast(theme.category_line(group), theme.panel) >= READABLE


def test_every_group_has_a_color_of_its_own() -> None:
    assert len({DARK.category(group).name() for group in GROUPS}) == len(GROUPS)


@THEMES
def test_the_palette_is_readable(theme: Theme) -> None:
    made = palette(theme)
    roles = QPalette.ColorRole
    for text, surface in [
        (roles.WindowText, roles.Window),
        (roles.Text, roles.Base),
        (roles.Text, roles.AlternateBase),
        (roles.ButtonText, roles.Button),
        (roles.PlaceholderText, roles.Base),
        (roles.HighlightedText, roles.Highlight),
        (roles.ToolTipText, roles.ToolTipBase),
        (roles.Link, roles.Window),
    ]:
        assert contrast(made.color(text), made.color(surface)) >= READABLE, text


def test_the_chosen_theme_is_applied_and_remembered(themes: ThemeManager, settings: Settings) -> None:
    seen: list[str] = []
    themes.changed.connect(lambda: seen.append(themes.current.name))
    themes.mode = "dark"
    themes.mode = "light"
    themes.mode = "light"
    assert seen[-2:] == ["dark", "light"]
    assert QApplication.palette().color(QPalette.ColorRole.Window) == LIGHT.panel
    assert settings.theme_mode == "light"
    assert ThemeManager(settings).mode == "light"


def test_only_what_changes_is_announced(themes: ThemeManager) -> None:
    themes.mode = "dark"
    seen: list[str] = []
    themes.changed.connect(lambda: seen.append(themes.current.name))
    themes.mode = "dark"
    assert not seen


def test_colors_are_stated_in_the_theme_alone() -> None:
    """A style sheet would override the palette, and costs twice the time to paint."""
    ours = Path(theme_module.__file__)
    others = [path for path in Path(cnngui.__file__).parent.rglob("*.py") if path != ours]
    stated = re.compile(r"#[0-9a-fA-F]{6}\b|setStyleSheet")
    assert not [path.name for path in others if stated.search(path.read_text(encoding="utf-8"))]
