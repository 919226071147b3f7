"""Small widgets: a button that is too narrow for its text."""

from __future__ import annotations

import pytest
from PySide6.QtCore import QEvent, QPoint
from PySide6.QtGui import QHelpEvent
from PySide6.QtWidgets import QApplication, QToolTip
from pytestqt.qtbot import QtBot

from cnngui.widgets.small import ElidedButton


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
