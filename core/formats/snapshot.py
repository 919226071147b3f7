"""A project as it was at a moment, as one small JSON file: what drafts and former versions are made of."""

from __future__ import annotations

import json
import os
from dataclasses import dataclass, field
from datetime import datetime
from pathlib import Path
from typing import Final

from core.data.streams import open_file, read_exactly
from core.errors import CoreError, FormatError, name_of
from core.formats.atomic import write_atomically
from core.formats.design import graph_from_json, graph_to_json
from core.formats.json_text import DESIGN, check_size, parsed
from core.formats.moments import now
from core.formats.values import typed
from core.project import DataChoice, Project
from core.training.plan import Plan

VERSION: Final = 1
_TEXTS: Final = "data", "path", "digest"
_MOST_PATH: Final = 4096
UNTITLED: Final = "Untitled"


@dataclass(frozen=True)
class Snapshot:
    """A project without its weights, and the file it belongs to."""

    project: Project
    path: Path | None = None
    """None: it was never saved."""
    digest: str | None = None
    """Of that file as it was known then."""
    when: str = field(default_factory=now)

    @property
    def title(self) -> str:
        return self.path.name if self.path is not None else UNTITLED


def write_snapshot(path: Path, snapshot: Snapshot) -> None:
    """Writes it in one step. Raises FormatError."""
    project = snapshot.project
    content = {
        "version": VERSION,
        "path": None if snapshot.path is None else str(snapshot.path),
        "digest": snapshot.digest,
        "when": snapshot.when,
        "plan": project.plan.to_json(),
        "data": project.data.source,
        "design": graph_to_json(project.design),
    }
    write_atomically(path, json.dumps(content).encode())


def read_snapshot(path: Path) -> Snapshot:
    """The inverse. Raises FormatError."""
    name = f"{name_of(path.parent)}/{name_of(path)}"
    try:
        with open_file(path) as file:
            size = os.fstat(file.fileno()).st_size
            check_size(size, name, DESIGN)
            value = typed(parsed(read_exactly(file, size), name, DESIGN), dict, name)
        version = typed(value["version"], int, f"{name}, version")
        if version > VERSION:
            raise FormatError(f"{name} was written by a newer version of cnngui.", "Open it with that one.")
        data, file_path, digest = (_text_or_none(value[key], f"{name}, {key}") for key in _TEXTS)
        project = Project(graph_from_json(value["design"]), Plan.from_json(value["plan"]), DataChoice(data))
        when = datetime.fromisoformat(typed(value["when"], str, f"{name}, when")).isoformat()
        return Snapshot(project, None if file_path is None else Path(file_path), digest, when)
    except OSError as error:
        raise FormatError(f"{name} can't be read: {error.strerror or error}.") from None
    except CoreError as error:
        raise FormatError(f"{name}: {error.problem.message}", error.problem.hint) from None
    except (ValueError, KeyError, TypeError, AttributeError, RecursionError):
        raise FormatError(f"{name} is damaged.") from None


def _text_or_none(value: object, where: str) -> str | None:
    if value is None:
        return None
    text: str = typed(value, str, where)
    if "\0" in text or len(text) > _MOST_PATH:
        raise FormatError(f"{where}: it is no path.")
    return text
