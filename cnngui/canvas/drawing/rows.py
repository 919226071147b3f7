"""Where a block goes that is appended: behind the last, or in a new row where this one would get long."""

from __future__ import annotations

from collections.abc import Mapping

from cnngui.canvas.drawing.layout import PLAIN, ROW_DISTANCE
from core.design.folding import folding
from core.design.graph import Graph, Place
from core.drawing.arrange.spacing import SPACINGS
from core.drawing.measures import BLOCK_GAP
from core.drawing.route import Rect


def place_behind(graph: Graph, after: str, areas: Mapping[str, Rect]) -> Place:
    """The place of a block behind `after`, in a row that isn't longer than those of an arranged design.

    Else it begins the next row, flush with the one before. `areas` are those of all that is drawn as a block,
    with room for live pictures. Top down, a row is a column.
    """
    direction = graph.direction
    turned = {part: area.turned(direction) for part, area in areas.items()}
    row = [turned[part] for part in _row(graph, after, turned)]
    along, length = row[0].right + BLOCK_GAP, direction.turn(PLAIN.room)[0]
    spacing = SPACINGS[direction]
    if along + length - row[-1].left <= spacing.view:
        return direction.turn((along, row[0].top))
    return direction.turn((row[-1].left, max(area.bottom for area in row) + spacing.between_rows))


def _row(graph: Graph, last: str, turned: Mapping[str, Rect]) -> list[str]:
    """The chain of blocks in line that ends with `last`, backwards; not beyond the group around it."""
    seen, around = folding(graph), graph.parent.get(last)
    row = [seen.shown(last)]
    while True:
        end = turned[row[-1]]
        for wire in seen.wires:
            source = seen.shown(wire.source)
            area = turned[source]
            in_line = area.left < end.left and abs(area.top - end.top) < ROW_DISTANCE
            in_group = around is None or around in graph.ancestors(source)
            if seen.shown(wire.target) == row[-1] and in_line and in_group:
                row.append(source)
                break
        else:
            return row
