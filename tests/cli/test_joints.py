"""A declared schedule and data source are options of the command line, with no other line anywhere."""

from __future__ import annotations

import pytest

from core.data.dataset import Source
from core.data.sources.base import SOURCES, Name, Opener, source
from core.maths.schedules import SCHEDULES, Schedule, schedule
from core.schema.param import param
from tests.cli.running import complaint, events, lines, run
from tests.core.designs import shapes_to_tell_apart
from tests.registries import declared_for_a_moment

Capture = pytest.CaptureFixture[str]


def test_a_declared_source_and_schedule_can_be_chosen(design: str, capsys: Capture) -> None:
    with declared_for_a_moment(SOURCES), declared_for_a_moment(SCHEDULES):

        @source("squares", title="Squares")
        class Squares(Opener):
            """Squares at three places."""

            form = "squares"
            names = (Name("squares", "Squares", {}),)

            def open(self) -> Source:
                return Source("squares", "squares", shapes_to_tell_apart(40))

        @schedule("halved", title="Halved")
        class Halved(Schedule):
            """A part of it."""

            part: float = param(0.5, min=0.0, max=1.0, help="What is left.")

            def share(self, epoch: float, epochs: float) -> float:
                return self.part

        options = ("--data", "squares", "--schedule", "halved", "--set", "part=0.25", "--lr", "0.4")
        assert run("train", design, *options, "--epochs", "1", "--json") == 0
        steps = [event for event in events(capsys) if event["event"] == "step"]
        assert steps[0]["learning_rate"] == 0.1
        assert run("train", "--help") == 0
        assert "halved" in (shown := " ".join(lines(capsys)))
        assert "squares" in shown
    assert "halved" in complaint(capsys, run("train", design, "--data", "squares", "--schedule", "halved"))
