"""The five networks of the benchmarks, as designs and in PyTorch, with equal weights.

LeNet-5 (6 and 16 filters) and a wider LeNet (20 and 50) for 28 × 28, a VGG-like stack, ResNet-20 (He et
al. 2016) and a MobileNet-like one with depthwise convolutions for 32 × 32 × 3.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable
from typing import Any, NamedTuple

import torch
from torch import nn

from core.design import edits
from core.design.graph import Graph
from core.layers import Layer
from core.layers.activation import ReLU
from core.layers.convolution import Conv2D
from core.layers.dense import Dense
from core.layers.input import Input
from core.layers.merge import Add
from core.layers.normalisation import BatchNorm
from core.layers.output import Classification
from core.layers.pooling import GlobalAveragePool, MaxPool
from core.layers.reshape import Flatten
from core.maths.arrays import Shape
from core.running.program import Program

CLASSES = 10
SAME = (1, 1, 1, 1)


class _Design:
    """Builds a graph; a call adds a layer behind the last block or the ones given."""

    def __init__(self, shape: Shape) -> None:
        self.graph = Graph()
        self.last = ""
        self.add(Input(shape=shape))

    def add(self, layer: Layer, *sources: str) -> str:
        block = edits.new_block(self.graph, layer)
        self.graph = edits.add(self.graph, block)
        for source in sources or ([self.last] if self.last else []):
            self.graph = edits.connect(self.graph, source, block.id)
        self.last = block.id
        return block.id

    def chain(self, layers: Iterable[Layer]) -> Graph:
        for layer in layers:
            self.add(layer)
        return self.graph


def _lenet(filters: tuple[int, int], units: tuple[int, ...]) -> Graph:
    layers: list[Layer] = []
    for count in filters:
        layers += [Conv2D(filters=count, kernel=(5, 5)), ReLU(), MaxPool()]
    layers.append(Flatten())
    for count in units:
        layers += [Dense(units=count), ReLU()]
    return _Design((1, 28, 28)).chain([*layers, Dense(units=CLASSES), Classification()])


def _torch_lenet(filters: tuple[int, int], units: tuple[int, ...]) -> nn.Module:
    layers: list[nn.Module] = []
    before = 1
    for count in filters:
        layers += [nn.Conv2d(before, count, 5), nn.ReLU(), nn.MaxPool2d(2)]
        before = count
    layers.append(nn.Flatten())
    before *= 16
    for count in units:
        layers += [nn.Linear(before, count), nn.ReLU()]
        before = count
    return nn.Sequential(*layers, nn.Linear(before, CLASSES))


VGG = (32, 32, 0, 64, 64, 0, 128)
"""Filters of the VGG-like stack; 0 stands for pooling."""


def _vgg() -> Graph:
    layers: list[Layer] = []
    for count in VGG:
        layers += [Conv2D(filters=count, padding=SAME), ReLU()] if count else [MaxPool()]
    return _Design((3, 32, 32)).chain([*layers, Flatten(), Dense(units=CLASSES), Classification()])


def _torch_vgg() -> nn.Module:
    layers: list[nn.Module] = []
    before = 3
    for count in VGG:
        if count:
            layers += [nn.Conv2d(before, count, 3, padding=1), nn.ReLU(inplace=True)]
            before = count
        else:
            layers.append(nn.MaxPool2d(2))
    return nn.Sequential(*layers, nn.Flatten(), nn.Linear(128 * 64, CLASSES))


STAGES = ((16, 1), (32, 2), (64, 2))
"""Filters and first stride of ResNet-20's stages of three blocks."""


def _resnet() -> Graph:
    design = _Design((3, 32, 32))

    def convolution(filters: int, kernel: int, stride: int, *sources: str) -> str:
        padding = SAME if kernel == 3 else "valid"
        layer = Conv2D(
            filters=filters, kernel=(kernel, kernel), stride=(stride, stride), padding=padding, bias=False
        )
        design.add(layer, *sources)
        return design.add(BatchNorm())

    convolution(16, 3, 1)
    x, before = design.add(ReLU()), 16
    for filters, first in STAGES:
        for index in range(3):
            stride = first if index == 0 else 1
            convolution(filters, 3, stride, x)
            main = convolution(filters, 3, 1, design.add(ReLU()))
            side = x if stride == 1 and before == filters else convolution(filters, 1, stride, x)
            design.add(Add(), main, side)
            x, before = design.add(ReLU()), filters
    return design.chain([GlobalAveragePool(), Dense(units=CLASSES), Classification()])


class _Residual(nn.Module):
    def __init__(self, before: int, filters: int, stride: int) -> None:
        super().__init__()
        self.first = nn.Conv2d(before, filters, 3, stride, 1, bias=False)
        self.first_norm = nn.BatchNorm2d(filters)
        self.second = nn.Conv2d(filters, filters, 3, 1, 1, bias=False)
        self.second_norm = nn.BatchNorm2d(filters)
        self.side = nn.Sequential()
        if stride > 1 or before != filters:
            convolution = nn.Conv2d(before, filters, 1, stride, bias=False)
            self.side = nn.Sequential(convolution, nn.BatchNorm2d(filters))

    def forward(self, x: Any) -> Any:
        y = torch.relu_(self.first_norm(self.first(x)))
        return torch.relu_(self.second_norm(self.second(y)) + self.side(x))


def _torch_resnet() -> nn.Module:
    layers: list[nn.Module] = [
        nn.Conv2d(3, 16, 3, 1, 1, bias=False),
        nn.BatchNorm2d(16),
        nn.ReLU(inplace=True),
    ]
    before = 16
    for filters, first in STAGES:
        for index in range(3):
            layers.append(_Residual(before, filters, first if index == 0 else 1))
            before = filters
    return nn.Sequential(*layers, nn.AdaptiveAvgPool2d(1), nn.Flatten(), nn.Linear(64, CLASSES))


MOBILE = ((32, 64, 1), (64, 128, 2), (128, 128, 1), (128, 256, 2), (256, 256, 1))
"""Channels, filters and stride of each depthwise and pointwise pair."""


def _mobile() -> Graph:
    layers: list[Layer] = [Conv2D(filters=32, padding=SAME, bias=False), BatchNorm(), ReLU()]
    for channels, filters, stride in MOBILE:
        depthwise = Conv2D(
            filters=channels, stride=(stride, stride), padding=SAME, groups=channels, bias=False
        )
        layers += [depthwise, BatchNorm(), ReLU()]
        layers += [Conv2D(filters=filters, kernel=(1, 1), bias=False), BatchNorm(), ReLU()]
    return _Design((3, 32, 32)).chain([*layers, GlobalAveragePool(), Dense(units=CLASSES), Classification()])


def _torch_mobile() -> nn.Module:
    layers: list[nn.Module] = [
        nn.Conv2d(3, 32, 3, 1, 1, bias=False),
        nn.BatchNorm2d(32),
        nn.ReLU(inplace=True),
    ]
    for channels, filters, stride in MOBILE:
        depthwise = nn.Conv2d(channels, channels, 3, stride, 1, groups=channels, bias=False)
        layers += [depthwise, nn.BatchNorm2d(channels), nn.ReLU(inplace=True)]
        layers += [
            nn.Conv2d(channels, filters, 1, bias=False),
            nn.BatchNorm2d(filters),
            nn.ReLU(inplace=True),
        ]
    return nn.Sequential(*layers, nn.AdaptiveAvgPool2d(1), nn.Flatten(), nn.Linear(256, CLASSES))


class Pair(NamedTuple):
    """A network here and in PyTorch."""

    design: Callable[[], Graph]
    module: Callable[[], nn.Module]

    @property
    def shape(self) -> Shape:
        """An image's."""
        return next(b.layer.shape for b in self.design().blocks if isinstance(b.layer, Input))


NETWORKS = {
    "lenet5": Pair(lambda: _lenet((6, 16), (120, 84)), lambda: _torch_lenet((6, 16), (120, 84))),
    "lenet-20-50": Pair(lambda: _lenet((20, 50), (500,)), lambda: _torch_lenet((20, 50), (500,))),
    "vgg-like": Pair(_vgg, _torch_vgg),
    "resnet-20": Pair(_resnet, _torch_resnet),
    "mobilenet-like": Pair(_mobile, _torch_mobile),
}


def copy_weights(module: nn.Module, program: Program) -> None:
    """Gives the program PyTorch's weights; both list their layers in the same order."""
    arrays = iter(
        array.detach().numpy()
        for part in module.modules()
        if isinstance(part, nn.Conv2d | nn.Linear | nn.BatchNorm2d)
        for array in part.parameters()
    )
    state = program.parameters.save()
    for name in state:
        if "running" not in name:
            state[name] = next(arrays).copy()
    kept = program.parameters.load(state)
    if kept:
        raise ValueError(f"{', '.join(kept)} have another shape in PyTorch")
