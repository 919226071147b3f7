"""Networks out of files and examples."""

from __future__ import annotations

import os
from dataclasses import replace

from cnngui.models.designs import is_example, open_design, open_example
from cnngui.scripting.network import Network
from cnngui.scripting.sources import Data
from cnngui.scripting.sources import data as opened


def load(name: str | os.PathLike[str], data: Data | None = None) -> Network:
    """The network of a `.cnn` file with what it has learned, of a design as `.json`, or of an example.

    An example, such as "lenet5", is made for `data` where they are given. Raises UsageError where there is
    nothing of this name, FormatError for a damaged file.
    """
    text = os.fspath(name)
    file = open_design(text)
    if is_example(text) and data is not None:
        design = open_example(text, opened(data).train.spec)
        file = replace(file, project=replace(file.project, design=design))
    return Network.of_file(file)
