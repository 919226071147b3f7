"""In which settings plans differ."""

from __future__ import annotations

from core.maths.optim import SGD, Adam
from core.training.differing import differing
from core.training.plan import Plan


def test_only_what_differs_is_said() -> None:
    assert differing([Plan(), Plan()]) == [{}, {}]
    assert differing([Plan(epochs=3), Plan(epochs=4)]) == [{"epochs": "3"}, {"epochs": "4"}]


def test_what_one_optimiser_alone_has_is_told_by_its_name() -> None:
    plans = [Plan(Adam(learning_rate=0.1)), Plan(SGD(learning_rate=0.2))]
    assert differing(plans) == [
        {"optimizer": "Adam", "learning rate": "0.1"},
        {"optimizer": "SGD", "learning rate": "0.2"},
    ]
