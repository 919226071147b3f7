"""Automatic layout: what a reader of the drawing would complain about doesn't happen."""

from __future__ import annotations

import math
from collections.abc import Callable

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from core.design import edits
from core.design.direction import Direction
from core.design.graph import Block, Graph, Wire
from core.drawing.arrange import arrange
from core.errors import DesignError
from core.layers.activation import ReLU
from core.layers.merge import Add
from tests.core.drawing import designs_for_layout as designs
from tests.core.drawing.geometry import Drawing

DESIGNS: dict[str, Callable[[], Graph]] = {
    "ResNet-20": designs.resnet,
    "ResNet-20, skip first": lambda: designs.resnet(skip_first=True),
    "Inception": designs.inception,
    "deep Inception": lambda: designs.inception(9),
    "VGG": designs.vgg,
    "squeeze-excite": designs.squeeze_excite,
    "autoencoder": designs.autoencoder,
    "dense block": designs.dense_block,
}
WRAPS = (None, 1200.0, math.inf)


def drawing(graph: Graph, direction: Direction = Direction.RIGHT, wrap: float | None = None) -> Drawing:
    graph = edits.set_direction(graph, direction)
    sizes = designs.sizes(graph)
    return Drawing(graph, arrange(graph, sizes, wrap=wrap), sizes)


def extent(found: Drawing) -> tuple[float, float]:
    bodies = found.bodies.values()
    return (
        max(body.right for body in bodies) - min(body.left for body in bodies),
        max(body.bottom for body in bodies) - min(body.top for body in bodies),
    )


@st.composite
def graphs(draw: st.DrawFn) -> Graph:
    """Any graph without cycles; its blocks stand anywhere and in any order."""
    count = draw(st.integers(1, 14))
    steps = st.tuples(st.integers(0, count - 1), st.integers(0, count - 1))
    pairs = [(min(a, b), max(a, b)) for a, b in draw(st.lists(steps, max_size=24)) if a != b]
    names = draw(st.permutations([f"add_{number}" for number in range(count)]))
    coordinate = st.floats(-500, 500)
    blocks = tuple(
        Block(name, Add(), name, draw(st.tuples(coordinate, coordinate))) for name in sorted(names)
    )
    taken = dict.fromkeys(names, 0)
    wires = []
    for source, target in pairs:
        wires.append(Wire(names[source], names[target], taken[names[target]]))
        taken[names[target]] += 1
    return Graph(blocks, tuple(wires))


@pytest.mark.parametrize("wrap", WRAPS)
@pytest.mark.parametrize("direction", Direction)
@pytest.mark.parametrize("name", DESIGNS)
def test_no_block_covers_another_and_no_wire_passes_behind_one(
    name: str, direction: Direction, wrap: float | None
) -> None:
    found = drawing(DESIGNS[name](), direction, wrap)
    assert found.overlaps() == []
    assert found.hidden() == []


@pytest.mark.parametrize("wrap", WRAPS)
@pytest.mark.parametrize("direction", Direction)
@pytest.mark.parametrize("name", sorted(DESIGNS.keys() - {"dense block"}))
def test_designs_that_can_be_drawn_without_crossings_are(
    name: str, direction: Direction, wrap: float | None
) -> None:
    assert drawing(DESIGNS[name](), direction, wrap).crossings() == 0


def test_a_drawing_in_which_wires_hide_and_cross_is_found_out() -> None:
    """The measures themselves: a skip connection along a crowded row, and two wires that change sides."""
    blocks = tuple(Block(f"relu_{i}", ReLU(), f"ReLU {i}") for i in range(4))
    graph = Graph(blocks, (Wire("relu_0", "relu_3"), Wire("relu_1", "relu_2")))
    sizes = {block.id: (168.0, 60.0) for block in blocks}
    wall = {"relu_0": (0.0, 0.0), "relu_1": (300.0, -2000.0), "relu_2": (0.0, 60.0), "relu_3": (600.0, 0.0)}
    tall = sizes | {"relu_1": (168.0, 4000.0)}
    assert (graph.wires[0], "relu_1") in Drawing(graph, wall, tall).hidden()
    sides = {"relu_0": (0.0, 0.0), "relu_1": (0.0, 100.0), "relu_2": (300.0, 0.0), "relu_3": (300.0, 100.0)}
    assert Drawing(graph, sides, sizes).crossings() == 1
    assert Drawing(graph, dict.fromkeys(sides, (0.0, 0.0)), sizes).overlaps()


@pytest.mark.parametrize("wrap", WRAPS)
@pytest.mark.parametrize("direction", Direction)
@settings(max_examples=40, deadline=None)
@given(graph=graphs())
def test_any_design(direction: Direction, wrap: float | None, graph: Graph) -> None:
    graph = edits.set_direction(graph, direction)
    sizes = designs.sizes(graph)
    places = arrange(graph, sizes, wrap=wrap)
    found = Drawing(graph, places, sizes)
    assert found.overlaps() == []
    assert found.hidden() == []
    assert all(coordinate % 4 == 0 for place in places.values() for coordinate in place)
    again = arrange(edits.move(graph, places), sizes, wrap=wrap)
    assert again == places


@given(graph=graphs(), data=st.data())
@settings(max_examples=60, deadline=None)
def test_any_selection_lands_on_no_other_block(graph: Graph, data: st.DataObject) -> None:
    sizes = designs.sizes(graph)
    apart = {block.id: (400.0 * (i % 4), 400.0 * (i // 4)) for i, block in enumerate(graph.blocks)}
    graph = edits.move(graph, apart)
    chosen = data.draw(st.sets(st.sampled_from(sorted(apart))))
    places = arrange(graph, sizes, blocks=chosen)
    assert places.keys() == chosen
    assert Drawing(Graph(graph.blocks), apart | places, sizes).overlaps() == []
    assert arrange(edits.move(graph, places), sizes, blocks=chosen) == places


def test_wires_lead_to_the_right_or_down() -> None:
    for axis, direction in enumerate(Direction):
        graph = edits.set_direction(designs.inception(), direction)
        places = arrange(graph, designs.sizes(graph), wrap=math.inf)
        assert all(places[wire.source][axis] < places[wire.target][axis] for wire in graph.wires)


def test_a_chain_is_straight() -> None:
    graph = designs.vgg()
    right = arrange(graph, designs.sizes(graph), wrap=math.inf)
    down = arrange(edits.set_direction(graph, Direction.DOWN), designs.sizes(graph), wrap=math.inf)
    assert {y for _, y in right.values()} == {0.0}
    assert {x for x, _ in down.values()} == {0.0}


@pytest.mark.parametrize("direction", Direction)
def test_the_identity_path_of_residual_blocks_is_straight(direction: Direction) -> None:
    graph = edits.set_direction(designs.resnet(), direction)
    places = arrange(graph, designs.sizes(graph), wrap=math.inf)
    skips = [w for w in graph.wires if w.source.startswith("relu") and w.target.startswith("add")]
    assert len(skips) == 7
    across = 1 if direction is Direction.RIGHT else 0
    assert all(places[wire.source][across] == places[wire.target][across] for wire in skips)


def test_the_branches_of_a_fork_stand_around_it() -> None:
    graph = designs.inception(1)
    places = arrange(graph, designs.sizes(graph))
    heights = sorted(places[wire.target][1] for wire in graph.outgoing("conv2d_1"))
    assert len(heights) == 4
    assert heights[1] < places["conv2d_1"][1] < heights[2]
    assert abs(heights[0] + heights[3] - 2 * places["conv2d_1"][1]) <= 4


def test_long_designs_are_folded_into_even_rows() -> None:
    graph = designs.vgg()
    width, height = extent(drawing(graph))
    assert 1 < width / height < 3
    assert extent(drawing(graph, wrap=1200))[0] <= 1200
    assert extent(drawing(graph, Direction.DOWN, wrap=1200))[1] <= 1200
    rows = sorted(y for _, y in arrange(graph, designs.sizes(graph), wrap=1200).values())
    assert sorted(map(rows.count, set(rows))) == [4, 4, 4, 4, 5]


def test_residual_blocks_are_not_torn_apart() -> None:
    graph = designs.resnet()
    places = arrange(graph, designs.sizes(graph), wrap=400)
    assert all(
        places[wire.source][0] < places[wire.target][0]
        for wire in graph.wires
        if wire.target.startswith("add")
    )


def test_what_is_arranged_keeps_its_corner() -> None:
    graph = designs.squeeze_excite()
    away = edits.move(graph, {block.id: (1003.0, -498.0) for block in graph.blocks})
    places = arrange(away, designs.sizes(graph)).values()
    assert (min(x for x, _ in places), min(y for _, y in places)) == (1004.0, -496.0)


def test_a_selection_moves_aside_only_where_it_has_to() -> None:
    graph = designs.vgg()
    sizes = designs.sizes(graph)
    graph = edits.move(graph, arrange(graph, sizes))
    chosen = graph.order[1:4]
    assert arrange(graph, sizes, blocks=chosen) == {block: graph[block].position for block in chosen}


def test_blocks_without_wires_stand_in_rows() -> None:
    graph = Graph(tuple(Block(f"relu_{i}", ReLU(), f"ReLU {i}") for i in range(12)))
    width, height = extent(drawing(graph))
    assert width > 600
    assert height > 200


def test_nothing_to_arrange() -> None:
    graph = designs.vgg()
    assert arrange(Graph(), {}) == {}
    assert arrange(graph, designs.sizes(graph), blocks=()) == {}


def test_a_cycle_is_refused() -> None:
    blocks = tuple(Block(f"add_{i}", Add(), f"Add {i}") for i in range(2))
    graph = Graph(blocks, (Wire("add_0", "add_1"), Wire("add_1", "add_0")))
    with pytest.raises(DesignError, match="cycle"):
        arrange(graph, designs.sizes(graph))
