"""Chores are done in order, in another thread, and to the end."""

from __future__ import annotations

import threading
from functools import partial

from PySide6.QtCore import QCoreApplication, QObject
from pytestqt.qtbot import QtBot

from cnngui.compute.chores import Chores
from core.errors import FormatError, Problem
from tests.cnngui.runs import PATIENCE


def test_chores_are_done_in_order_and_told_of_here(qtbot: QtBot) -> None:
    here, done, told = threading.get_ident(), [], []
    chores = Chores()

    def work(number: int) -> int:
        done.append((number, threading.get_ident() != here))
        if number == 1:
            raise FormatError("The disk is full.")
        return 10 * number

    for number in range(3):

        def then(result: int | None, problem: Problem | None) -> None:
            told.append((result, problem and problem.message, threading.get_ident() == here))

        chores.add(partial(work, number), then)
    qtbot.waitUntil(lambda: len(told) == 3, timeout=PATIENCE)
    assert done == [(0, True), (1, True), (2, True)]
    assert told == [(0, None, True), (None, "The disk is full.", True), (20, None, True)]


def test_at_the_end_all_is_done_and_nothing_is_told_any_more(qtbot: QtBot) -> None:
    free = threading.Event()
    done: list[str] = []
    chores = Chores()

    def wait() -> None:
        free.wait(PATIENCE / 1000)
        done.append("first")

    chores.add(wait, lambda *_: done.append("told"))
    chores.add(lambda: done.append("second"), lambda *_: done.append("told"))
    free.set()
    chores.finish()
    QCoreApplication.processEvents()
    assert done == ["first", "second"]


def test_at_the_end_what_only_reads_is_dropped(qtbot: QtBot) -> None:
    free = threading.Event()
    done: list[str] = []
    chores = Chores()
    chores.add(lambda: free.wait(PATIENCE / 1000))
    chores.add(lambda: done.append("read"), reads=True)
    chores.add(lambda: done.append("written"))
    free.set()
    chores.finish()
    assert done[-1] == "written"
    assert done.count("read") <= 1  # it may have begun by then


def test_at_the_end_what_fails_keeps_nothing_else_from_being_written(qtbot: QtBot) -> None:
    free = threading.Event()
    done: list[str] = []
    chores = Chores()

    def fail() -> None:
        raise OSError("The drive is gone.")

    chores.add(lambda: free.wait(PATIENCE / 1000))
    chores.add(fail)
    chores.add(lambda: done.append("written"))
    free.set()
    chores.finish()
    assert done == ["written"]


def test_an_owner_that_goes_waits_for_its_chores(qtbot: QtBot) -> None:
    owner = QObject()
    done: list[str] = []
    Chores(owner).add(lambda: done.append("work"))
    owner.deleteLater()
    qtbot.waitUntil(lambda: done == ["work"], timeout=PATIENCE)
