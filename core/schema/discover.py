"""Importing all files of a folder, so that what they declare is known without a list of them."""

from __future__ import annotations

import importlib
import pkgutil
from collections.abc import Iterable


def discover(package: str, path: Iterable[str]) -> None:
    """Imports the modules of a package and of the packages inside it: `discover(__name__, __path__)`.

    They come in the order of their names, whatever the file system's, and so does what they declare. An
    error of an import is raised as it is.
    """
    for found in sorted(pkgutil.iter_modules(path), key=lambda module: module.name):
        name = f"{package}.{found.name}"
        module = importlib.import_module(name)
        if found.ispkg:
            discover(name, module.__path__)
