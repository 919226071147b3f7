"""Twenty steps with every optimiser, clipped gradients and a schedule, side by side with PyTorch."""

from __future__ import annotations

from typing import Any

import numpy as np
import pytest

from core.compile import compile_graph
from core.layers.activation import Tanh
from core.layers.convolution import Conv2D
from core.layers.dense import Dense
from core.layers.output import Classification
from core.layers.reshape import Flatten
from core.maths.optim import SGD, Adam, AdamW, Optimizer, OptimizerState, RMSprop
from core.maths.schedules import Constant, Cosine, Exponential, Schedule, StepDecay
from core.running.program import Program
from core.schema.making import changed
from core.training.plan import Plan
from tests.core.designs import chain
from tests.peers.layers import F, torch
from tests.peers.test_optimizers import peer_of

STEPS = 20
STEPS_PER_EPOCH = 5
GRAPH = chain((2, 6, 6), Conv2D(filters=3), Tanh(), Flatten(), Dense(units=4), Classification())

SCHEDULES = [Constant(), StepDecay(step_size=2, gamma=0.3), Exponential(gamma=0.7), Cosine(final=0.1)]
CLIPPINGS = {"none": {}, "norm": {"clip_norm": 0.5}, "value": {"clip_value": 0.01},
             "both": {"clip_norm": 0.05, "clip_value": 0.01}}  # fmt: skip


def _peer_schedule(schedule: Schedule, optimizer: Any, plan: Plan) -> Any:
    """PyTorch's schedulers count steps: this one is to be moved on after each of them."""
    schedulers = torch.optim.lr_scheduler
    warmup = round(plan.warmup * STEPS_PER_EPOCH)
    left = plan.epochs * STEPS_PER_EPOCH - warmup
    match schedule:
        case StepDecay():
            after = schedulers.StepLR(optimizer, schedule.step_size * STEPS_PER_EPOCH, schedule.gamma)
        case Exponential():
            after = schedulers.ExponentialLR(optimizer, schedule.gamma ** (1 / STEPS_PER_EPOCH))
        case Cosine():
            after = schedulers.CosineAnnealingLR(
                optimizer, left, schedule.final * optimizer.param_groups[0]["initial_lr"]
            )
        case _:
            after = schedulers.ConstantLR(optimizer, 1.0)
    if not warmup:
        return after
    rising = schedulers.LinearLR(optimizer, 1 / warmup, 1.0, warmup - 1)
    return schedulers.SequentialLR(optimizer, [rising, after], [warmup])


@pytest.mark.parametrize("warmup", [0.0, 1.0])
@pytest.mark.parametrize("schedule", SCHEDULES, ids=str)
def test_rates(schedule: Schedule, warmup: float) -> None:
    plan = Plan(SGD(learning_rate=0.3), schedule, epochs=4, warmup=warmup)
    optimizer = torch.optim.SGD([torch.zeros(1, requires_grad=True)], lr=0.3)
    optimizer.param_groups[0]["initial_lr"] = 0.3
    peer = _peer_schedule(schedule, optimizer, plan)
    for step in range(STEPS):
        own = plan.learning_rate(step / STEPS_PER_EPOCH, 1 / STEPS_PER_EPOCH)
        assert own == pytest.approx(optimizer.param_groups[0]["lr"], rel=1e-9)
        optimizer.step()
        peer.step()


def _network(program: Program, dtype: Any) -> Any:
    nn = torch.nn
    network = nn.Sequential(nn.Conv2d(2, 3, 3), nn.Tanh(), nn.Flatten(), nn.Linear(48, 4)).to(dtype)
    with torch.no_grad():
        for parameter, array in zip(network.parameters(), program.parameters.save().values(), strict=True):
            parameter.copy_(torch.tensor(array))
    return network


@pytest.mark.parametrize("dtype", ["float64", "float32"], ids=["reference", "engine"])
@pytest.mark.parametrize("clipping", CLIPPINGS.values(), ids=list(CLIPPINGS))
@pytest.mark.parametrize(
    "optimizer",
    [
        SGD(learning_rate=0.05, momentum=0.0),
        SGD(learning_rate=0.05, weight_decay=0.01),
        SGD(learning_rate=0.05, nesterov=True),
        RMSprop(weight_decay=0.01),
        Adam(weight_decay=0.01),
        AdamW(weight_decay=0.1),
    ],
    ids=str,
)
def test_twenty_steps(optimizer: Optimizer, clipping: dict[str, float], dtype: str) -> None:
    plan = Plan(optimizer, Cosine(final=0.1), epochs=4, warmup=1.0, **clipping)  # type: ignore[arg-type]
    program = compile_graph(GRAPH, seed=3, dtype=dtype)
    network = _network(program, getattr(torch, dtype))
    peer = peer_of(optimizer, list(network.parameters()))
    state = OptimizerState(optimizer, program.parameters.values, plan.clipping)
    rng = np.random.default_rng(13)
    for step in range(STEPS):
        x, labels = rng.normal(size=(11, 2, 6, 6)).astype(dtype), rng.integers(0, 4, 11)
        rate = plan.learning_rate(step / STEPS_PER_EPOCH, 1 / STEPS_PER_EPOCH)
        state.replace(changed(optimizer, learning_rate=rate), plan.clipping)
        own = program.train_step(x, labels, state).loss
        peer.param_groups[0]["lr"] = rate
        peer.zero_grad()
        loss = F.cross_entropy(network(torch.tensor(x)), torch.tensor(labels))
        loss.backward()
        if plan.clip_value:
            torch.nn.utils.clip_grad_value_(network.parameters(), plan.clip_value)
        if plan.clip_norm:
            torch.nn.utils.clip_grad_norm_(network.parameters(), plan.clip_norm)
        peer.step()
        assert own == pytest.approx(loss.item(), rel=1e-9 if dtype == "float64" else 1e-4)
    expected = np.concatenate([p.detach().numpy().ravel() for p in network.parameters()])
    closeness = 1e-9 if dtype == "float64" else 1e-4
    np.testing.assert_allclose(program.parameters.values, expected, rtol=closeness, atol=closeness)
