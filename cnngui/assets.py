"""Where the files that come with the application lie. Imports no Qt: the command line uses it too."""

from __future__ import annotations

from functools import cache
from importlib.resources import files
from pathlib import Path


@cache
def resources() -> Path:
    """The folder of the resources: inside the installed package, or beside it in a checkout."""
    installed = Path(str(files("cnngui"))) / "resources"
    return installed if installed.is_dir() else installed.parent.parent / "resources"


def path(name: str) -> Path:
    """A resource by its name with `/` between the folders, such as `examples/lenet5.json`."""
    return resources() / name


def version_text() -> str:
    """`0.3.0`, or that nothing is installed."""
    from importlib.metadata import PackageNotFoundError, version  # noqa: PLC0415  # slow, and rarely asked for

    try:
        return version("cnngui")
    except PackageNotFoundError:
        return "from a checkout"
