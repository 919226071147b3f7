"""How a network is to be trained: declared settings, as for a layer."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import Any

from core.errors import UsageError
from core.optim import OPTIMIZERS, Adam, Optimizer
from core.schema import param, params_of, to_dict


@dataclass(frozen=True)
class Plan:
    """The settings of a training run. Raises UsageError for a value that isn't allowed."""

    optimizer: Optimizer = field(default_factory=Adam)
    epochs: int = param(5, min=1, max=100_000, help="How often the network sees all training samples.")
    batch_size: int = param(64, min=1, max=65_536, help="Samples that make one step together.")
    validation: float = param(
        0.1, min=0.0, max=0.9, help="Share of the training samples that are only used to check the result."
    )
    seed: int = param(
        0, min=0, max=2**31 - 1, help="Start of all random numbers: the same seed gives the same run."
    )
    keep_best: bool = param(
        True, help="Ends with the weights of the epoch with the lowest validation loss, not the last ones."
    )

    def __post_init__(self) -> None:
        for declared in (self, self.optimizer):
            for p in params_of(type(declared)):
                reason = p.check(getattr(declared, p.name))
                if reason:
                    raise UsageError(f"{p.label}: {reason}.", p.help, parameter=p.name)

    def to_json(self) -> dict[str, Any]:
        """The plan as JSON values."""
        return {**to_dict(self), "optimizer": {"kind": self.optimizer.kind, **to_dict(self.optimizer)}}

    @staticmethod
    def from_json(value: dict[str, Any]) -> Plan:
        """The inverse of `to_json`; settings that are missing have their defaults. Raises UsageError."""
        settings = dict(value)
        chosen = dict(settings.pop("optimizer", {"kind": Adam.kind}))
        declared = OPTIMIZERS[str(chosen.pop("kind", ""))]
        return Plan(optimizer=_build(declared, chosen), **_parsed(Plan, settings))


def _parsed(declared: type[Any], settings: dict[str, Any]) -> dict[str, Any]:
    known = {p.name: p for p in params_of(declared)}
    for name in settings.keys() - known.keys():
        raise UsageError(f"There is no setting {name!r}.", f"Settings: {', '.join(known)}.", parameter=name)
    return {name: known[name].parse(value) for name, value in settings.items()}


def _build(declared: type[Optimizer], settings: dict[str, Any]) -> Optimizer:
    return declared(**_parsed(declared, settings))
