"""Every registered layer with a grid of its settings, for the tests that hold for all layers.

`GRIDS` says what is worth varying. A layer that isn't listed is tested with its defaults, so that a new layer
is tested before anybody writes a line here.
"""

from __future__ import annotations

import itertools
from collections.abc import Iterator
from dataclasses import dataclass, field
from typing import Any

import numpy as np

from core.errors import ShapeError
from core.layers import LAYERS, Layer, Mode, Output
from core.maths.arrays import Array, Parameter, Shape
from core.schema.param import params_of

BATCH = 3
IMAGE: Shape = (4, 7, 6)
VECTOR: Shape = (5,)
LARGE: Shape = (1, 17, 18)
MODES = {"training": Mode(training=True, key=7), "evaluation": Mode()}

Shapes = tuple[Shape, ...]


@dataclass(frozen=True)
class Grid:
    """The input shapes to try, and the values of each setting: all combinations are tested."""

    shapes: tuple[Shapes, ...] = ()
    options: dict[str, tuple[Any, ...]] = field(default_factory=dict)


PADDINGS = ("valid", "same", (1, 0, 2, 1))
POOLING = {"kernel": ((2, 2), (3, 4)), "stride": ((1, 1), (2, 2), (3, 2)), "padding": PADDINGS}

GRIDS: dict[str, Grid] = {
    "conv2d": Grid(
        ((IMAGE,),),
        {
            "filters": (4,),
            "kernel": ((1, 1), (3, 2)),
            "stride": ((1, 1), (2, 3)),
            "padding": PADDINGS,
            "dilation": ((1, 1), (2, 3)),
            "groups": (1, 2, 4),
            "bias": (True, False),
        },
    ),
    "max_pool": Grid(
        ((IMAGE,), (LARGE,)),
        {**POOLING, "kernel": ((2, 2), (3, 4), (15, 17), (16, 16))},  # around the 256 numbers of a byte
    ),
    "average_pool": Grid(((IMAGE,),), POOLING),
    "dense": Grid(((VECTOR,),), {"units": (1, 3), "bias": (True, False)}),
    "dropout": Grid(((IMAGE,), (VECTOR,)), {"share": (0.0, 0.3, 0.9)}),
    "batch_norm": Grid(((IMAGE,), (VECTOR,)), {"momentum": (0.1, 1.0), "epsilon": (1e-5, 0.1)}),
    "leaky_relu": Grid(((IMAGE,),), {"slope": (0.0, 0.01, 1.0)}),
    "softmax": Grid(((IMAGE,), (VECTOR,))),
    "add": Grid(((IMAGE, IMAGE), (VECTOR, VECTOR, VECTOR), (IMAGE, IMAGE[:1]))),
    "concatenate": Grid(((IMAGE, (2, *IMAGE[1:]), IMAGE), (VECTOR, (2,)))),
    "depthwise_conv2d": Grid(
        ((IMAGE,),),
        {"kernel": ((3, 2),), "stride": ((1, 1), (2, 3)), "padding": PADDINGS, "multiplier": (1, 2)},
    ),
    "transposed_conv2d": Grid(
        ((IMAGE,),),
        {
            "filters": (6,),
            "kernel": ((1, 1), (3, 2)),
            "stride": ((1, 1), (2, 3)),
            "padding": ("valid", "same", (1, 0, 0, 1)),
            "dilation": ((1, 1), (1, 2)),
            "groups": (1, 2),
            "bias": (True, False),
        },
    ),
    "adaptive_average_pool": Grid(((IMAGE,),), {"size": ((1, 1), (4, 5), (7, 6))}),
    "upsample": Grid(((IMAGE,),), {"factor": ((1, 1), (2, 3)), "mode": ("nearest", "bilinear")}),
    "reshape": Grid(((IMAGE,),), {"shape": ((168,), (2, 14, 6))}),
    "zero_pad": Grid(((IMAGE,),), {"border": ((1, 1, 1, 1), (0, 2, 3, 0))}),
    "crop": Grid(((IMAGE,),), {"border": ((1, 1, 1, 1), (0, 2, 3, 0))}),
    "multiply": Grid(((IMAGE, IMAGE), (IMAGE, IMAGE[:1]), (VECTOR, VECTOR, VECTOR), (IMAGE, (1, 7, 1)))),
    "layer_norm": Grid(((IMAGE,), (VECTOR,)), {"epsilon": (1e-5, 0.1)}),
    "group_norm": Grid(((IMAGE,),), {"groups": (1, 2, 4)}),
    "classification": Grid(
        ((VECTOR,),),
        {"label_smoothing": (0.0, 0.2), "class_weights": ((), (1.0, 0.5, 2.0, 3.0, 0.1))},
    ),
    "regression": Grid(
        ((VECTOR,),),
        {"loss_function": ("mean squared error", "mean absolute error", "huber"), "delta": (0.3, 1.0)},
    ),
    "reconstruction": Grid(((IMAGE,), (VECTOR,)), {"loss_function": ("huber", "binary cross-entropy")}),
}


@dataclass(frozen=True)
class Case:
    """A layer with settings, and the shapes of its inputs."""

    layer: Layer
    shapes: Shapes

    def __str__(self) -> str:
        defaults = {p.name: p.default for p in params_of(type(self.layer))}
        changed = {n: getattr(self.layer, n) for n in defaults if getattr(self.layer, n) != defaults[n]}
        settings = " ".join(f"{name}={value}" for name, value in changed.items())
        return f"{self.layer.kind} {settings} {self.shapes}".replace("  ", " ")

    @property
    def parameters(self) -> dict[str, Parameter]:
        return self.layer.parameters(*self.shapes)

    def inputs(self, dtype: Any = np.float64) -> list[Array]:
        """Batches of distinct numbers in ±2, none near 0: no kink of ReLU and no tie of Max Pool is near."""
        rng = np.random.default_rng(1)
        shapes = self.shapes or (self.layer.infer(),)
        return [_distinct((BATCH, *shape), rng).astype(dtype) for shape in shapes]

    def arrays(self, dtype: Any = np.float64) -> dict[str, Array]:
        """Parameters unlike any initialiser's, positive so that running variances are possible ones."""
        rng = np.random.default_rng(2)
        return {
            name: rng.uniform(0.5, 1.5, spec.shape).astype(dtype) for name, spec in self.parameters.items()
        }


def _distinct(shape: tuple[int, ...], rng: np.random.Generator) -> Array:
    count = int(np.prod(shape))
    return rng.permutation((np.arange(count) + 0.3) / count * 4 - 2).reshape(shape)


def cases() -> Iterator[Case]:
    """All cases that the layers accept; `test_conformance` makes sure that each layer has one."""
    for declared in LAYERS:
        grid = GRIDS.get(declared.kind, Grid())
        shapes = grid.shapes or _shapes(declared)
        for values in itertools.product(*grid.options.values()):
            layer = declared(**dict(zip(grid.options, values, strict=True)))
            for entering in shapes:
                if _accepts(layer, entering):
                    yield Case(layer, entering)


def _shapes(declared: type[Layer]) -> tuple[Shapes, ...]:
    """Inputs to try for a layer that isn't listed; the ones it doesn't accept are left out."""
    if declared.inputs == 0:
        return ((),)
    count = declared.inputs or 2
    return (IMAGE,) * count, (VECTOR,) * count


def _accepts(layer: Layer, shapes: Shapes) -> bool:
    try:
        layer.infer(*shapes)
    except ShapeError:
        return False
    return True


CASES = tuple(cases())
HIDDEN = tuple(case for case in CASES if case.shapes and not isinstance(case.layer, Output))
OUTPUTS = tuple(case for case in CASES if isinstance(case.layer, Output))
ONE_EACH = tuple({case.layer.kind: case for case in CASES}.values())
