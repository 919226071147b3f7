"""Made by `python -m cnngui.scripting.stub` of what is declared."""

from collections.abc import Sequence
from typing import Literal, overload

from core.layers.activation import ELU as _ELU
from core.layers.activation import GELU as _GELU
from core.layers.activation import LeakyReLU as _LeakyReLU
from core.layers.activation import ReLU as _ReLU
from core.layers.activation import SiLU as _SiLU
from core.layers.activation import Sigmoid as _Sigmoid
from core.layers.activation import Softmax as _Softmax
from core.layers.activation import Tanh as _Tanh
from core.layers.convolution import Conv2D as _Conv2D
from core.layers.convolution import DepthwiseConv2D as _DepthwiseConv2D
from core.layers.dense import Dense as _Dense
from core.layers.dropout import Dropout as _Dropout
from core.layers.input import Input as _Input
from core.layers.merge import Add as _Add
from core.layers.merge import Concatenate as _Concatenate
from core.layers.merge import Multiply as _Multiply
from core.layers.normalisation import BatchNorm as _BatchNorm
from core.layers.normalisation import GroupNorm as _GroupNorm
from core.layers.normalisation import LayerNorm as _LayerNorm
from core.layers.output import BinaryClassification as _BinaryClassification
from core.layers.output import Classification as _Classification
from core.layers.output import Regression as _Regression
from core.layers.pooling import AveragePool as _AveragePool
from core.layers.pooling import GlobalAveragePool as _GlobalAveragePool
from core.layers.pooling import MaxPool as _MaxPool
from core.layers.reconstruction import Reconstruction as _Reconstruction
from core.layers.resampling import AdaptiveAveragePool as _AdaptiveAveragePool
from core.layers.resampling import Upsample as _Upsample
from core.layers.reshape import Crop as _Crop
from core.layers.reshape import Flatten as _Flatten
from core.layers.reshape import Reshape as _Reshape
from core.layers.reshape import ZeroPad as _ZeroPad
from core.layers.transposed import TransposedConv2D as _TransposedConv2D
from core.maths.optim import Adam as _Adam
from core.maths.optim import AdamW as _AdamW
from core.maths.optim import Optimizer
from core.maths.optim import RMSprop as _RMSprop
from core.maths.optim import SGD as _SGD
from core.maths.schedules import Constant as _Constant
from core.maths.schedules import Cosine as _Cosine
from core.maths.schedules import Exponential as _Exponential
from core.maths.schedules import Schedule
from core.maths.schedules import StepDecay as _StepDecay
from core.training.plan import Plan as _Plan

class ReLU(_ReLU):
    def __init__(self) -> None: ...

class LeakyReLU(_LeakyReLU):
    def __init__(
        self,
        slope: float = 0.01,
    ) -> None: ...

class Sigmoid(_Sigmoid):
    def __init__(self) -> None: ...

class Tanh(_Tanh):
    def __init__(self) -> None: ...

class ELU(_ELU):
    def __init__(
        self,
        alpha: float = 1.0,
    ) -> None: ...

class GELU(_GELU):
    def __init__(self) -> None: ...

class SiLU(_SiLU):
    def __init__(self) -> None: ...

class Softmax(_Softmax):
    def __init__(self) -> None: ...

class Conv2D(_Conv2D):
    def __init__(
        self,
        filters: int = 16,
        kernel: int | Sequence[int] = (3, 3),
        stride: int | Sequence[int] = (1, 1),
        padding: Literal["valid", "same"] | int | Sequence[int] = "valid",
        dilation: int | Sequence[int] = (1, 1),
        groups: int = 1,
        bias: bool = True,
        initialiser: Literal["pytorch", "he", "glorot"] = "pytorch",
    ) -> None: ...

class DepthwiseConv2D(_DepthwiseConv2D):
    def __init__(
        self,
        kernel: int | Sequence[int] = (3, 3),
        stride: int | Sequence[int] = (1, 1),
        padding: Literal["valid", "same"] | int | Sequence[int] = "same",
        dilation: int | Sequence[int] = (1, 1),
        multiplier: int = 1,
        bias: bool = True,
        initialiser: Literal["pytorch", "he", "glorot"] = "pytorch",
    ) -> None: ...

class Dense(_Dense):
    def __init__(
        self,
        units: int = 64,
        bias: bool = True,
        initialiser: Literal["pytorch", "he", "glorot"] = "pytorch",
    ) -> None: ...

class Dropout(_Dropout):
    def __init__(
        self,
        share: float = 0.5,
    ) -> None: ...

class Input(_Input):
    @overload
    def __init__(self, shape: int | Sequence[int] = (1, 28, 28)) -> None: ...
    @overload
    def __init__(self, *shape: int) -> None: ...

class Add(_Add):
    def __init__(self) -> None: ...

class Multiply(_Multiply):
    def __init__(self) -> None: ...

class Concatenate(_Concatenate):
    def __init__(self) -> None: ...

class BatchNorm(_BatchNorm):
    def __init__(
        self,
        momentum: float = 0.1,
        epsilon: float = 1e-05,
    ) -> None: ...

class LayerNorm(_LayerNorm):
    def __init__(
        self,
        epsilon: float = 1e-05,
    ) -> None: ...

class GroupNorm(_GroupNorm):
    def __init__(
        self,
        groups: int = 4,
        epsilon: float = 1e-05,
    ) -> None: ...

class Classification(_Classification):
    def __init__(
        self,
        label_smoothing: float = 0.0,
        balanced: bool = False,
        class_weights: Sequence[float] = (),
    ) -> None: ...

class BinaryClassification(_BinaryClassification):
    def __init__(self) -> None: ...

class Regression(_Regression):
    def __init__(
        self,
        loss_function: Literal["mean squared error", "mean absolute error", "huber"] = "mean squared error",
        delta: float = 1.0,
    ) -> None: ...

class MaxPool(_MaxPool):
    def __init__(
        self,
        kernel: int | Sequence[int] = (2, 2),
        stride: int | Sequence[int] = (2, 2),
        padding: Literal["valid", "same"] | int | Sequence[int] = "valid",
    ) -> None: ...

class AveragePool(_AveragePool):
    def __init__(
        self,
        kernel: int | Sequence[int] = (2, 2),
        stride: int | Sequence[int] = (2, 2),
        padding: Literal["valid", "same"] | int | Sequence[int] = "valid",
    ) -> None: ...

class GlobalAveragePool(_GlobalAveragePool):
    def __init__(self) -> None: ...

class Reconstruction(_Reconstruction):
    def __init__(
        self,
        loss_function: Literal["mean squared error", "mean absolute error", "huber", "binary cross-entropy"] = "mean squared error",
        delta: float = 1.0,
    ) -> None: ...

class AdaptiveAveragePool(_AdaptiveAveragePool):
    def __init__(
        self,
        size: int | Sequence[int] = (4, 4),
    ) -> None: ...

class Upsample(_Upsample):
    def __init__(
        self,
        factor: int | Sequence[int] = (2, 2),
        mode: Literal["nearest", "bilinear"] = "nearest",
    ) -> None: ...

class Flatten(_Flatten):
    def __init__(self) -> None: ...

class Reshape(_Reshape):
    @overload
    def __init__(self, shape: int | Sequence[int] = (16, 7, 7)) -> None: ...
    @overload
    def __init__(self, *shape: int) -> None: ...

class ZeroPad(_ZeroPad):
    @overload
    def __init__(self, border: int | Sequence[int] = (1, 1, 1, 1)) -> None: ...
    @overload
    def __init__(self, *border: int) -> None: ...

class Crop(_Crop):
    @overload
    def __init__(self, border: int | Sequence[int] = (1, 1, 1, 1)) -> None: ...
    @overload
    def __init__(self, *border: int) -> None: ...

class TransposedConv2D(_TransposedConv2D):
    def __init__(
        self,
        filters: int = 16,
        kernel: int | Sequence[int] = (3, 3),
        stride: int | Sequence[int] = (2, 2),
        padding: Literal["valid", "same"] | int | Sequence[int] = "same",
        dilation: int | Sequence[int] = (1, 1),
        groups: int = 1,
        bias: bool = True,
        initialiser: Literal["pytorch", "he", "glorot"] = "pytorch",
    ) -> None: ...

class SGD(_SGD):
    def __init__(
        self,
        learning_rate: float = 0.01,
        momentum: float = 0.9,
        nesterov: bool = False,
        weight_decay: float = 0.0,
    ) -> None: ...

class RMSprop(_RMSprop):
    def __init__(
        self,
        learning_rate: float = 0.001,
        alpha: float = 0.99,
        epsilon: float = 1e-08,
        weight_decay: float = 0.0,
    ) -> None: ...

class Adam(_Adam):
    def __init__(
        self,
        learning_rate: float = 0.001,
        beta1: float = 0.9,
        beta2: float = 0.999,
        epsilon: float = 1e-08,
        weight_decay: float = 0.0,
    ) -> None: ...

class AdamW(_AdamW):
    def __init__(
        self,
        learning_rate: float = 0.001,
        beta1: float = 0.9,
        beta2: float = 0.999,
        epsilon: float = 1e-08,
        weight_decay: float = 0.01,
    ) -> None: ...

class Constant(_Constant):
    def __init__(self) -> None: ...

class StepDecay(_StepDecay):
    def __init__(
        self,
        step_size: int = 10,
        gamma: float = 0.1,
    ) -> None: ...

class Exponential(_Exponential):
    def __init__(
        self,
        gamma: float = 0.9,
    ) -> None: ...

class Cosine(_Cosine):
    def __init__(
        self,
        final: float = 0.0,
    ) -> None: ...

class Plan(_Plan):
    def __init__(
        self,
        optimizer: Optimizer | Literal["sgd", "rmsprop", "adam", "adamw"] = ...,
        schedule: Schedule | Literal["constant", "step", "exponential", "cosine"] = ...,
        epochs: int = 5,
        batch_size: int = 64,
        validation: float = 0.1,
        seed: int = 0,
        keep_best: bool = True,
        warmup: float = 0.0,
        clip_norm: float = 0.0,
        clip_value: float = 0.0,
    ) -> None: ...
