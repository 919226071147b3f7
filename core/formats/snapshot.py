"""A project as it was at a moment, as one small JSON file: what drafts and former versions are made of."""

from __future__ import annotations

import json
import secrets
from dataclasses import dataclass, field
from datetime import UTC, datetime
from pathlib import Path
from typing import Any, Final

from core.errors import CoreError, FormatError, name_of
from core.formats.atomic import write_atomically
from core.formats.design import graph_from_json, graph_to_json
from core.project import DataChoice, Project
from core.training.plan import Plan

VERSION: Final = 1
UNTITLED: Final = "Untitled"


def now() -> str:
    """The time, in UTC, as ISO 8601 has it."""
    return datetime.now(UTC).isoformat(timespec="seconds")


def stamp() -> str:
    """A name that no other has; later ones come later in the alphabet."""
    return f"{datetime.now(UTC):%Y%m%d-%H%M%S-%f}-{secrets.token_hex(3)}"


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
        value: Any = json.loads(path.read_bytes())
        if value["version"] > VERSION:
            raise FormatError(f"{name} was written by a newer version of cnngui.", "Open it with that one.")
        design, plan = graph_from_json(value["design"]), Plan.from_json(value["plan"])
        project = Project(design, plan, DataChoice(value["data"]))
        file = value["path"]
        return Snapshot(project, None if file is None else Path(file), value["digest"], str(value["when"]))
    except OSError as error:
        raise FormatError(f"{name} can't be read: {error.strerror or error}.") from None
    except CoreError as error:
        raise FormatError(f"{name}: {error.problem.message}", error.problem.hint) from None
    except (ValueError, KeyError, TypeError, AttributeError, RecursionError):
        raise FormatError(f"{name} is damaged.") from None
