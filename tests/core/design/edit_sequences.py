"""Random edits, as a person with a mouse and no plan would make them."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from hypothesis import strategies as st

from core.design import edits, groups, notes
from core.design.direction import Direction
from core.design.expand import expand
from core.design.graph import COLORS, Graph
from core.errors import DesignError
from core.layers import LAYERS, Layer
from core.schema.param import Param, params_of

KINDS = sorted(declared.kind for declared in LAYERS)

Draw = Callable[[st.SearchStrategy[Any]], Any]


def _layer(draw: Draw) -> Layer:
    return LAYERS[draw(st.sampled_from(KINDS))]()


def _block(draw: Draw, graph: Graph) -> str:
    return str(draw(st.sampled_from([block.id for block in graph.blocks])))


def _some_blocks(draw: Draw, graph: Graph) -> list[str]:
    """Groups, frames and comments among them."""
    ids = sorted(graph.ids)
    return list(draw(st.lists(st.sampled_from(ids), min_size=1, max_size=3, unique=True)))


def _place(draw: Draw) -> tuple[float, float]:
    return draw(st.integers(-500, 500)) * 1.0, draw(st.integers(-500, 500)) * 1.0


def _value(draw: Draw, p: Param) -> Any:
    low, high = int(p.min or 0), int(p.min or 0) + 2
    numbers = st.integers(low, high)
    match p.kind:
        case "int":
            return draw(numbers)
        case "float":
            return draw(st.floats(p.min, p.max))
        case "bool":
            return draw(st.booleans())
        case "choice":
            return draw(st.sampled_from(p.choices))
        case "pair":
            return draw(st.tuples(numbers, numbers))
        case "padding":
            return draw(st.one_of(st.sampled_from(["valid", "same"]), st.tuples(*[numbers] * 4)))
        case "shape":
            return draw(st.sampled_from([(1, 8, 8), (3, 9, 7), (5,)]))
        case "text":
            return draw(st.text(max_size=5))


def _add(draw: Draw, graph: Graph) -> Graph:
    return edits.add(graph, edits.new_block(graph, _layer(draw), _place(draw)))


def _append(draw: Draw, graph: Graph) -> Graph:
    return edits.append(graph, edits.new_block(graph, _layer(draw), _place(draw)), _block(draw, graph))


def _connect(draw: Draw, graph: Graph) -> Graph:
    place = draw(st.sampled_from([None, 0, 1, 2, 9]))
    return edits.connect(graph, _block(draw, graph), _block(draw, graph), place)


def _disconnect(draw: Draw, graph: Graph) -> Graph:
    return edits.disconnect(graph, draw(st.sampled_from(graph.wires))) if graph.wires else graph


def _insert(draw: Draw, graph: Graph) -> Graph:
    block = edits.new_block(graph, _layer(draw))
    return edits.insert(graph, block, draw(st.sampled_from(graph.wires))) if graph.wires else graph


def _remove(draw: Draw, graph: Graph) -> Graph:
    return edits.remove(graph, _some_blocks(draw, graph), reconnect=draw(st.booleans()))


def _move_in_chain(draw: Draw, graph: Graph) -> Graph:
    return edits.move_in_chain(graph, _block(draw, graph), draw(st.sampled_from([-1, 1])))


def _paste(draw: Draw, graph: Graph) -> Graph:
    return edits.paste(graph, edits.part(graph, _some_blocks(draw, graph)), _place(draw))[0]


def _set_param(draw: Draw, graph: Graph) -> Graph:
    block = graph[_block(draw, graph)]
    declared = params_of(type(block.layer))
    if not declared:
        return graph
    p = draw(st.sampled_from(declared))
    return edits.set_param(graph, block.id, p.name, _value(draw, p))


def _move(draw: Draw, graph: Graph) -> Graph:
    return edits.move(graph, {part: _place(draw) for part in _some_blocks(draw, graph)})


def _rename(draw: Draw, graph: Graph) -> Graph:
    part = draw(st.sampled_from([_block(draw, graph), _some_group(draw, graph)]))
    return edits.rename(graph, part, draw(st.sampled_from(["A", "Conv 2D 1", " "])))


def _group(draw: Draw, graph: Graph) -> Graph:
    ids = [block.id for block in graph.blocks] + [group.id for group in graph.groups]
    return groups.group(graph, draw(st.lists(st.sampled_from(ids), min_size=1, max_size=4, unique=True)))


def _some_group(draw: Draw, graph: Graph) -> str:
    return str(draw(st.sampled_from([group.id for group in graph.groups] or ["none"])))


def _ungroup(draw: Draw, graph: Graph) -> Graph:
    return groups.ungroup(graph, _some_group(draw, graph))


def _fold(draw: Draw, graph: Graph) -> Graph:
    return groups.fold(graph, _some_group(draw, graph), draw(st.booleans()))


def _reveal(draw: Draw, graph: Graph) -> Graph:
    return groups.reveal(graph, _block(draw, graph))


def _repeat(draw: Draw, graph: Graph) -> Graph:
    return groups.set_repeat(graph, _some_group(draw, graph), draw(st.sampled_from([0, 1, 2, 3, 101])))


def _join(draw: Draw, graph: Graph) -> Graph:
    members = [part for part in _some_blocks(draw, graph) if part in graph.by_id or part in graph.group_by_id]
    return groups.join(graph, members, draw(st.sampled_from([None, _some_group(draw, graph)])))


def _regroup(draw: Draw, graph: Graph) -> Graph:
    members = [part for part in _some_blocks(draw, graph) if part in graph.by_id or part in graph.group_by_id]
    made = groups.regroup(graph, members, draw(st.sampled_from([None, _some_group(draw, graph)])))
    assert expand(made).refused.keys() <= expand(graph).refused.keys()
    return made


def _frame(draw: Draw, graph: Graph) -> Graph:
    frames = [frame.id for frame in graph.frames]
    if not frames or draw(st.booleans()):
        size = draw(st.sampled_from([(400.0, 300.0), (10.0, 300.0)]))
        return notes.add_frame(graph, _place(draw), size, "Stage", draw(st.sampled_from(COLORS)))[0]
    return notes.set_color(graph, draw(st.sampled_from(frames)), draw(st.sampled_from([*COLORS, "none"])))


def _comment(draw: Draw, graph: Graph) -> Graph:
    comments = [comment.id for comment in graph.comments]
    if not comments or draw(st.booleans()):
        return notes.add_comment(graph, _place(draw), draw(st.sampled_from(["Why?", ""])))[0]
    return notes.set_text(graph, draw(st.sampled_from(comments)), draw(st.sampled_from(["Because.", " "])))


def _turn(draw: Draw, graph: Graph) -> Graph:
    return edits.set_direction(graph, draw(st.sampled_from(Direction)))


EDITS = (
    _add,
    _append,
    _append,
    _connect,
    _connect,
    _disconnect,
    _insert,
    _remove,
    _move_in_chain,
    _paste,
    _set_param,
    _move,
    _rename,
    _group,
    _group,
    _ungroup,
    _fold,
    _reveal,
    _repeat,
    _join,
    _regroup,
    _frame,
    _comment,
    _turn,
)


def random_edit(draw: Draw, graph: Graph) -> Graph:
    """One edit; a refused one, and one that needs what isn't there, leaves the graph as it is."""
    edit = draw(st.sampled_from(EDITS)) if graph.blocks else _add
    try:
        return edit(draw, graph)
    except DesignError:
        return graph


def check_invariants(graph: Graph) -> None:
    """What holds for every graph that edits can make."""
    ids = [block.id for block in graph.blocks]
    assert groups.flaw(graph) is None
    network = expand(graph).network
    assert sum(map(len, expand(graph).copies.values())) + len(ids) - len(expand(graph).copies) == len(
        network.blocks
    )
    assert sorted(network.order) == sorted(network.by_id)
    assert set(ids) <= network.by_id.keys()
    assert len(set(graph.wires)) == len(graph.wires)
    assert {end for wire in graph.wires for end in (wire.source, wire.target)} <= set(ids)
    assert sorted(graph.order) == sorted(ids)  # raises on a cycle
    for block in graph.blocks:
        assert not block.layer.problems()
        places = [wire.input for wire in graph.incoming(block.id)]
        assert places == list(range(len(places)))
        if block.layer.inputs is not None:
            assert len(places) <= block.layer.inputs
        assert block.layer.has_output or not graph.outgoing(block.id)
