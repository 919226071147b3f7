"""All that `import cnngui` has: what is written here, and every class that is declared."""

from __future__ import annotations

from itertools import chain

from cnngui.scripting.files import load
from cnngui.scripting.network import Network
from cnngui.scripting.results import History, Score
from cnngui.scripting.sources import data
from core.errors import CoreError
from core.layers import LAYERS
from core.maths.optim import OPTIMIZERS
from core.maths.schedules import SCHEDULES
from core.training.plan import Plan

DECLARED: dict[str, type] = {
    declared.__name__: declared for declared in chain[type](LAYERS, OPTIMIZERS, SCHEDULES)
}
"""Layers, optimisers and schedules, by the names of their classes."""
API: dict[str, object] = {
    "CoreError": CoreError,
    "History": History,
    "Network": Network,
    "Plan": Plan,
    "Score": Score,
    "data": data,
    "load": load,
    **DECLARED,
}
