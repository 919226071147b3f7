"""What is compiled for: the vector width, the register file and the folder of compiled code."""

from __future__ import annotations

import hashlib
import os
import platform
import re
import shutil
import sys
import tempfile
import time
from contextlib import suppress
from functools import cache
from importlib.metadata import version
from itertools import chain
from pathlib import Path
from typing import NamedTuple

from llvmlite import binding as llvm

import core
from core.native.environment import forced_width
from core.native.system import cache_roots, is_own_folder

CACHE_VARIABLE = "CNNGUI_CACHE_DIR"
COMPILED = ("native", "engine", "data/digits")
"""The rooms of core with functions that numba compiles."""
UNUSED_DAYS = 30
_FOLDER_NAME = re.compile(r"[0-9a-f]{12}-[0-9a-f]{8}-\d+")


class Target(NamedTuple):
    """`width` lanes of float32 per vector; `registers` says how many vectors the processor can hold."""

    width: int
    registers: int

    @property
    def vector_bytes(self) -> int:
        return 4 * self.width


def broadest_width() -> int:
    """The floats in the longest vector that this processor has instructions for."""
    features = dict(llvm.get_host_cpu_features())
    if features.get("avx512f"):
        return 16
    return 8 if features.get("avx2") and features.get("fma") else 4


def _detect() -> Target:
    features = dict(llvm.get_host_cpu_features())
    wide_file = bool(features.get("avx512vl")) or platform.machine().lower() in ("arm64", "aarch64")
    width = broadest_width()
    if width == 16 and "znver" in llvm.get_host_cpu_name():
        # AMD's Zen 4 runs a 512-bit operation as two 256-bit ones: nothing is lost by narrow vectors,
        # and small batches and the sums over lanes gain.
        width = 8
    width = forced_width() or width
    return Target(width, 32 if wide_file else 16)


TARGET = _detect()


def _source_digest() -> str:
    """A hash over all that compiled code depends on: the source of what is compiled, and the versions of who
    compiles.

    When a file was written doesn't count: reinstalling the same version finds its code again.
    """
    versions = f"{version('numba')} {version('llvmlite')} {sys.version_info[:2]}"
    digest = hashlib.sha256(versions.encode())
    home = Path(core.__file__).parent
    for path in sorted(path for room in COMPILED for path in (home / room).rglob("*.py")):
        source = path.read_bytes()
        digest.update(f"{path.relative_to(home).as_posix()} {len(source)} ".encode() + source)
    return digest.hexdigest()[:12]


@cache
def cache_folder() -> Path | None:
    """The folder for compiled code, one per source version, processor and width; None where none can be
    written. Making one removes those that were left unused.

    Code that is found is run: what belongs to somebody else, or others may write, is passed over.
    """
    cpu = hashlib.sha256(f"{llvm.get_host_cpu_name()}{llvm.get_host_cpu_features().flatten()}".encode())
    name = f"{_source_digest()}-{cpu.hexdigest()[:8]}-{TARGET.width}"
    chosen = os.environ.get(CACHE_VARIABLE)
    for root in chain([Path(chosen)] if chosen else [], cache_roots()):
        folder = root / "compiled" / name
        try:
            new = not folder.is_dir()
            root.mkdir(mode=0o700, parents=True, exist_ok=True)
            if not (is_own_folder(folder.parent) and is_own_folder(folder)):
                continue
            with tempfile.TemporaryFile(dir=folder):
                pass
        except OSError:
            continue
        with suppress(OSError):
            os.utime(folder)
        if new:
            _remove_unused(folder.parent)
        return folder
    return None


def _remove_unused(folder: Path) -> None:
    """Removes the code that no start has used for UNUSED_DAYS, such as that of versions before."""
    with suppress(OSError):
        for other in folder.iterdir():
            if _FOLDER_NAME.fullmatch(other.name) and _days_since_use(other) > UNUSED_DAYS:
                shutil.rmtree(other, ignore_errors=True)


def _days_since_use(folder: Path) -> float:
    return (time.time() - folder.stat().st_mtime) / 86_400
