"""Designs too large to be drawn."""

from __future__ import annotations

from dataclasses import replace

import pytest

from core.design import bounds
from core.design.bounds import check_bounds
from core.design.graph import Comment, Graph
from core.errors import DesignError

LONG = Graph(comments=tuple(Comment(f"c{n}", "a" * 10_000) for n in range(101)))


def test_the_limit_is_named() -> None:
    with pytest.raises(
        DesignError, match="1,010,000 letters in its comments; the window draws at most 1,000,000"
    ):
        check_bounds(LONG)


def test_what_was_too_large_before_can_become_smaller(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(bounds, "MOST_COMMENTS", 10)
    smaller = replace(LONG, comments=LONG.comments[1:])
    check_bounds(smaller, LONG)
    with pytest.raises(DesignError):
        check_bounds(LONG, smaller)
