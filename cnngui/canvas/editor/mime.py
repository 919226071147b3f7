"""What the canvas exchanges with the palette and the clipboard."""

from __future__ import annotations

from typing import Final

from PySide6.QtCore import QMimeData
from PySide6.QtGui import QGuiApplication

from core.design.graph import Graph
from core.errors import FormatError
from core.formats.design import from_text, to_text
from core.layers import LAYERS
from core.templates import SNIPPETS, Snippet

LAYER_MIME: Final = "application/x-cnngui-layer"
SNIPPET_MIME: Final = "application/x-cnngui-snippet"


def layer_mime(kind: str) -> QMimeData:
    """What a block dragged out of the palette carries."""
    data = QMimeData()
    data.setData(LAYER_MIME, kind.encode())
    return data


def dragged_kind(data: QMimeData) -> str | None:
    """The kind of layer that is being dragged, or None where it is something else."""
    kind = bytes(data.data(LAYER_MIME).data()).decode(errors="replace")
    return kind if kind in LAYERS else None


def snippet_mime(name: str) -> QMimeData:
    """What a snippet dragged out of the palette carries."""
    data = QMimeData()
    data.setData(SNIPPET_MIME, name.encode())
    return data


def dragged_snippet(data: QMimeData) -> Snippet | None:
    """The snippet that is being dragged, or None where it is something else."""
    name = bytes(data.data(SNIPPET_MIME).data()).decode(errors="replace")
    return next((snippet for snippet in SNIPPETS if snippet.name == name), None)


def can_be_dropped(data: QMimeData) -> bool:
    """Whether a block or a snippet is being dragged."""
    return dragged_kind(data) is not None or dragged_snippet(data) is not None


def copy_graph(graph: Graph) -> None:
    """Puts blocks on the clipboard as the text of a design: it can be pasted into a message as well."""
    QGuiApplication.clipboard().setText(to_text(graph))


def copied_graph() -> Graph | None:
    """The blocks on the clipboard, or None where there are none."""
    try:
        return from_text(QGuiApplication.clipboard().text())
    except FormatError:
        return None
