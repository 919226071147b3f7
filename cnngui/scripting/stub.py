"""How the declared classes look to type checkers and editors: `python -m cnngui.scripting.stub`.

Their fields have the declared types; what they take besides, such as `kernel=3`, stands in the stub.
"""

from __future__ import annotations

import json
from collections.abc import Iterable, Iterator
from pathlib import Path
from typing import Any, Final

from cnngui.scripting.api import DECLARED
from core.maths.optim import OPTIMIZERS
from core.maths.schedules import SCHEDULES
from core.schema.param import Param, params_of
from core.schema.registry import Registry
from core.training.plan import Plan

PATH: Final = Path(__file__).with_name("declared.pyi")
_TYPES: Final = {
    "int": "int",
    "float": "float",
    "bool": "bool",
    "text": "str",
    "pair": "int | Sequence[int]",
    "shape": "int | Sequence[int]",
    "padding": 'Literal["valid", "same"] | int | Sequence[int]',
    "numbers": "Sequence[float]",
}


def stub() -> str:
    """The text of `declared.pyi`."""
    declared = [*DECLARED.values(), Plan]
    imports = sorted(
        f"from {each.__module__} import {each.__name__} as _{each.__name__}\n" for each in declared
    )
    bases = "from core.maths.optim import Optimizer\nfrom core.maths.schedules import Schedule\n"
    head = '"""Made by `python -m cnngui.scripting.stub` of what is declared."""\n\n'
    head += "from collections.abc import Sequence\nfrom typing import Literal, overload\n\n"
    return (
        head
        + "".join(sorted([*imports, *bases.splitlines(keepends=True)]))
        + "\n"
        + "\n".join(map(_class, declared))
    )


def _class(declared: type) -> str:
    params = params_of(declared)
    body = "".join(
        _shape_alone(params[0]) if [p.kind for p in params] == ["shape"] else _init(declared, params)
    )
    return f"class {declared.__name__}(_{declared.__name__}):\n{body}"


def _init(declared: type, params: tuple[Param, ...]) -> Iterator[str]:
    settings = [f"{p.name}: {_type(p)} = {_default(p.default)}" for p in params]
    if declared is Plan:
        kinds: dict[str, tuple[str, Registry[Any]]] = {
            "optimizer": ("Optimizer", OPTIMIZERS),
            "schedule": ("Schedule", SCHEDULES),
        }
        settings = [
            f"{name}: {base} | {_literal(entry.kind for entry in registry)} = ..."
            for name, (base, registry) in kinds.items()
        ] + settings
    if not settings:
        yield "    def __init__(self) -> None: ...\n"
        return
    yield "    def __init__(\n        self,\n"
    yield from (f"        {setting},\n" for setting in settings)
    yield "    ) -> None: ...\n"


def _shape_alone(p: Param) -> Iterator[str]:
    yield "    @overload\n"
    yield f"    def __init__(self, {p.name}: {_type(p)} = {_default(p.default)}) -> None: ...\n"
    yield "    @overload\n"
    yield f"    def __init__(self, *{p.name}: int) -> None: ...\n"


def _type(p: Param) -> str:
    return _literal(p.choices) if p.choices else _TYPES[p.kind]


def _literal(values: Iterable[str]) -> str:
    return f"Literal[{', '.join(map(json.dumps, values))}]"


def _default(value: object) -> str:
    return json.dumps(value) if isinstance(value, str) else repr(value)


if __name__ == "__main__":
    PATH.write_text(stub(), encoding="utf-8")
