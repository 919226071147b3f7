"""Declared objects are made with what people write, and refuse at once what isn't allowed."""

from __future__ import annotations

from typing import Any

import numpy as np
import pytest

from core.errors import UsageError
from core.layers import LAYERS, Layer
from core.layers.convolution import Conv2D
from core.layers.dropout import Dropout
from core.layers.input import Input
from core.layers.output import Classification
from core.layers.reshape import Reshape
from core.maths.optim import OPTIMIZERS, SGD
from core.maths.schedules import SCHEDULES, Cosine
from core.schema.making import changed, unchecked
from core.schema.param import Param, params_of
from core.training.plan import Plan

DECLARED = [*LAYERS, *OPTIMIZERS, *SCHEDULES, Plan]


def kinds(*wanted: str) -> list[Any]:
    return [
        pytest.param(declared, p, id=f"{declared.__name__}.{p.name}")
        for declared in DECLARED
        for p in params_of(declared)
        if p.kind in wanted
    ]


def test_the_settings_go_in_order_and_one_number_is_enough_for_a_pair() -> None:
    short: Any = Conv2D
    assert short(8, 5, padding=2) == Conv2D(filters=8, kernel=(5, 5), padding=(2, 2, 2, 2))
    assert short(kernel=[3, 5]) == Conv2D(kernel=(3, 5))
    assert short(padding=(1, 2)) == Conv2D(padding=(1, 2, 1, 2))
    assert short(8, padding="same") == Conv2D(filters=8, padding="same")


@pytest.mark.parametrize("numbers", [((1, 28, 28),), (1, 28, 28), ([1, 28, 28],), (np.array([1, 28, 28]),)])
def test_a_shape_is_given_whole_or_number_by_number(numbers: tuple[Any, ...]) -> None:
    short: Any = Input
    assert short(*numbers) == Input(shape=(1, 28, 28))
    assert short(784).shape == (784,)
    assert short() == Input()
    assert Reshape(*numbers) == Reshape(shape=(1, 28, 28))


@pytest.mark.parametrize(("declared", "p"), kinds("pair", "shape", "padding", "numbers"))
def test_lists_and_arrays_are_as_good_as_tuples(declared: Any, p: Param) -> None:
    numbers = {"pair": [1, 2], "shape": [1, 2, 3], "padding": [1, 0, 2, 1], "numbers": [1, 2]}[p.kind]
    for given in (numbers, np.array(numbers), tuple(np.array(numbers))):
        made = declared(**{p.name: given})
        assert getattr(made, p.name) == tuple(numbers)
        assert {type(number) for number in getattr(made, p.name)} <= {int, float}
        assert hash(made) == hash(declared(**{p.name: tuple(numbers)}))


@pytest.mark.parametrize(("declared", "p"), kinds("int", "float", "bool"))
def test_numbers_of_numpy_become_python_s(declared: Any, p: Param) -> None:
    made = declared(**{p.name: np.array(p.default)[()]})
    assert getattr(made, p.name) == p.default
    assert type(getattr(made, p.name)) is type(p.default)


@pytest.mark.parametrize(
    ("declared", "p"), kinds("int", "float", "bool", "choice", "pair", "padding", "shape")
)
@pytest.mark.parametrize("wrong", ["wrong", None, (1, 2, 3, 4, 5.5), -7])
def test_a_wrong_value_is_refused_where_it_is_given(declared: Any, p: Param, wrong: object) -> None:
    with pytest.raises(UsageError) as caught:
        declared(**{p.name: wrong})
    problem = caught.value.problem
    assert problem.parameter == p.name
    assert p.label in problem.message
    assert "expected" in problem.message
    if declared is not Plan:
        assert problem.message.startswith(f"{declared.title}, ")
    assert problem.hint == p.help


@pytest.mark.parametrize(
    ("make", "message"),
    [
        (
            lambda make: make(8, "3x3"),
            "Conv 2D, Kernel: expected two whole numbers (height, width), got '3x3'.",
        ),
        (lambda make: make(0), "Conv 2D, Filters: expected a whole number, 1 to 4,096, got 0."),
        (lambda make: make(8.0), "Conv 2D, Filters: expected a whole number, 1 to 4,096, got 8.0."),
        (lambda make: make(padding="full"), "valid, same or (top, left, bottom, right), got 'full'."),
        (lambda make: make(kernel=(3, 3, 3)), "two whole numbers (height, width), got (3, 3, 3)."),
        (lambda make: make(bias=1), "Conv 2D, Bias: expected true or false, got 1."),
    ],
)
def test_the_message_names_layer_setting_what_was_expected_and_what_came(make: Any, message: str) -> None:
    with pytest.raises(UsageError) as caught:
        make(Conv2D)
    assert message in caught.value.problem.message


def test_a_whole_number_is_a_number() -> None:
    assert repr(Dropout(share=0)) == repr(Dropout(share=0.0))
    assert Classification(class_weights=(1, 2)).class_weights == (1.0, 2.0)


def test_what_is_not_checked_keeps_its_values() -> None:
    broken = unchecked(Conv2D, filters=0)
    assert broken.filters == 0
    assert broken.kernel == Conv2D().kernel
    assert "filters" in broken.problems()
    mended = changed(broken, filters=4)
    assert mended == Conv2D(filters=4)
    assert mended.problems() == {}
    assert changed(broken, stride=(2, 2)).problems().keys() == {"filters"}


@pytest.mark.parametrize("declared", list(LAYERS))
def test_unchecked_is_the_same_object_where_all_is_well(declared: type[Layer]) -> None:
    assert unchecked(declared) == declared()
    assert changed(declared()) == declared()


def test_optimiser_and_schedule_can_be_named() -> None:
    plan: Any = Plan
    assert plan(optimizer="SGD", schedule="cosine") == Plan(optimizer=SGD(), schedule=Cosine())


@pytest.mark.parametrize(
    ("settings", "message"),
    [
        ({"optimizer": "adm"}, "There is no optimiser 'adm'. Did you mean 'adam'?"),
        ({"optimizer": SGD}, "Expected a declared optimiser, got <class"),
        (
            {"schedule": 3},
            "Expected a declared schedule, got 3. Give an object such as Constant(), or a kind",
        ),
        ({"epochs": 2.5}, "Epochs: expected a whole number, 1 to 100,000, got 2.5."),
    ],
)
def test_a_plan_says_at_once_what_is_wrong(settings: dict[str, Any], message: str) -> None:
    with pytest.raises(UsageError) as caught:
        Plan(**settings)
    assert message in str(caught.value)


@pytest.mark.parametrize(
    ("make", "message"),
    [
        (
            lambda: any_(Conv2D)(8, kernel_size=3),
            "Conv2D has no setting 'kernel_size'. Did you mean 'kernel'?",
        ),
        (
            lambda: any_(SGD)(lr=0.1),
            "SGD has no setting 'lr'. There are 'learning_rate', 'momentum', 'nesterov',",
        ),
        (lambda: any_(Plan)(optimiser="adam"), "Plan has no setting 'optimiser'. Did you mean 'optimizer'?"),
        (lambda: any_(Input)(size=3), "Input has no setting 'size'. There is 'shape'."),
    ],
)
def test_an_unknown_setting_is_answered_with_those_there_are(make: Any, message: str) -> None:
    with pytest.raises(UsageError) as caught:
        make()
    assert message in str(caught.value)


def any_(value: object) -> Any:
    return value
