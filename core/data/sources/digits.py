"""The embedded digits."""

from __future__ import annotations

from core.data.dataset import Source
from core.data.digits import STYLES, generate
from core.data.sources.base import Name, Opener, source
from core.data.sources.labelled import datasets
from core.schema.param import param

DIGIT_COUNTS = (12_000, 2_000)
"""Of the training and of the test part."""
_SPECS = {"tidy": "digits", "wide": "digits-wide"}
_HANDS = {"tidy": "neat hands", "wide": "many hands"}


@source("digits", title="Embedded digits")
class Digits(Opener):
    """Digits that the program writes itself: it has data on its first day, and without the internet."""

    form = "the embedded digits"
    names = tuple(
        Name(spec, f"Embedded digits, {_HANDS[style]}", {"style": style}) for style, spec in _SPECS.items()
    )

    style: str = param("tidy", choices=tuple(STYLES), help="Neat hands, or as varied as a crowd's writing.")

    def open(self) -> Source:
        made = [generate(count, style=self.style, seed=seed) for seed, count in enumerate(DIGIT_COUNTS)]
        return Source(f"digits, {_HANDS[self.style]}", _SPECS[self.style], *datasets(made))
