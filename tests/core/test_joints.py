"""A declared entry is found wherever it belongs, with no other line anywhere."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import numpy as np
import pytest

from core.compile import compile_graph
from core.data.dataset import Dataset, Source
from core.data.sources.base import SOURCES, Name, Opener, Recognition, load_source, path_setting, source
from core.design.edits import new_block
from core.design.graph import Graph
from core.errors import DataError
from core.exchange.base import EXPORTERS, Exporter, Material, exporter, exporters_of
from core.explain.manual import manual, sources_table
from core.formats.design import from_text, to_text
from core.layers.base import LAYERS, Layer, layer
from core.layers.output import Classification
from core.layers.reshape import Flatten
from core.maths.optim import OPTIMIZERS, Optimizer, optimizer
from core.maths.schedules import SCHEDULES, Schedule, schedule
from core.probes.base import PROBES, Probe, probe
from core.running.program import Program
from core.schema.param import param
from core.training.plan import Plan
from tests.core.designs import chain
from tests.registries import declared_for_a_moment

SAMPLES = Dataset(np.ones((4, 2), np.float32), np.array([0, 1, 0, 1]), ("a", "b"))


@pytest.fixture
def table_source() -> Iterator[None]:
    with declared_for_a_moment(SOURCES):

        @source("table", title="Table")
        class Table(Opener):
            """A file whose name ends in .table."""

            form = "a .table file"
            names = (Name("nothing", "Nothing at all", {"path": "none"}),)

            path: str = path_setting("The file.")

            @classmethod
            def recognise(cls, path: Path) -> Recognition:
                return Recognition(float(path.suffix == ".table"), "its name says so")

            def open(self) -> Source:
                return Source("table", self.path, SAMPLES)

        yield


@pytest.mark.usefixtures("table_source")
def test_a_source_is_opened_by_its_name_and_by_its_file(tmp_path: Path) -> None:
    assert load_source("nothing").spec == "none"
    (tmp_path / "some.table").touch()
    assert load_source(str(tmp_path / "some.table")).train is SAMPLES


@pytest.mark.usefixtures("table_source")
def test_a_source_is_named_in_messages_and_in_the_manual(tmp_path: Path) -> None:
    (tmp_path / "some.thing").touch()
    for spec in (str(tmp_path / "some.thing"), str(tmp_path / "missing")):
        with pytest.raises(DataError, match="nothing, a folder"):
            load_source(spec)
    assert "| `nothing` | Nothing at all |" in sources_table()


def test_of_two_sources_the_one_that_is_surer_opens_a_file(tmp_path: Path) -> None:
    path = tmp_path / "some.npz"
    np.savez(path, x=np.ones((3, 2)), y=np.arange(3))
    with declared_for_a_moment(SOURCES):
        for kind, confidence in (("first", 0.3), ("second", 0.4)):

            @source(kind, title=kind)
            class Eager(Opener):
                form = "anything"
                sureness = confidence
                path: str = path_setting("The file.")

                @classmethod
                def recognise(cls, path: Path) -> Recognition:
                    return Recognition(cls.sureness, "it may be one")

                def open(self) -> Source:
                    return Source(self.kind, self.path, SAMPLES)

        assert len(load_source(str(path)).train) == 3
        path.rename(tmp_path / "some.other")
        assert load_source(str(tmp_path / "some.other")).name == "second"


def test_a_schedule_and_an_optimiser_belong_to_the_plan_and_the_manual() -> None:
    with declared_for_a_moment(SCHEDULES), declared_for_a_moment(OPTIMIZERS):

        @schedule("halved", title="Halved")
        class Halved(Schedule):
            """Half of it."""

            part: float = param(0.5, min=0.0, max=1.0, help="What is left.")

            def share(self, epoch: float, epochs: float) -> float:
                return self.part

        @optimizer("still", title="Still")
        class Still(Optimizer):
            """No step at all."""

            learning_rate: float = param(0.5, help="Of no consequence.")

            def update(self, values: object, gradients: object, slots: object, step: int) -> None:
                pass

        plan = Plan(optimizer=Still(), schedule=Halved(0.25))
        assert Plan.from_json(plan.to_json()) == plan
        assert plan.learning_rate(1.0) == 0.125
        assert "### Halved" in manual()
        assert "### Still" in manual()


def test_a_layer_belongs_to_the_file_format_and_the_manual() -> None:
    with declared_for_a_moment(LAYERS):

        @layer("nothing", group="Shape", title="Nothing")
        class Nothing(Layer):
            """Passes everything on."""

            amount: int = param(3, min=0, max=9, help="Of nothing.")

            def forward(self, params: object, mode: object, *inputs: object, **_: object) -> object:  # type: ignore[override]
                return inputs[0], None

            def backward(self, params: object, saved: object, grad: object) -> object:  # type: ignore[override]
                return (grad,), {}

        graph = Graph((new_block(Graph(), Nothing(7), (0.0, 0.0)),))
        assert from_text(to_text(graph)) == graph
        assert "### Nothing" in manual()


def test_a_probe_asks_any_program() -> None:
    with declared_for_a_moment(PROBES):

        @probe("count", title="Count")
        class Count(Probe[int]):
            """How many blocks there are, each counted more than once."""

            times: int = param(2, min=1, max=9, help="How often each counts.")

            def ask(self, program: Program, step: int) -> int:
                return self.times * len(self.blocks & program.shapes.keys())

        program = compile_graph(chain((1, 2, 2), Flatten(), Classification()))
        wish = PROBES["count"](frozenset({"flatten_1", "other"}), np.zeros((1, 2, 2)))
        assert wish.ask(program, 0) == 2
        assert Count.title == "Count"


def test_an_exporter_is_offered_where_there_is_what_it_needs(tmp_path: Path) -> None:
    with declared_for_a_moment(EXPORTERS):

        @exporter("names", title="Names", suffix=".txt", needs=frozenset({"graph"}))
        class Names(Exporter):
            """The blocks' names."""

            def content(self, material: Material) -> bytes:
                assert material.graph is not None
                return " ".join(block.name for block in material.graph.blocks).encode()

        assert Names not in exporters_of(Material())
        material = Material(graph=chain((1, 2, 2), Flatten()))
        assert exporters_of(material) == [Names]
        Names().write(tmp_path / "a.txt", material)
        assert (tmp_path / "a.txt").read_text() == "Input 1 Flatten 1"
