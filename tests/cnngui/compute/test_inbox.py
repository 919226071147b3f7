"""The inbox: what is put is taken in order, can be looked at, and closing it ends all waiting."""

from __future__ import annotations

import threading

from cnngui.compute.inbox import Inbox
from tests.conftest import GRACE


def test_things_are_taken_in_the_order_in_which_they_were_put() -> None:
    inbox = Inbox[str]()
    assert inbox.take(wait=False) is None
    for thing in ("one", "two"):
        inbox.put(thing)
    assert inbox.waiting() == ("one", "two")
    assert [inbox.take(), inbox.take()] == ["one", "two"]
    assert inbox.waiting() == ()


def test_who_waits_gets_what_is_put_later() -> None:
    inbox, taken = Inbox[str](), list[str | None]()
    waiting = threading.Thread(target=lambda: taken.append(inbox.take()))
    waiting.start()
    inbox.put("late")
    waiting.join(GRACE)
    assert taken == ["late"]


def test_closing_ends_the_waiting_and_drops_the_rest() -> None:
    inbox, taken = Inbox[str](), list[str | None]()
    waiting = threading.Thread(target=lambda: taken.append(inbox.take()))
    waiting.start()
    inbox.close()
    waiting.join(GRACE)
    inbox.put("too late")
    assert taken == [None]
    assert inbox.take() is None
    assert inbox.closed
