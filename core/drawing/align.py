"""Lining up blocks by hand: new positions for what is selected, as values."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Literal

from core.design.graph import Place
from core.drawing.arrange.spacing import GRID
from core.drawing.route import Rect

Edge = Literal["left", "center", "right", "top", "middle", "bottom"]
"""What is to be in line; `center` and `middle` are the middles of the width and of the height."""
Axis = Literal["horizontal", "vertical"]


def align(bodies: Mapping[str, Rect], edge: Edge) -> dict[str, Place]:
    """The top left corners at which an edge or the middles of all `bodies` are in line, in pixels.

    Edges go to the outermost one, middles to the middle of them all, as near as the grid allows.
    """
    if edge in ("top", "middle", "bottom"):
        names: dict[Edge, Edge] = {"top": "left", "middle": "center", "bottom": "right"}
        return _turn_back(align(_turned(bodies), names[edge]))
    low = min((body.left for body in bodies.values()), default=0.0)
    high = max((body.right for body in bodies.values()), default=0.0)

    def left(width: float) -> float:
        if edge == "left":
            return low
        return high - width if edge == "right" else _snapped((low + high - width) / 2)

    return {block: (left(body.right - body.left), body.top) for block, body in bodies.items()}


def distribute(bodies: Mapping[str, Rect], axis: Axis) -> dict[str, Place]:
    """The top left corners at which the gaps along an axis are equal, as near as the grid allows, in pixels.

    The outermost two stay in place: middles tell which they are, then the other axis and the names. Where
    there is too little room for all, they overlap evenly.
    """
    if axis == "vertical":
        return _turn_back(distribute(_turned(bodies), "horizontal"))
    order = sorted(bodies, key=lambda b: (bodies[b].left + bodies[b].right, bodies[b].top, b))
    places = {block: (body.left, body.top) for block, body in bodies.items()}
    if len(order) < 3:
        return places
    first, *between, last = order
    room = bodies[last].left - bodies[first].right
    gap = (room - sum(bodies[block].right - bodies[block].left for block in between)) / (len(order) - 1)
    at = bodies[first].right + gap
    for block in between:
        body = bodies[block]
        places[block] = (_snapped(at), body.top)
        at += body.right - body.left + gap
    return places


def _turned(bodies: Mapping[str, Rect]) -> dict[str, Rect]:
    """Width for height."""
    return {block: Rect(body.top, body.left, body.bottom, body.right) for block, body in bodies.items()}


def _turn_back(places: Mapping[str, Place]) -> dict[str, Place]:
    return {block: (x, y) for block, (y, x) in places.items()}


def _snapped(value: float) -> float:
    return float(GRID * round(value / GRID))
