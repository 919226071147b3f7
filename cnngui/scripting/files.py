"""Networks out of files and examples."""

from __future__ import annotations

import os
from dataclasses import replace

from cnngui.models.designs import is_example, open_design, open_example
from cnngui.scripting.given import path_text
from cnngui.scripting.network import Network
from cnngui.scripting.sources import Data
from cnngui.scripting.sources import data as opened
from core.errors import UsageError


def load(name: str | os.PathLike[str], data: Data | None = None) -> Network:
    """The network of a `.cnn` file with what it has learned, of a design as `.json`, or of an example.

    An example, such as "lenet5", is made for `data` where they are given. Raises UsageError where there is
    nothing of this name, or data are given for a file; FormatError for a damaged one.
    """
    text = path_text(name)
    file = open_design(text)
    if data is not None:
        if not is_example(text):
            raise UsageError(
                f"{text} is a file; only an example is made for data.", "Leave the data out: load(name)."
            )
        design = open_example(text, opened(data).train.spec)
        file = replace(file, project=replace(file.project, design=design))
    return Network.of_file(file)
