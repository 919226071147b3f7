"""Jobs: the compute thread does all alike, and tells answers and failures with the very job."""

from __future__ import annotations

from dataclasses import dataclass

import pytest
from pytestqt.qtbot import QtBot

from cnngui.compute.jobs.base import Desk, Job
from cnngui.compute.thread import ComputeThread
from core.errors import DataError, Problem
from tests.cnngui.runs import PATIENCE, answered


@dataclass(frozen=True, eq=False)
class Double(Job):
    """A job that nobody else knows."""

    number: int

    def do(self, desk: Desk) -> None:
        if self.number < 0:
            raise DataError("It is negative.", "Take another one.")
        desk.tell(self, 2 * self.number)


def test_an_answer_carries_its_job(qtbot: QtBot, thread: ComputeThread) -> None:
    answers: list[tuple[Job, object]] = []
    thread.answered.connect(lambda job, answer: answers.append((job, answer)))
    jobs = [Double(1), Double(1), Double(3)]
    for job in jobs:
        thread.send(job)
    qtbot.waitUntil(lambda: len(answers) == 3, timeout=PATIENCE)
    assert [job for job, _ in answers] == jobs
    assert [answer for _, answer in answers] == [2, 2, 6]


def test_a_failure_carries_its_job_and_the_thread_lives_on(qtbot: QtBot, thread: ComputeThread) -> None:
    bad = Double(-1)
    with qtbot.waitSignal(thread.failed, timeout=PATIENCE) as failed:
        thread.send(bad)
    assert failed.args == [bad, Problem("It is negative.", "Take another one.")]
    with answered(qtbot, thread):
        thread.send(Double(1))


@pytest.mark.parametrize("count", [0, 3])
def test_nothing_is_done_after_the_end(qtbot: QtBot, thread: ComputeThread, count: int) -> None:
    for number in range(count):
        thread.send(Double(number))
    thread.shut_down()
    thread.send(Double(7))
    assert not thread.isRunning()
