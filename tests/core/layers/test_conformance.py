"""What every registered layer keeps to, whatever it computes."""

from __future__ import annotations

import dataclasses
from collections.abc import Iterator, Mapping
from typing import Any

import numpy as np
import pytest

from core.design import edits
from core.design.graph import Graph
from core.design.infer import infer
from core.errors import DesignError
from core.formats.design import from_text, to_text
from core.layers import LAYERS, Layer, Mode
from core.maths.arrays import Array
from core.maths.initialisers import INITIALISERS
from core.schema.making import changed
from core.schema.param import Declared, Param, params_of
from tests.core.layers.layer_cases import BATCH, CASES, HIDDEN, MODES, ONE_EACH, Case

every_case = pytest.mark.parametrize("case", CASES, ids=str)
hidden_cases = pytest.mark.parametrize("case", HIDDEN, ids=str)
every_layer = pytest.mark.parametrize("declared", list(LAYERS), ids=lambda declared: declared.kind)
both_types = pytest.mark.parametrize("dtype", [np.float32, np.float64])
both_modes = pytest.mark.parametrize("mode", list(MODES.values()), ids=list(MODES))


class Watched(Mapping[str, Array]):
    """Parameters that note which of them were asked for."""

    def __init__(self, arrays: dict[str, Array]) -> None:
        self.arrays = arrays
        self.used: set[str] = set()

    def __getitem__(self, name: str) -> Array:
        self.used.add(name)
        return self.arrays[name]

    def __iter__(self) -> Iterator[str]:
        return iter(self.arrays)

    def __len__(self) -> int:
        return len(self.arrays)


def _locked(arrays: list[Array]) -> list[Array]:
    """Makes NumPy raise where a layer writes into what it was only given to read."""
    for array in arrays:
        array.flags.writeable = False
    return arrays


@every_layer
def test_every_layer_is_tested(declared: type[Layer]) -> None:
    assert any(case.layer.kind == declared.kind for case in CASES)


@both_types
@both_modes
@every_case
def test_shape_and_type_are_the_inferred_ones(case: Case, mode: Mode, dtype: type[np.floating]) -> None:
    inputs = _locked(case.inputs(dtype))
    y, _ = case.layer.forward(case.arrays(dtype), mode, *inputs)
    assert y.shape == (BATCH, *case.layer.infer(*case.shapes))
    assert y.dtype == dtype
    assert np.isfinite(y).all()


@both_types
@both_modes
@hidden_cases
def test_backward_answers_for_every_input_and_parameter(
    case: Case, mode: Mode, dtype: type[np.floating]
) -> None:
    params = case.arrays(dtype)
    trained = [name for name, spec in case.parameters.items() if spec.trainable]
    inputs = _locked(case.inputs(dtype))
    y, saved = case.layer.forward(params, mode, *inputs)
    _locked([params[name] for name in trained])
    (gradient,) = _locked([np.ones_like(y)])
    into_inputs, into_params = case.layer.backward(params, saved, gradient)
    assert [part.shape for part in into_inputs] == [x.shape for x in inputs]
    assert sorted(into_params) == sorted(trained)
    assert all(into_params[name].shape == params[name].shape for name in trained)
    assert {part.dtype for part in (*into_inputs, *into_params.values())} == {np.dtype(dtype)}


@hidden_cases
def test_parameters_are_the_ones_in_use(case: Case) -> None:
    watched = Watched(case.arrays())
    for mode in MODES.values():
        y, saved = case.layer.forward(watched, mode, *case.inputs())
        case.layer.backward(watched, saved, np.ones_like(y))
    assert watched.used == set(case.parameters)
    assert all(spec.initialiser in INITIALISERS for spec in case.parameters.values())
    assert all(min(spec.fan_in, spec.fan_out, spec.size) > 0 for spec in case.parameters.values())


@both_modes
@hidden_cases
def test_the_same_pass_twice_is_the_same(case: Case, mode: Mode) -> None:
    first, second = (case.layer.forward(case.arrays(), mode, *case.inputs())[0] for _ in range(2))
    assert np.array_equal(first, second)


@every_case
def test_costs_are_counts(case: Case) -> None:
    price = case.layer.multiply_adds(*case.shapes)
    assert isinstance(price, int)
    assert price >= 0
    assert (price > 0) <= bool(case.parameters)


@every_case
def test_a_design_keeps_every_setting(case: Case) -> None:
    block = edits.new_block(Graph(), case.layer, (1.5, -2.0))
    graph = edits.add(Graph(), block)
    assert from_text(to_text(graph)) == graph


@every_layer
def test_a_layer_explains_itself(declared: type[Layer]) -> None:
    layer = declared()
    doc = declared.__doc__ or ""
    assert not doc.startswith(f"{declared.__name__}(")  # what dataclass writes where nobody did
    assert len(doc) > 10
    assert declared.title
    assert declared.group
    assert isinstance(layer.summary(), str)
    assert layer == declared()
    assert hash(layer) == hash(declared())


@every_layer
def test_settings_explain_themselves_and_start_allowed(declared: type[Any]) -> None:
    assert not declared().problems()
    for p in params_of(declared):
        assert p.help.endswith((".", ")"))
        assert p.label[:1].isupper()
        assert p.check(p.default) is None
        assert p.check(p.parse(_as_json(p.default))) is None
        assert p.parse_text(_as_text(p.default)) == p.default
    fields = {field.name for field in dataclasses.fields(declared)}
    assert {p.name for p in params_of(declared)} == fields - {
        field.name for field in dataclasses.fields(Declared)
    }


def _as_json(value: Any) -> Any:
    return list(value) if isinstance(value, tuple) else value


def _as_text(value: Any) -> str:
    return " x ".join(map(str, value)) if isinstance(value, tuple) else str(value)


def _forbidden(p: Param) -> Iterator[Any]:
    """Values that the declaration rules out: wrong types, and one beyond each limit."""
    yield from (None, object(), b"1", {}, [1, 1])
    numbers: list[Any] = [float("nan"), float("inf"), 10**400, "1", True, 1j]
    numbers += [p.min - 1] if p.min is not None else []
    numbers += [p.max + 1] if p.max is not None else []
    match p.kind:
        case "bool":
            yield from (0, 1, "true")
        case "choice":
            yield from ("", "no such choice", p.choices, 0)
        case "text":
            yield 1
        case "int":
            yield from (*numbers, 1.5, (1,))
        case "float":
            yield from (*numbers, (0.5,))
        case "pair":
            yield from ((), (1,), (1, 1, 1), "11", 1, *((1, number) for number in (*numbers, 1.5)))
        case "shape":
            yield from ((), "11", 1, *((1, number) for number in (*numbers, 1.5)))
        case "padding":
            yield from ("full", (1, 1), 1, *((0, 0, 0, number) for number in (*numbers, 1.5)))


def _invalid_settings() -> Iterator[Any]:
    for case in ONE_EACH:
        for p in params_of(type(case.layer)):
            for value in _forbidden(p):
                yield pytest.param(case, p, value, id=f"{case.layer.kind} {p.name}={str(value)[:20]}")


@pytest.mark.parametrize(("case", "p", "value"), list(_invalid_settings()))
def test_forbidden_values_are_refused_with_block_and_setting(case: Case, p: Param, value: Any) -> None:
    assert p.check(value)
    block = edits.new_block(Graph(), case.layer, name="My block")
    graph = edits.add(Graph(), block)
    with pytest.raises(DesignError) as caught:
        edits.set_param(graph, block.id, p.name, value)
    assert (caught.value.problem.block, caught.value.problem.parameter) == (block.id, p.name)
    broken = edits.add(
        Graph(),
        dataclasses.replace(block, layer=changed(case.layer, **{p.name: value})),
    )
    problem = infer(broken).problem(block.id)
    assert problem is not None
    assert problem.parameter == p.name
    assert problem.message.startswith("My block")
    assert p.label in problem.message
