"""One array out of an `.npz` archive, read in portions: as large as its header announces and no larger."""

from __future__ import annotations

import math
import warnings
from typing import IO, Any, Literal, NamedTuple, TypeAlias

import numpy as np
from numpy.typing import NDArray

from core.data.streams import read_array

Role: TypeAlias = Literal["samples", "targets", "names"]
_AT_ONCE = 1 << 22
"""Numbers whose order is changed together."""


class Header(NamedTuple):
    """What the header of an array announces."""

    shape: tuple[int, ...]
    columns_first: bool
    dtype: np.dtype[Any]

    def kept_as(self, role: Role | None) -> np.dtype[Any]:
        """The type in which the data set has these numbers: samples bytes or float32, classes int64."""
        if role == "samples" and self.dtype.kind in "iufb" and self.dtype != np.uint8:
            return np.dtype(np.float32)
        if role == "targets" and self.dtype.kind in "iu":
            return np.dtype(np.int64)
        return self.dtype.newbyteorder("=")

    def bytes_for(self, role: Role | None) -> int:
        """The memory that the array takes."""
        return math.prod(self.shape) * self.kept_as(role).itemsize


def read_header(stream: IO[bytes], name: str, size: int) -> Header:
    """The header of an array that lies in `size` bytes with it. Raises ValueError.

    Format: numpy.lib.format.
    """
    begin = stream.tell()
    version = np.lib.format.read_magic(stream)
    if version not in ((1, 0), (2, 0)):
        raise ValueError(f"the array {name} is of version {version[0]}.{version[1]} of the format")
    read = np.lib.format.read_array_header_1_0 if version == (1, 0) else np.lib.format.read_array_header_2_0
    with warnings.catch_warnings(
        action="ignore"
    ):  # of types and of Python's literals, which are refused here
        header = Header(*read(stream))
    if header.dtype.hasobject:
        raise ValueError(f"the array {name} holds Python objects (allow_pickle), which aren't read")
    if any(length < 0 for length in header.shape):
        raise ValueError(f"the array {name} announces a negative length")
    wanted = math.prod(header.shape) * header.dtype.itemsize
    if wanted != size - (stream.tell() - begin):
        raise ValueError(f"the array {name} announces {wanted} bytes, which aren't what is there")
    return header


def read_npy(stream: IO[bytes], name: str, size: int, role: Role | None) -> NDArray[Any]:
    """The array that lies in the next `size` bytes, in the type that `role` asks for. Raises ValueError."""
    header = read_header(stream, name, size)
    found = read_array(stream, math.prod(header.shape), header.dtype, header.kept_as(role))
    stream.read(1)  # to the end: there, zipfile compares the checksum
    return found.reshape(header.shape, order="F" if header.columns_first else "C")


def channels_first(x: NDArray[Any]) -> NDArray[Any]:
    """Images with their channels in the second place; where this owns them, in the memory that they have."""
    if x.dtype != np.uint8:
        x = x.astype(np.float32, copy=False)
    if x.ndim == 3:
        return x[:, None]
    if x.ndim != 4 or x.shape[3] not in (1, 3, 4) or x.shape[1] in (1, 3, 4):
        return x
    turned = x.transpose(0, 3, 1, 2)
    if isinstance(x, np.memmap) or not x.flags.c_contiguous:
        return turned
    in_place = x.reshape(turned.shape)
    portion = max(1, _AT_ONCE // max(1, math.prod(x.shape[1:])))
    for at in range(0, len(x), portion):
        in_place[at : at + portion] = turned[at : at + portion].copy()
    return in_place
