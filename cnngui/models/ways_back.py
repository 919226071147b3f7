"""What may help after a divergence, in the words in which it is offered."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any, Final, Literal, NamedTuple

from core.schema.written import count_text, short_text
from core.training.checkpoint import Checkpoint
from core.training.divergence import WAYS
from core.training.plan import Plan

_Place = Literal["epoch", "step", "beginning"]

_TITLES: Final[Mapping[_Place, str]] = {
    "epoch": "Go on from epoch {epoch} with another plan:",
    "step": "Go on from step {step} with another plan:",
    "beginning": "Go on from the beginning with another plan:",
}
_TEXTS: Final[Mapping[str, Mapping[_Place, str]]] = {
    "retry": {
        "epoch": "Go on from epoch {epoch} with a tenth of the learning rate ({rate})",
        "step": "Go on from step {step} with a tenth of the learning rate ({rate})",
        "beginning": "Go on from the beginning with a tenth of the learning rate ({rate})",
    },
    "clip": {
        "epoch": "Go on from epoch {epoch} with gradients clipped to length {norm}",
        "step": "Go on from step {step} with gradients clipped to length {norm}",
        "beginning": "Go on from the beginning with gradients clipped to length {norm}",
    },
}
_CHANGES: Final[Mapping[str, str]] = {
    "retry": "A tenth of the learning rate ({rate})",
    "clip": "Gradients clipped to length {norm}",
}


class WayBack(NamedTuple):
    """One of `core.training.divergence.WAYS`, from a checkpoint on."""

    plan: Plan
    text: str
    """`Go on from epoch 3 with a tenth of the learning rate (0.001)`."""
    title: str
    """Above several of them: `Go on from epoch 3 with another plan:`."""
    change: str
    """Below the title: `A tenth of the learning rate (0.001)`."""


def ways_back(found: Checkpoint, plan: Plan) -> dict[str, WayBack]:
    """What may help a run of this plan that has diverged and went back to this checkpoint, by name."""
    place: _Place = "step" if found.position else "epoch" if found.epoch else "beginning"
    ways = {}
    for name, change in WAYS.items():
        changed = change(plan).plan
        optimizer: Any = changed.optimizer
        fields = {
            "epoch": count_text(found.epoch),
            "step": count_text(found.steps),
            "rate": short_text(optimizer.learning_rate),
            "norm": short_text(changed.clip_norm),
        }
        texts = _TEXTS[name][place], _TITLES[place], _CHANGES[name]
        ways[name] = WayBack(changed, *(text.format(**fields) for text in texts))
    return ways
