"""What the demo is: LeNet-5 learns the data that come with the application."""

from __future__ import annotations

from core.data.sources.base import named_sources
from core.training.plan import Plan

DESIGN = "lenet5"
DATA = next(iter(named_sources()))
PLAN = Plan(epochs=8)
