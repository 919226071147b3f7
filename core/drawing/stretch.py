"""What moves when one thing in a drawing grows or shrinks: pure geometry.

Thought for a design that runs to the right, and turned: top down, a row is a column, and below is beside it.
"""

from __future__ import annotations

from collections.abc import Collection, Sequence
from dataclasses import dataclass, replace
from typing import Final

from core.design.direction import Direction
from core.design.graph import Frame, Place
from core.drawing.route import Obstacles, Rect

_NEAR: Final = 200
"""What is within this distance, in pixels, belongs beside it, and stays as far away as it was."""
_GAP: Final = 24
"""What is pushed away goes no further than this: there is room for a wire."""


@dataclass(frozen=True)
class Stretch:
    """What lies above or below `row` moves up or down by so much, what lies beside it left or right.

    All of it as seen along the direction.
    """

    row: Rect
    left: float = 0.0
    up: float = 0.0
    right: float = 0.0
    down: float = 0.0
    level: tuple[float, float] | None = None
    """Top and bottom of what counts as beside it; those of `row`, unless it pushes something taller."""
    direction: Direction = Direction.RIGHT

    def __bool__(self) -> bool:
        return any((self.left, self.up, self.right, self.down))

    def shift(self, rect: Rect) -> tuple[float, float]:
        """How far something on the plane moves."""
        return self.direction.turn(self.shift_along(rect.turned(self.direction)))

    def shift_along(self, rect: Rect) -> tuple[float, float]:
        """The same as seen along the direction."""
        dx, dy = 0.0, 0.0
        if self._is_level(rect):
            dx = self.right * (rect.left >= self.row.right) - self.left * (rect.right <= self.row.left)
        dy = self.down * (rect.top >= self.row.bottom) - self.up * (rect.bottom <= self.row.top)
        return dx, dy

    def frame(self, frame: Frame) -> Frame:
        """A frame, which grows with what grows in it."""
        rect = rect_of(frame).turned(self.direction)
        dx, dy = self.shift_along(rect)
        if dx == 0 and self._is_level(rect):
            left = self.left * (rect.left <= self.row.left)
            right = self.right * (rect.right >= self.row.right)
            rect = replace(rect, left=rect.left - left, right=rect.right + right)
        if dy == 0:
            up, down = self.up * (rect.top <= self.row.top), self.down * (rect.bottom >= self.row.bottom)
            rect = replace(rect, top=rect.top - up, bottom=rect.bottom + down)
        return placed(frame, moved(rect, (dx, dy)).turned(self.direction))

    def is_beside(self, rect: Rect) -> bool:
        """Whether something, as seen along the direction, lies to the left or right at any height."""
        return rect.left >= self.row.right or rect.right <= self.row.left

    def _is_level(self, rect: Rect) -> bool:
        top, bottom = self.level or (self.row.top, self.row.bottom)
        return rect.top < bottom and top < rect.bottom


def stretch(
    others: Collection[Rect], before: Rect, after: Rect, direction: Direction = Direction.RIGHT
) -> Stretch:
    """What happens to `others` when something that is opened or folded takes up `after` instead of `before`.

    Behind it and below they stay as far away as they were. Nothing is moved onto anything else: then they
    stay where they are, along the direction, across it or both.
    """
    others = [rect.turned(direction) for rect in others]
    before, after = before.turned(direction), after.turned(direction)
    row = Rect(before.left, max(before.top, after.top), before.right, before.bottom)
    beside_row = replace(row, bottom=min(before.bottom, after.bottom))
    dx, dy = after.right - before.right, after.bottom - before.bottom
    beside = Rect(before.right - 1, beside_row.top, max(before.right + _NEAR, after.right), beside_row.bottom)
    left, right = min(before.left, after.left), max(before.right, after.right)
    below = Rect(left, before.bottom - 1, right, max(before.bottom + _NEAR, after.bottom))
    has_beside = any(rect.left >= before.right and rect.meets(beside) for rect in others)
    has_below = any(rect.top >= before.bottom and rect.meets(below) for rect in others)
    pushed = _pushed(others, before, after)
    both = Stretch(row, pushed.left, pushed.up, dx * has_beside, dy * has_below, direction=direction)
    tried = (both, replace(both, down=0.0), replace(both, right=0.0))
    kept = replace(both, right=0.0, down=0.0)
    return _past_taller(next((found for found in tried if _is_free(found, others, after)), kept), others)


def push(
    others: Collection[Rect], before: Rect, after: Rect, direction: Direction = Direction.RIGHT
) -> Stretch:
    """What happens to `others` when something grows from `before` to `after`, on any side.

    What would be too near to it makes way; on no side further than it grows.
    """
    turned = [rect.turned(direction) for rect in others]
    return replace(_pushed(turned, before.turned(direction), after.turned(direction)), direction=direction)


def _pushed(others: Collection[Rect], before: Rect, after: Rect) -> Stretch:
    level = [before, after, *(r for r in others if r.top < before.bottom and before.top < r.bottom)]
    turned = [_turned(rect) for rect in (before, after, *others)]
    found = Stretch(
        before,
        left=_push([_mirrored(rect) for rect in level]),
        up=_push([_mirrored(rect) for rect in turned]),
        right=_push(level),
        down=_push(turned),
    )
    return _past_taller(found, others)


def _push(rects: Sequence[Rect]) -> float:
    """How far what lies to the right has to go, where the first of these becomes the second."""
    before, after, *others = rects
    growth = after.right - before.right
    if growth <= 0:
        return 0.0
    near = replace(after, left=before.right, right=after.right + _GAP)
    in_the_way = (rect.left for rect in others if rect.left >= before.right and rect.meets(near))
    return min(growth, max(after.right + _GAP - min(in_the_way, default=near.right), 0.0))


def _past_taller(found: Stretch, others: Collection[Rect]) -> Stretch:
    """The same, where what moves aside takes along what it would otherwise be moved onto."""
    while found.left > 0 or found.right > 0:
        shifts = [(rect, found.shift_along(rect)) for rect in others]
        passed = [
            replace(rect, left=rect.left + min(dx, 0.0), right=rect.right + max(dx, 0.0))
            for rect, (dx, _) in shifts
            if dx
        ]
        hit = [
            rect
            for rect, (dx, dy) in shifts
            if not dx and found.is_beside(rect) and any(moved(rect, (0.0, dy)).meets(p) for p in passed)
        ]
        if not hit:
            break
        top, bottom = found.level or (found.row.top, found.row.bottom)
        level = min(top, *(rect.top for rect in hit)), max(bottom, *(rect.bottom for rect in hit))
        found = replace(found, level=level)
    return found


def _is_free(found: Stretch, others: Collection[Rect], after: Rect) -> bool:
    """Whether a stretch moves nothing onto anything that stays."""
    if found.right >= 0 and found.down >= 0:
        return True
    others_moved, stay = [], [after]
    for rect in others:
        way = found.shift_along(rect)
        if any(way):
            others_moved.append(moved(rect, way))
        else:
            stay.append(rect)
    return Obstacles(stay).free(others_moved)


def rect_of(frame: Frame) -> Rect:
    """The area of a frame."""
    (x, y), (width, height) = frame.position, frame.size
    return Rect(x, y, x + width, y + height)


def placed(frame: Frame, rect: Rect) -> Frame:
    """A frame that takes up this area."""
    size = rect.right - rect.left, rect.bottom - rect.top
    return replace(frame, position=(rect.left, rect.top), size=size)


def moved(rect: Rect, way: Place) -> Rect:
    """The same area elsewhere."""
    dx, dy = way
    return Rect(rect.left + dx, rect.top + dy, rect.right + dx, rect.bottom + dy)


def united(one: Rect, other: Rect) -> Rect:
    """The smallest area that holds both."""
    left, top = min(one.left, other.left), min(one.top, other.top)
    return Rect(left, top, max(one.right, other.right), max(one.bottom, other.bottom))


def _mirrored(rect: Rect) -> Rect:
    """Left and right exchanged."""
    return Rect(-rect.right, rect.top, -rect.left, rect.bottom)


def _turned(rect: Rect) -> Rect:
    """Across and down exchanged."""
    return Rect(rect.top, rect.left, rect.bottom, rect.right)
