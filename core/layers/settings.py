"""Settings that several layers with learned weights have, each declared once."""

from __future__ import annotations

from typing import Any

from core.schema.param import param


def kernel() -> Any:
    return param((3, 3), min=1, max=31, help="Height and width of a filter, in pixels.")


def stride() -> Any:
    return param((1, 1), min=1, max=16, help="Step between two windows, in pixels.")


def padding(default: str) -> Any:
    shown = "Zeros around the image: none, as many as keep its size, or explicit."
    return param(default, min=0, max=31, help=shown)


def dilation() -> Any:
    return param((1, 1), min=1, max=16, help="Distance between two taps of a filter.")


def groups() -> Any:
    shown = "Splits the channels into groups that don't see each other; must divide them."
    return param(1, min=1, max=4096, help=shown)


def bias(help: str = "Adds a learned number to each feature map.") -> Any:
    return param(True, help=help)


def initialiser(help: str = "How the filters start.") -> Any:
    return param("pytorch", choices=("pytorch", "he", "glorot"), help=help)
