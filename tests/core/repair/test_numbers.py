"""Numbers in what is wrong with a setting, and in what helps, are written as everywhere."""

from __future__ import annotations

import pytest

from core.design.infer import infer
from core.layers.convolution import Conv2D
from core.layers.normalisation import BatchNorm
from core.project import Project
from core.repair import fixes
from core.schema.param import param_of
from tests.core.repair.test_repair import DIGITS, chain, ending, made


@pytest.mark.parametrize(
    ("name", "value", "told"),
    [
        ("filters", -3, "got −3"),
        ("filters", 1_000_000_000, "got 1,000,000,000"),
        ("filters", -2.5, "got −2.5"),
        ("kernel", (3, -3), "got −3"),
        ("kernel", (1000, 1000), "got 1,000"),
        ("kernel", (3, -3, 1000), "got (3, −3, 1,000)"),
        ("filters", "-3", "got '-3'"),
    ],
)
def test_a_setting_that_is_not_allowed_is_written_as_other_numbers(
    name: str, value: object, told: str
) -> None:
    reason = param_of(Conv2D, name).check(value)
    assert reason is not None
    assert reason.endswith(told)


def test_a_fraction_too() -> None:
    reason = param_of(BatchNorm, "epsilon").check(-1e-5)
    assert reason is not None
    assert reason.endswith("got −1e-5")


def test_the_problem_of_a_block_says_it_so() -> None:
    (problem,) = infer(ending(made("conv2d", filters=-3)), DIGITS).errors
    assert problem.message.endswith("got −3.")


def test_one_channel_is_said_as_one() -> None:
    graph = chain(made("input"), made("conv2d", groups=3))
    problem = infer(graph, DIGITS).errors[0]
    assert problem.message == "Conv 2D 1: 3 groups don't divide 1 input channel."
    assert fixes(Project(graph), problem, DIGITS)[0].title == "Set groups to 1"


def test_a_formula_in_the_help_has_a_true_minus() -> None:
    told = BatchNorm.__doc__ or ""
    assert "(x − mean)" in told
    assert "(1 − momentum)" in told
    assert " - " not in told
