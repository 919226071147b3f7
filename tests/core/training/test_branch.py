"""A run that begins, in a changed design, with what another one has learned."""

from __future__ import annotations

from dataclasses import replace

import numpy as np
import pytest

from core.compile import compile_graph
from core.data.dataset import split
from core.design.edits import insert, new_block, paste, remove, rename, set_param
from core.design.graph import Graph
from core.design.groups import group, set_repeat
from core.errors import DataError
from core.layers.activation import ReLU
from core.layers.normalisation import LayerNorm
from core.maths.arrays import Array
from core.maths.schedules import Cosine
from core.running.program import Program
from core.training.branch import Branch, carried, heritage
from core.training.checkpoint import Checkpoint
from core.training.session import Session
from tests.core.training.test_train import DATA, PLAN, assert_equal, epochs, network, run, started

pytestmark = pytest.mark.usefixtures("executor")

SCHEDULED = replace(PLAN, schedule=Cosine(), warmup=0.5)
NET = network()
IMAGES = DATA.batch(slice(0, 8), np.float32)[0]
CONV, NORM, DENSE = "conv2d_1", "batch_norm_1", "dense_1"


@pytest.fixture
def parent() -> tuple[Checkpoint, Program]:
    """A run of two epochs, and its network."""
    session, program = started(replace(SCHEDULED, epochs=2))
    run(session)
    checkpoint = session.checkpoint()
    program.parameters.load(checkpoint.weights)
    return checkpoint, program


def _branch(checkpoint: Checkpoint, graph: Graph, seed: int = SCHEDULED.seed) -> tuple[Branch, Program]:
    program = compile_graph(graph, seed=seed)
    return carried(checkpoint, NET, program), program


def _inserted(graph: Graph) -> Graph:
    wire = graph.outgoing(CONV)[0]
    return insert(graph, new_block(graph, ReLU()), wire)


def _of(block: str, arrays: dict[str, Array]) -> dict[str, Array]:
    return {name: array for name, array in arrays.items() if name.startswith(f"{block}.")}


def _slot(checkpoint: Checkpoint, program: Program, slot: str, block: str) -> list[Array]:
    """The parts of a buffer of the optimiser that belong to a block."""
    found, begin = [], 0
    for (block_id, _), spec in program.parameters.specs.items():
        if spec.trainable:
            if block_id == block:
                found.append(checkpoint.slots[slot][begin : begin + spec.size])
            begin += spec.size
    return found


def test_an_equal_design_predicts_the_same(parent: tuple[Checkpoint, Program]) -> None:
    checkpoint, trained = parent
    branch, program = _branch(checkpoint, rename(NET, CONV, "First"))
    program.parameters.load(branch.checkpoint.weights)
    assert branch.blocks.fresh == ()
    assert branch.blocks.carried == (CONV, NORM, DENSE)
    np.testing.assert_array_equal(program.predict(IMAGES), trained.predict(IMAGES))
    assert_equal(branch.checkpoint.slots, checkpoint.slots)
    assert branch.checkpoint.optimizer_step == checkpoint.optimizer_step > 0


def test_best_and_history_begin_anew(parent: tuple[Checkpoint, Program]) -> None:
    branch, _ = _branch(parent[0], NET)
    found = branch.checkpoint
    assert parent[0].best is not None
    assert parent[0].history
    assert (found.best, found.epoch, found.position, found.seconds) == (None, 0, 0, 0.0)
    assert found.progress == (0, 0, 0, 0.0)
    assert not found.history
    assert not found.losses


def test_a_new_relu_leaves_all_weights(parent: tuple[Checkpoint, Program]) -> None:
    branch, _ = _branch(parent[0], _inserted(NET))
    assert branch.blocks.fresh == ()
    assert_equal(branch.checkpoint.weights, parent[0].weights)
    assert_equal(branch.checkpoint.slots, parent[0].slots)


def test_blocks_of_other_shapes_begin_as_in_a_new_run(parent: tuple[Checkpoint, Program]) -> None:
    checkpoint, trained = parent
    changed = set_param(NET, CONV, "filters", 6)
    branch, program = _branch(checkpoint, changed)
    assert branch.blocks.fresh == (CONV, NORM, DENSE)  # what follows has other shapes, too
    assert_equal(branch.checkpoint.weights, compile_graph(changed, seed=SCHEDULED.seed).parameters.save())
    assert branch.checkpoint.optimizer_step == 0
    assert not any(slot.any() for slot in branch.checkpoint.slots.values())
    branch, program = _branch(checkpoint, set_param(NET, CONV, "kernel", (5, 5)))
    assert branch.blocks.fresh == (CONV, DENSE)
    assert branch.blocks.carried == (NORM,)
    for slot in ("mean", "square"):
        pairs = zip(
            _slot(branch.checkpoint, program, slot, NORM),
            _slot(checkpoint, trained, slot, NORM),
            strict=True,
        )
        assert all(np.array_equal(new, old) and old.any() for new, old in pairs)
        assert not any(part.any() for part in _slot(branch.checkpoint, program, slot, CONV))


def test_what_would_be_carried_is_known_before() -> None:
    found = heritage(NET, set_param(NET, CONV, "kernel", (5, 5)))
    assert (found.carried, found.fresh) == ((NORM,), (CONV, DENSE))


def test_fresh_blocks_depend_on_the_seed_alone(parent: tuple[Checkpoint, Program]) -> None:
    changed = set_param(NET, CONV, "kernel", (5, 5))
    for seed in (0, 7):
        branch, _ = _branch(parent[0], changed, seed)
        anew = compile_graph(changed, seed=seed).parameters.save()
        assert_equal(_of(CONV, branch.checkpoint.weights), _of(CONV, anew))


def test_running_statistics_are_carried(parent: tuple[Checkpoint, Program]) -> None:
    branch, _ = _branch(parent[0], _inserted(NET))
    statistics = _of(NORM, branch.checkpoint.weights)
    assert len(statistics) == 4
    assert_equal(statistics, _of(NORM, parent[0].weights))
    fresh = _of(NORM, compile_graph(NET).parameters.save())
    assert not any(np.array_equal(statistics[name], fresh[name]) for name in fresh)


def test_a_removed_block_leaves_the_others(parent: tuple[Checkpoint, Program]) -> None:
    branch, program = _branch(parent[0], remove(NET, [NORM], reconnect=True))
    assert branch.blocks.carried == (CONV, DENSE)
    assert not _of(NORM, branch.checkpoint.weights)
    assert all(slot.size == program.parameters.count for slot in branch.checkpoint.slots.values())
    assert _slot(branch.checkpoint, program, "mean", DENSE)[0].any()


def test_a_copied_block_is_new(parent: tuple[Checkpoint, Program]) -> None:
    dense = Graph((replace(NET[DENSE], name="Copy"),))
    pasted, ids = paste(NET, dense, (0, 80))
    wire = pasted.outgoing(DENSE)[0]
    both = insert(remove(pasted, [ids[DENSE]]), pasted[ids[DENSE]], wire)
    branch, _ = _branch(parent[0], both)
    assert branch.blocks.carried == (CONV, NORM, DENSE)
    assert branch.blocks.fresh == (ids[DENSE],)


def test_another_kind_under_the_same_id_is_new(parent: tuple[Checkpoint, Program]) -> None:
    blocks = tuple(replace(b, layer=LayerNorm()) if b.id == NORM else b for b in NET.blocks)
    branch, _ = _branch(parent[0], replace(NET, blocks=blocks))
    assert branch.blocks.fresh == (NORM,)


def test_new_copies_of_a_repeated_group_are_new(parent: tuple[Checkpoint, Program]) -> None:
    grouped = group(NET, [NORM], "Stage")
    branch, _ = _branch(parent[0], set_repeat(grouped, grouped.groups[0].id, 2))
    assert branch.blocks.fresh == (f"{NORM}@1",)
    assert branch.blocks.carried == (CONV, NORM, DENSE)


def test_a_branch_trains_on_with_a_schedule_of_its_own(parent: tuple[Checkpoint, Program]) -> None:
    checkpoint = parent[0]
    branch, program = _branch(checkpoint, _inserted(NET))
    plan = replace(SCHEDULED, epochs=2)
    session = Session(program, *split(DATA, plan.validation, plan.seed), plan, branch.checkpoint)
    found = epochs(run(session))
    assert [epoch.epoch for epoch in found] == [1, 2]
    first = checkpoint.history[0].validation
    assert found[0].validation is not None
    assert first is not None
    assert found[0].validation.loss < first.loss
    assert session.checkpoint().optimizer_step == checkpoint.optimizer_step + session.step


def test_a_checkpoint_of_another_network_is_refused(parent: tuple[Checkpoint, Program]) -> None:
    with pytest.raises(DataError, match="another network"):
        carried(parent[0], set_param(NET, DENSE, "units", 5), compile_graph(NET))
    weightless = replace(parent[0], weights={})
    with pytest.raises(DataError, match="another network"):
        carried(weightless, NET, compile_graph(NET))
