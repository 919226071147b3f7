"""Small widgets: a button that is too narrow for its text."""

from __future__ import annotations

from itertools import combinations

import pytest
from PySide6.QtCore import QEvent, QPoint
from PySide6.QtGui import QHelpEvent
from PySide6.QtWidgets import QApplication, QToolTip, QWidget
from pytestqt.qtbot import QtBot

from cnngui.theme.theme import ThemeManager
from cnngui.widgets.small import ElidedButton, EmptyState, IconLabel, TextLabel
from cnngui.widgets.wrapping_button import unbroken


def said(button: ElidedButton, monkeypatch: pytest.MonkeyPatch) -> list[str]:
    """The tooltips that are shown when the mouse rests on a button."""
    texts: list[str] = []
    monkeypatch.setattr(QToolTip, "showText", lambda place, text, widget: texts.append(text))
    QApplication.sendEvent(
        button, QHelpEvent(QEvent.Type.ToolTip, QPoint(2, 2), button.mapToGlobal(QPoint(2, 2)))
    )
    return texts


def test_a_tooltip_has_the_text_only_where_the_button_cuts_it_off(
    qtbot: QtBot, monkeypatch: pytest.MonkeyPatch
) -> None:
    button = ElidedButton("Insert a Global Average Pool between the two")
    qtbot.addWidget(button)
    button.resize(button.sizeHint())
    button.show()
    assert said(button, monkeypatch) == []
    button.resize(80, button.height())
    assert said(button, monkeypatch) == [button.text()]


@pytest.mark.parametrize("height", [90, 110, 160, 300])
def test_an_empty_state_is_never_cut_and_leaves_its_picture_out_where_it_is_low(
    qtbot: QtBot, themes: ThemeManager, height: int
) -> None:
    state = EmptyState(themes, "chart", "No data yet.")
    qtbot.addWidget(state)
    state.resize(320, height)
    state.show()
    state.set_text("No data yet.", "Choose data to train on; their samples show up here. " * 2)
    QApplication.processEvents()
    parts = [part for part in state.findChildren(QWidget) if part.isVisible()]
    assert all(state.rect().contains(part.geometry()) for part in parts)
    assert not any(a.geometry().intersects(b.geometry()) for a, b in combinations(parts, 2))
    for label in state.findChildren(TextLabel):
        assert label.height() >= label.heightForWidth(label.width())
    [picture] = state.findChildren(IconLabel)
    assert picture.isVisible() is (height >= 160)


def test_shapes_and_names_stay_on_one_line_of_a_button() -> None:
    found = unbroken("Insert Zero Pad to 32 × 26 × 26 after Conv 2D 2")
    shape = "to\u00a032\u00a0×\u00a026\u00a0×\u00a026"
    assert found.split(" ") == ["Insert", "Zero", "Pad", shape, "after", "Conv\u00a02D\u00a02"]
