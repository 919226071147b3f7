"""A network in a script: built, trained, judged, looked at, saved."""

from __future__ import annotations

import copy
import os
import reprlib
import warnings
from collections.abc import Iterable, Sequence
from typing import Any, Self, TypeAlias

from numpy.typing import ArrayLike

from cnngui.cli.results import followed
from cnngui.cli.terminal import is_watched
from cnngui.scripting import table
from cnngui.scripting.blocks import attach, find
from cnngui.scripting.ends import ends
from cnngui.scripting.given import block_name, path_of, plan_of, switch, wanted_block, wanted_blocks
from cnngui.scripting.learner import Learner
from cnngui.scripting.plans import planned
from cnngui.scripting.results import History, Score
from cnngui.scripting.samples import batch
from cnngui.scripting.sources import Data, for_network
from core.data.dataset import Source, divide
from core.design.edits import move
from core.design.graph import Block, Graph
from core.design.infer import Inference, require_sound
from core.drawing.arrange import arrange
from core.errors import UsageError
from core.formats.project import SUFFIX, ProjectFile, save_project
from core.layers import Layer
from core.maths.arrays import Array
from core.project import DataChoice, Project, inspect
from core.running.program import Program
from core.schema.written import counted_text
from core.templates.builder import sizes
from core.templates.fitting import laid_out
from core.training.plan import Plan

Part: TypeAlias = Layer | tuple[str, Layer]
"""A layer, or a name and the layer that gets it."""


class Network:
    """A network that is built from layers, learns, and can be looked at.

    The layers become a chain of blocks: `Network(Input(1, 28, 28), Conv2D(8, kernel=3), ReLU(), …)`; `add`
    makes branches. Each block has a name, such as "Conv 1", unless a pair gives it one:
    `("Stem", Conv2D(8))`. What can't stand where it is put raises an error at once.

    Samples are arrays (N, C, H, W), or (N, F) for vectors; a single sample comes without N, and so does what
    is made of it. Bytes are scaled to 0 … 1. `plan` says how the network is trained.
    """

    def __init__(self, *layers: Part, plan: Plan | None = None) -> None:
        self.plan = Plan() if plan is None else plan
        self._graph = Graph()
        self._end: str | None = None
        self._own: set[str] = set()
        self._warned: set[str] = set()
        self._learner = Learner(self._graph)
        self.add(*layers)

    @classmethod
    def of_file(cls, file: ProjectFile) -> Network:
        """The network of a project file, with its plan, its data's name and its run."""
        made = cls(plan=file.project.plan)
        made._graph = file.project.design
        last = [i for i in made._graph.by_id if not made._graph.outgoing(i)]
        made._end = last[-1] if last else None
        made._learner = Learner(made._graph, file)
        return made

    @property
    def plan(self) -> Plan:
        """How the network is trained. Raises UsageError where something else is set."""
        return self._plan

    @plan.setter
    def plan(self, plan: Plan) -> None:
        self._plan = plan_of(plan)

    # -- building --------------------------------------------------------------------------------------------

    def add(self, *layers: Part, after: str | Sequence[str] | None = None, name: str | None = None) -> str:
        """Puts layers one behind the other, the first behind the block `after`; gives the last one's name.

        `after` names a block, or those that a merging layer joins, in their order; by default it is the block
        that was added last. `name` is for a single layer. What the other blocks have learned is kept.
        Raises CoreError where a layer can't stand there; then nothing has changed.
        """
        if name is not None and len(layers) != 1:
            raise UsageError(
                f"One name was given for {counted_text(len(layers), 'layer')}.", "Add one alone."
            )
        graph, end, own = self._graph, self._end, set(self._own)
        wanted = None if after is None else wanted_blocks(after, ordered=True)
        sources = None if wanted is None else [find(graph, one).id for one in wanted]
        for part in layers:
            called, layer = (name, part) if isinstance(part, Layer) else _named(part, name)
            if sources is None:
                sources = [] if end is None or layer.inputs == 0 else [end]
            graph, end = attach(graph, layer, sources, called)
            own.add(end)
            sources = None
        if layers:
            self._graph, self._end, self._own = graph, end, own
            self._learner.take_design(graph)
        return "" if end is None else graph[end].name

    @property
    def names(self) -> tuple[str, ...]:
        """The names of the blocks."""
        return tuple(block.name for block in self._graph.blocks)

    def block(self, name: str) -> Block:
        """A block, with its `layer`, by its name or id. Raises UsageError for an unknown one."""
        return find(self._graph, name)

    @property
    def design(self) -> Graph:
        """The design as the window shows it; blocks that were added here are arranged."""
        if not self._own:
            return self._graph
        if self._own == self._graph.by_id.keys():
            return self._graph.derived(laid_out)
        return move(self._graph, arrange(self._graph, sizes(self._graph), blocks=self._own))

    # -- learning --------------------------------------------------------------------------------------------

    def fit(
        self,
        data: Data | None = None,
        targets: ArrayLike | None = None,
        *,
        epochs: int | None = None,
        learning_rate: float | None = None,
        progress: bool = True,
        **settings: Any,
    ) -> History:
        """Trains, and gives the losses: `fit("digits", epochs=3)`, `fit(data)`, `fit(x, y, batch_size=32)`.

        Further settings are those of `Plan`; they stay for the next time. On the same data, another `fit`
        goes on: for so many epochs more; without `epochs`, to the end of the plan, or for as many again. On
        other data, a new run begins with what was learned. `progress=False` prints nothing.
        Ctrl+C ends the run after its current step and keeps what was learned.

        Warns of what is hardly meant in the network, as its table does. Raises CoreError for data or settings
        that don't fit, and LayerError where the loss is no number any more. Then the network is as it was
        before; or, in a first run or one that goes on, after the best epoch, if this `fit` has reached it.
        """
        progress = switch(progress, "progress")
        plan = planned(self.plan, settings, learning_rate)
        source = self._source(data, targets)
        self._warn(inspect(Project(self._graph, plan), source.train.spec))
        self.plan = self._learner.train(source, plan, epochs, progress=progress)
        return self.history

    @property
    def history(self) -> History:
        """The losses of all steps of the run, and the results of its epochs."""
        return History.of(self._learner.run)

    def evaluate(
        self, data: Data | None = None, targets: ArrayLike | None = None, *, progress: bool = True
    ) -> Score:
        """How good the network is: on the test part where the data have one, else on all of them.

        Raises CoreError for data that don't fit.
        """
        progress = switch(progress, "progress")
        source = self._source(data, targets)
        trained_on, _ = divide(source.train, self.plan.validation, self.plan.seed)
        program = self._learner.ready(self.plan, source.train.counts(trained_on), progress=progress)
        judged = source.test or source.train
        return Score.of(followed(program, judged, shown=progress and is_watched()))

    def reset(self) -> None:
        """Forgets all that was learned."""
        self._learner = Learner(self._graph)

    # -- looking ---------------------------------------------------------------------------------------------

    def predict(self, x: ArrayLike) -> Array:
        """What the network makes of samples: probabilities of classes or values (N, K), or images.

        Raises DataError for samples of another shape, UsageError without any.
        """
        program = self.program
        samples, single = batch(program.input, x, program.shapes[program.input.id])
        found = program.predict(samples)
        return found[0] if single else found

    def outputs(self, x: ArrayLike, blocks: Iterable[str] | None = None) -> dict[str, Array]:
        """What blocks make of samples, (N, …) each, by the names or ids that were given; all, by name.

        Raises UsageError for an unknown block or without samples, DataError for samples of another shape.
        """
        program = self.program
        every = [block.name for block in program.graph.blocks]
        wanted = every if blocks is None else wanted_blocks(blocks, ordered=False)
        ids = {name: find(program.graph, name).id for name in wanted}
        samples, single = batch(program.input, x, program.shapes[program.input.id])
        found = program.outputs(samples, set(ids.values()))
        return {name: found[i][0] if single else found[i] for name, i in ids.items()}

    def feature_maps(self, x: ArrayLike, block: str) -> Array:
        """What one block makes of samples: (N, C, H, W), or (C, H, W) of one. Raises as `outputs`."""
        return self.outputs(x, [wanted_block(block)])[block]

    def parameters(self, block: str) -> dict[str, Array]:
        """Copies of a block's learned arrays by name: `weight`, `bias`. Empty where it learns nothing."""
        program = self.program
        found = program.parameters.blocks[find(program.graph, block).id]
        return {name: array.copy() for name, array in found.items()}

    @property
    def program(self) -> Program:
        """The network made runnable, for what isn't here; it is another one after `add`."""
        return self._learner.ready(self.plan)

    def __copy__(self) -> Self:
        """A network of its own, as by `copy.deepcopy`: what one of them learns, the other doesn't."""
        return copy.deepcopy(self)

    def __repr__(self) -> str:
        lines = table.as_text(table.lines(self._graph)) if self._graph.blocks else []
        return "\n".join([self._title(), *lines, *self._problems()])

    def _repr_html_(self) -> str:
        shown = table.as_html(table.lines(self._graph)) if self._graph.blocks else ""
        return f"<p>{self._title()}</p>{shown}" + "".join(f"<p>{text}</p>" for text in self._problems())

    def _problems(self) -> list[str]:
        return table.problems(inspect(Project(self._graph, self.plan)))

    def _title(self) -> str:
        count = table.parameters(self._graph)
        return (
            f"Network of {counted_text(len(self.names), 'block')}, {counted_text(count, 'parameter')}, "
            f"{self._learned()}"
        )

    def _learned(self) -> str:
        run = self._learner.run
        if run is not None and run.epoch:
            return f"trained for {counted_text(run.epoch, 'epoch')}"
        if run is not None and run.steps:
            return f"trained for {counted_text(run.steps, 'step')}"
        return "with weights of an earlier run" if self._learner.has_learned else "untrained"

    # -- keeping ---------------------------------------------------------------------------------------------

    def save(self, path: str | os.PathLike[str]) -> None:
        """Writes a `.cnn` file with all of it, which the window opens; or a `.json` with the design alone.

        Raises UsageError for another name, FormatError where it can't be written.
        """
        target = path_of(path)
        if target.suffix not in (SUFFIX, ".json"):
            raise UsageError(
                f"{target.name}: expected a name that ends in {SUFFIX} or .json.",
                f"Use {target.stem}{SUFFIX}; it holds what was learned, too.",
            )
        project = Project(self.design, self.plan, DataChoice(self._learner.spec))
        save_project(target, ProjectFile(project, self._learner.kept(self.plan)))

    # -- inside ----------------------------------------------------------------------------------------------

    def _warn(self, found: Inference) -> None:
        """Says once what is hardly meant in the network, at the line of the script that trains it."""
        new = [text for text in table.doubts(found) if text not in self._warned]
        self._warned.update(new)
        for text in new:
            warnings.warn(text, stacklevel=3)

    def _source(self, data: Data | None, targets: ArrayLike | None) -> Source:
        """The data, or those of the last time, which fit the network."""
        given = self._learner.data if data is None else data
        if given is None:
            raise UsageError("There are no data.", 'Give some, for example "digits" or x, y.')
        source = for_network(given, targets, ends(self._graph))
        require_sound(self._graph, source.train.spec)
        return source


def _named(part: object, other: str | None) -> tuple[str, Layer]:
    """A name and its layer, as they were given for a layer."""
    if isinstance(part, type) and issubclass(part, Layer):
        hint = f"Write {part.__name__}(), with brackets."
        raise UsageError(f"Expected a layer, got the class {part.__name__}.", hint)
    if isinstance(part, (tuple, list)) and len(part) == 2 and isinstance(part[1], Layer):
        name, layer = part
        if other is not None:
            raise UsageError(
                f"Two names were given for one layer: {reprlib.repr(name)} and {reprlib.repr(other)}.",
                "Give one of them.",
            )
        return block_name(name), layer
    raise UsageError(
        f"Expected a layer, got {reprlib.repr(part)}.", "Give layers, or pairs of a name and a layer."
    )
