"""What the demo is: LeNet-5 learns the embedded digits."""

from __future__ import annotations

from core.training.plan import Plan

DESIGN = "lenet5"
DATA = "digits"
PLAN = Plan(epochs=8)
