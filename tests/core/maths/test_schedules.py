"""Learning-rate schedules: the curves, the warm-up before them, and what a run makes of them."""

from __future__ import annotations

from dataclasses import replace

import pytest

from core.maths.optim import SGD
from core.maths.schedules import SCHEDULES, Constant, Cosine, Exponential, Schedule, StepDecay
from core.training.plan import Plan
from tests.core.training.test_train import PLAN, STEPS_PER_EPOCH, run, started, steps

PLAN_OF_TEN = Plan(optimizer=SGD(learning_rate=0.5), epochs=10)


@pytest.mark.parametrize(
    ("schedule", "epoch", "share"),
    [
        (Constant(), 7.5, 1.0),
        (StepDecay(step_size=3, gamma=0.5), 2.99, 1.0),
        (StepDecay(step_size=3, gamma=0.5), 3.0, 0.5),
        (StepDecay(step_size=3, gamma=0.5), 9.9, 0.125),
        (Exponential(gamma=0.81), 0.5, 0.9),
        (Exponential(gamma=0.0), 0.0, 1.0),
        (Cosine(), 0.0, 1.0),
        (Cosine(), 5.0, 0.5),
        (Cosine(final=0.2), 10.0, 0.2),
        (Cosine(final=0.2), 12.0, 0.2),
    ],
    ids=str,
)
def test_shares(schedule: Schedule, epoch: float, share: float) -> None:
    assert replace(PLAN_OF_TEN, schedule=schedule).learning_rate(epoch) == pytest.approx(0.5 * share)


@pytest.mark.parametrize("declared", list(SCHEDULES), ids=lambda declared: declared.kind)
def test_the_warm_up_rises_to_where_the_schedule_begins(declared: type[Schedule]) -> None:
    plan = replace(PLAN_OF_TEN, schedule=declared(), warmup=2.0)
    rates = [plan.learning_rate(step / 4, 1 / 4) for step in range(8)]
    assert rates == pytest.approx([0.5 * (step + 1) / 8 for step in range(8)])
    after = replace(PLAN_OF_TEN, schedule=declared(), epochs=8)
    for step in range(32):
        assert plan.learning_rate(2 + step / 4, 1 / 4) == pytest.approx(after.learning_rate(step / 4))


@pytest.mark.parametrize("declared", list(SCHEDULES), ids=lambda declared: declared.kind)
def test_a_warm_up_longer_than_the_run_rises_to_its_end(declared: type[Schedule]) -> None:
    plan = replace(PLAN_OF_TEN, schedule=declared(), warmup=20.0)
    assert plan.learning_rate(9.0, 1.0) == pytest.approx(0.25)


@pytest.mark.usefixtures("executor")
def test_a_run_takes_a_new_rate_at_each_step_and_tells_it() -> None:
    plan = replace(PLAN, schedule=Cosine(), warmup=0.5)
    session, _ = started(plan)
    rates = [step.learning_rate for step in steps(run(session))]
    assert len(rates) == 3 * STEPS_PER_EPOCH
    assert rates[0] < rates[1]
    assert rates[2:] == sorted(rates[2:], reverse=True)
    assert rates[-1] < 0.05 * plan.optimizer.learning_rate


@pytest.mark.usefixtures("executor")
def test_another_schedule_counts_from_the_next_step() -> None:
    session, _ = started()
    events = iter(session)
    next(events), next(events)
    session.plan = replace(session.plan, schedule=StepDecay(step_size=1, gamma=0.5))
    rates = [step.learning_rate for step in steps(list(events))]
    rate = PLAN.optimizer.learning_rate
    assert rates == [rate] * 3 + [rate / 2] * 4 + [rate / 4] * 4
