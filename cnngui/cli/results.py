"""How good a network is: found with a progress bar, and told to people and programs."""

from __future__ import annotations

import math

from tqdm import tqdm

from cnngui.theme.formatting import measure_text, percent_text
from core.data.dataset import Dataset
from core.running.program import Program, Result
from core.training.evaluate import Evaluation, evaluation


def followed(program: Program, data: Dataset, *, shown: bool) -> Evaluation:
    """The evaluation of all of `data`, with a progress bar where it is `shown`."""
    found: Evaluation | None = None
    with tqdm(total=len(data), unit=" samples", leave=False, disable=not shown) as bar:
        for found in evaluation(program, data):
            bar.update(found.done - bar.n)
    assert found is not None  # a data set has at least one sample
    return found


def numbers(result: Result) -> dict[str, float | None]:
    """Loss and metrics for JSON, which has no number that isn't finite: it is null there."""
    found = {"loss": result.loss, **result.metrics}
    return {name: value if math.isfinite(value) else None for name, value in found.items()}


def result_text(result: Result) -> str:
    """`loss 0.08093  accuracy 97.5 %`: the loss and the output block's first metric."""
    name, value = next(iter(result.metrics.items()))
    shown = percent_text(value) if name == "accuracy" else measure_text(value)
    return f"loss {measure_text(result.loss)}  {name.replace('_', ' ')} {shown}"
