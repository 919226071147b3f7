"""The example designs and the snippets: sound, of the published size, and trainable."""

from __future__ import annotations

import itertools
import math

import numpy as np
import pytest

from cnngui.models.designs import example_paths
from core.compile import compile_graph
from core.design import edits
from core.design.expand import computed
from core.design.folding import folding
from core.design.graph import Graph
from core.design.groups import fold
from core.design.infer import infer
from core.design.spec import DataSpec
from core.errors import DesignError
from core.explain.analysis import analyse
from core.formats.design import from_text
from core.layers.convolution import Conv2D
from core.layers.dense import Dense
from core.layers.output import Classification
from core.layers.pooling import GlobalAveragePool
from core.layers.reshape import Flatten
from core.maths.optim import Adam, OptimizerState
from core.templates import SNIPPETS, TEMPLATES, Snippet, Template, insert_snippet
from core.templates.builder import sizes
from core.templates.fitting import fit_example
from core.templates.inserting import snippet_shape
from tests.core.designs import chain

every_template = pytest.mark.parametrize("template", TEMPLATES, ids=lambda template: template.name)
every_snippet = pytest.mark.parametrize("snippet", SNIPPETS, ids=lambda snippet: snippet.name)
every_middle_part = pytest.mark.parametrize(
    "snippet", [snippet for snippet in SNIPPETS if not snippet.ends], ids=lambda snippet: snippet.name
)

PARAMETERS = {
    "lenet5": 61_706,
    # He et al. 2016, table 6: 0.27 M; this is torch's count with 1 × 1 shortcuts and their normalisation
    "resnet20": 272_474,
    "vgg": sum(9 * a * b + b for a, b in itertools.pairwise((3, 32, 32, 64, 64, 128, 128)))
    + (2048 * 128 + 128)
    + (128 * 10 + 10),
    "mobilenet": 9 * 3 * 16
    + 2 * 16
    + sum(9 * a + 2 * a + a * b + 2 * b for a, b in itertools.pairwise((16, 32, 64, 64, 128, 128)))
    + 1290,
}


def overlaps(graph: Graph) -> list[tuple[str, str]]:
    """Blocks and folded groups that cover each other."""
    size = sizes(graph)
    places = folding(graph).corners(graph)

    def meet(a: str, b: str, axis: int) -> bool:
        first, second = sorted((a, b), key=lambda shown: places[shown][axis])
        return places[second][axis] < places[first][axis] + size[first][axis]

    pairs = itertools.combinations(places, 2)
    return [(a, b) for a, b in pairs if meet(a, b, 0) and meet(a, b, 1)]


@every_template
def test_the_file_is_what_the_builder_makes(template: Template) -> None:
    """`python -m core.templates resources/examples` writes the files anew."""
    file = from_text(example_paths()[template.name].read_text(encoding="utf-8"))
    built = template.build()
    assert computed(file) == computed(built)
    assert [block.name for block in file.blocks] == [block.name for block in built.blocks]
    assert file.groups == built.groups


@every_template
def test_no_block_covers_another_nor_does_one_in_a_group_that_is_opened(template: Template) -> None:
    file = from_text(example_paths()[template.name].read_text(encoding="utf-8"))
    assert not overlaps(file)
    for group in file.groups:
        inside = edits.part(file, file.inside(group.id))
        assert not overlaps(fold(inside, group.id, folded=False))


def test_every_example_has_a_builder() -> None:
    assert set(example_paths()) == {template.name for template in TEMPLATES}


@every_template
def test_templates_are_sound_and_as_large_as_published(template: Template) -> None:
    graph = template.build()
    shape = infer(graph).shapes[graph.order[0]]
    found = infer(graph, DataSpec(shape, classes=10))
    assert not found.problems
    parameters = analyse(graph, found, Adam(), 1).parameters
    assert parameters == PARAMETERS.get(template.name, parameters)


SPECS = [
    DataSpec(shape, classes, values)
    for shape in ((1, 8, 8), (1, 28, 28), (3, 30, 45), (3, 64, 64))
    for classes, values in ((10, 1), (2, 1), (0, 3))
]


@pytest.mark.parametrize("data", SPECS, ids=str)
@every_template
def test_an_example_is_made_for_the_data_there_are(template: Template, data: DataSpec) -> None:
    file = from_text(example_paths()[template.name].read_text(encoding="utf-8"))
    made = fit_example(template.name, file, data)
    assert not infer(made, data).problems
    assert not overlaps(made)
    assert computed(fit_example(template.name, made, template.data)) == computed(file)


def test_vectors_leave_an_example_as_it_is() -> None:
    graph = TEMPLATES[0].build()
    assert fit_example(TEMPLATES[0].name, graph, DataSpec((20,), 10)) is graph


@every_template
def test_templates_make_a_training_step_with_the_embedded_digits(template: Template) -> None:
    program = compile_graph(template.build(DataSpec((1, 28, 28), 10)))
    state = OptimizerState(Adam(), program.parameters.values)
    before = program.parameters.values.copy()
    x = np.random.default_rng(0).uniform(0, 1, (4, *program.shapes[program.input.id])).astype(np.float32)
    target = x if program.output_layer.target == "image" else np.array([1, 2, 3, 0])
    assert math.isfinite(program.train_step(x, target, state).loss)
    assert not np.array_equal(before, program.parameters.values)


def small() -> Graph:
    return chain((8, 8, 8), Conv2D(filters=8), GlobalAveragePool(), Dense(units=3), Classification())


@every_middle_part
def test_a_snippet_goes_between_a_block_and_what_it_fed(snippet: Snippet) -> None:
    graph, new = insert_snippet(small(), snippet, "conv2d_1")
    found = infer(graph)
    assert not found.problems
    assert set(new) == graph.by_id.keys() - small().by_id.keys()
    assert {wire.source for wire in graph.incoming("global_average_pool_1")} <= set(new)
    assert not overlaps(edits.part(graph, [*new, "conv2d_1"]))


@every_snippet
def test_a_snippet_without_a_place_goes_to_the_end(snippet: Snippet) -> None:
    graph, new = insert_snippet(chain((3, 8, 8)), snippet, None)
    assert set(new) < set(graph.downstream(["input_1"]))
    assert not infer(graph).errors[1:]  # only the end of the network is missing


def test_a_snippet_needs_an_image() -> None:
    graph = chain((3, 8, 8), Flatten())
    with pytest.raises(DesignError, match="Flatten 1"):
        insert_snippet(graph, SNIPPETS[0], None)
    ended = chain((3, 8, 8), Flatten(), Dense(units=3), Classification())
    with pytest.raises(DesignError, match="no open end"):
        insert_snippet(ended, SNIPPETS[0], None)


@every_middle_part
def test_the_shape_that_a_snippet_gives_is_known_beforehand(snippet: Snippet) -> None:
    graph = chain((8, 16, 16))
    made, new = insert_snippet(graph, snippet, "input_1")
    assert snippet_shape(graph, snippet, "input_1", infer(graph).shapes) == infer(made).shapes[new[-1]]


@pytest.mark.parametrize(("data", "end"), [(DataSpec((3, 8, 8), 7), (7,)), (DataSpec((3, 8, 8), 0, 2), (2,))])
@pytest.mark.parametrize("name", ["dense_head", "pooled_head"])
def test_a_head_fits_the_data(name: str, data: DataSpec, end: tuple[int, ...]) -> None:
    head = next(snippet for snippet in SNIPPETS if snippet.name == name)
    graph, new = insert_snippet(chain((3, 8, 8)), head, None, data=data)
    found = infer(graph, data)
    assert not found.problems
    assert found.shapes[new[-1]] == end
