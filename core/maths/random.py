"""Random numbers as a function of a key and a position, so that no order of execution can change them.

Training draws every random decision from (seed, epoch) or (seed, step, block): a resumed run needs no saved
generator state, and any number of threads gives the same dropout mask.
"""

from __future__ import annotations

import zlib
from typing import Any

import numpy as np
from numpy.typing import NDArray

STEP = 0x9E3779B9  # 2³² / golden ratio: spreads neighbouring positions over all bits (Knuth, TAOCP 3, 6.4)


def mix(bits: NDArray[np.uint32]) -> NDArray[np.uint32]:
    """The 32-bit finaliser of MurmurHash3 (Appleby 2011): every output bit depends on every input bit."""
    bits = bits ^ (bits >> np.uint32(16))
    bits = bits * np.uint32(0x85EBCA6B)
    bits = bits ^ (bits >> np.uint32(13))
    bits = bits * np.uint32(0xC2B2AE35)
    return bits ^ (bits >> np.uint32(16))


def uniform(key: int, shape: tuple[int, ...]) -> NDArray[np.float32]:
    """Numbers in [0, 1) with 24 random bits; element i (in C order) is mix(mix(i · step) ^ key) / 2³²."""
    count = int(np.prod(shape))
    positions = np.arange(count, dtype=np.uint32) * np.uint32(STEP)
    bits = mix(mix(positions) ^ np.uint32(key))
    scaled: NDArray[Any] = (bits >> np.uint32(8)).astype(np.float32)
    return (scaled * np.float32(2.0**-24)).reshape(shape)


def key(seed: int, step: int, name: str) -> int:
    """A 32-bit key for one use: the CRC of all three."""
    return zlib.crc32(f"{seed}/{step}/{name}".encode())
