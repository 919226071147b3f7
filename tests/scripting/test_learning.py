"""Training, judging and going on, with a few of the embedded digits."""

from __future__ import annotations

import os
import signal
import threading
from dataclasses import replace
from pathlib import Path
from typing import Any

import numpy as np
import pytest

import cnngui
from cnngui import CoreError, Network, Plan
from cnngui.scripting import learner
from core.compile import compile_graph
from core.data import Source
from core.data.dataset import Dataset, split
from core.data.digits import generate
from core.errors import LayerError
from core.formats.project import load_project, save_project
from core.maths.optim import SGD, Adam
from core.maths.schedules import Cosine
from core.native import memory
from core.training.need import RESERVE, need
from core.training.session import Session
from tests.scripting.conftest import small

QUICK: dict[str, Any] = {"progress": False, "batch_size": 20, "learning_rate": 0.01}


def weights(net: Network) -> dict[str, Any]:
    return net.program.parameters.save()


def same(one: Network, other: Network) -> bool:
    mine, others = weights(one), weights(other)
    return mine.keys() == others.keys() and all(np.array_equal(mine[name], others[name]) for name in mine)


def test_a_batch_beyond_the_memory_is_refused_before_anything_is_made(
    digits: Source, monkeypatch: pytest.MonkeyPatch
) -> None:
    net = small()
    room = need(net.design, Plan(), 16).taken + RESERVE
    monkeypatch.setattr(memory, "available_memory", lambda: room)
    with monkeypatch.context() as forbidding:
        forbidding.setattr(learner, "compile_graph", pytest.fail)
        with pytest.raises(CoreError, match=r"in steps of 320 samples.*Set the batch size to \d+"):
            net.fit(digits, batch_size=320, epochs=1, progress=False)
    net.fit(digits, batch_size=16, epochs=1, progress=False)


def test_eight_lines_build_train_judge_and_look(digits: Source) -> None:
    net = cnngui.Network(
        cnngui.Input(1, 28, 28), cnngui.Conv2D(8, kernel=5), cnngui.ReLU(), cnngui.MaxPool(2),
        cnngui.Flatten(), cnngui.Dense(10), cnngui.Classification())  # fmt: skip
    history = net.fit(digits, epochs=8, **QUICK)
    assert net.evaluate(digits).accuracy > 0.6
    assert net.feature_maps(digits.train.images[0], "Conv 1").shape == (8, 24, 24)
    assert history.losses[-1] < history.losses[0]


def test_it_learns_as_the_session_below(digits: Source, net: Network) -> None:
    history = net.fit(digits, epochs=2, **QUICK)
    plan = Plan(epochs=2, batch_size=20, optimizer=Adam(learning_rate=0.01))
    program = compile_graph(net.design, seed=plan.seed)
    session = Session(program, *split(digits.train, plan.validation, plan.seed), plan)
    for _ in session:
        pass
    assert history.losses == session.checkpoint().losses
    assert net.plan == plan
    found = program.parameters.save()
    assert all(np.array_equal(array, found[name]) for name, array in weights(net).items())


def test_the_history_has_losses_and_results(digits: Source, net: Network) -> None:
    assert repr(net.history) == "nothing learned yet"
    history = net.fit(digits, epochs=2, **QUICK)
    assert len(history.losses) == 2 * 18
    assert set(history.curves) >= {"loss", "accuracy", "validation_loss", "validation_accuracy"}
    assert all(len(curve) == 2 for curve in history.curves.values())
    assert history.curves["loss"] == [epoch.train.loss for epoch in history.epochs]
    assert not history.stopped
    assert repr(history).splitlines()[-1] == "36 steps"
    assert "trained for 2 epochs" in repr(net)


def test_another_fit_goes_on_as_if_it_had_never_stopped(digits: Source) -> None:
    whole, parts = small(dropout=0.2), small(dropout=0.2)
    whole.fit(digits, epochs=3, **QUICK)
    parts.fit(digits, epochs=1, **QUICK)
    history = parts.fit(digits, epochs=2, **QUICK)
    assert [epoch.epoch for epoch in history.epochs] == [1, 2, 3]
    assert history.losses == whole.history.losses
    assert same(whole, parts)
    assert parts.plan.epochs == 3


def test_without_a_number_as_many_epochs_as_the_plan_says(digits: Source) -> None:
    net = small(plan=Plan(epochs=2, batch_size=40))
    assert len(net.fit(digits, progress=False).epochs) == 2
    assert len(net.fit(progress=False).epochs) == 4


def test_equal_arrays_are_the_same_data(digits: Source, net: Network) -> None:
    x, y = digits.train.images, digits.train.targets
    net.fit(x, y, epochs=1, **QUICK)
    net.fit((x.copy(), y.tolist()), epochs=1, **QUICK)
    assert len(net.history.epochs) == 2


def test_other_data_begin_a_new_run_with_what_was_learned(digits: Source, net: Network) -> None:
    net.fit(digits, epochs=4, **QUICK)
    before = net.history.losses
    history = net.fit(*generate(200, seed=9), epochs=1, **QUICK)
    assert [epoch.epoch for epoch in history.epochs] == [1]
    assert history.losses[0] < before[0] / 2


def test_settings_stay_and_names_are_as_good_as_objects(digits: Source, net: Network) -> None:
    net.fit(
        digits,
        epochs=1,
        optimizer="sgd",
        schedule=Cosine(),
        learning_rate=0.05,
        progress=False,
        batch_size=50,
    )
    assert net.plan == Plan(epochs=1, batch_size=50, optimizer=SGD(learning_rate=0.05), schedule=Cosine())
    net.fit(digits, epochs=1, progress=False)
    assert net.plan.batch_size == 50


def test_another_seed_gives_other_weights(digits: Source) -> None:
    nets = [small(), small(), small()]
    for net, seed in zip(nets, (0, 0, 1), strict=True):
        net.fit(digits, epochs=1, seed=seed, **QUICK)
    assert same(nets[0], nets[1])
    assert not same(nets[0], nets[2])


def test_reset_forgets(digits: Source, net: Network) -> None:
    fresh = weights(net)
    net.fit(digits, epochs=1, **QUICK)
    net.reset()
    assert net.history.losses == ()
    assert all(np.array_equal(array, fresh[name]) for name, array in weights(net).items())


def test_a_layer_more_keeps_what_the_others_have_learned(digits: Source) -> None:
    net = Network(cnngui.Input(1, 28, 28), ("Stem", cnngui.Conv2D(4, 5, stride=4)), cnngui.Flatten())
    net.add(("Old", cnngui.Dense(10)))
    net.add(cnngui.Classification())
    net.fit(digits, epochs=1, **QUICK)
    learned = net.parameters("Stem")["weight"]
    net.add(cnngui.ReLU(), after="Stem")
    assert np.array_equal(net.parameters("Stem")["weight"], learned)
    assert net.history.losses == ()


@pytest.mark.parametrize(
    ("settings", "message"),
    [
        ({"epoch": 3}, "The training has no setting 'epoch'. Did you mean 'epochs'"),
        ({"epochs": 0}, "Epochs: expected a whole number, 1 to 100,000, got 0."),
        ({"optimizer": "adm"}, "There is no optimiser 'adm'. Did you mean 'adam'?"),
        ({"learning_rate": -1}, "Adam, Learning rate: expected a number, 0 to 100, got −1.0."),
        ({"batch_size": "all"}, "Batch size: expected a whole number"),
    ],
)
def test_wrong_settings_are_named(digits: Source, net: Network, settings: Any, message: str) -> None:
    with pytest.raises(CoreError) as caught:
        net.fit(digits, **settings)
    assert message in str(caught.value)


def test_a_network_without_an_end_says_what_it_lacks(digits: Source) -> None:
    net = Network(cnngui.Input(1, 28, 28), cnngui.Flatten())
    with pytest.raises(CoreError, match=r"The network has no end\. Add what it is to learn"):
        net.fit(digits)


def test_training_that_fails_keeps_what_was_learned() -> None:
    net = Network(cnngui.Input(3), cnngui.Dense(1), cnngui.Regression())
    x = np.random.default_rng(0).normal(size=(200, 3))
    net.fit(x, x[:, 0], epochs=1, **QUICK)
    learned = net.history.losses
    with pytest.raises(LayerError, match="finite"):
        net.fit(x, x[:, 0], epochs=100, progress=False, optimizer=SGD(learning_rate=100.0))
    assert net.history.losses == learned
    assert np.isfinite(net.predict(x)).all()


def vectors() -> tuple[Any, Any]:
    x = np.random.default_rng(0).normal(size=(600, 16)).astype(np.float32)
    return x, x[:, :3].argmax(axis=1)


def line(end: Any, units: int = 3, values: int = 16) -> Network:
    return Network(cnngui.Input(values), cnngui.Dense(units), end)


@pytest.mark.parametrize("way", ["run", "add", "file"])
def test_a_failure_on_other_data_leaves_all_that_was_learned_before(way: str) -> None:
    x, y = vectors()
    net = line(cnngui.Classification())
    net.fit(x, y, epochs=5, progress=False)
    if way == "add":
        net.add(cnngui.ReLU(), after="Dense 1")
    if way == "file":
        net.save("net.cnn")
        net = cnngui.load("net.cnn")
    told, losses, answers, score = repr(net), net.history.losses, net.predict(x), net.evaluate(x, y).loss
    for _ in range(2):
        with pytest.raises(CoreError):
            net.fit(x * 1e20, y, epochs=3, learning_rate=1.0, optimizer="sgd", progress=False)
        assert (repr(net), net.history.losses, net.evaluate(x, y).loss) == (told, losses, score)
        assert np.array_equal(net.predict(x), answers)
    net.save("after.cnn")
    assert np.array_equal(cnngui.load("after.cnn").predict(x), answers)


@pytest.mark.parametrize("validation", [0.0, 0.2])
def test_a_run_goes_on_after_a_failure_from_what_was_kept(validation: float) -> None:
    x, _ = vectors()
    net = line(cnngui.Regression())
    net.fit(x, x[:, :3], epochs=2, progress=False, validation=validation)
    answers, losses = net.predict(x), net.history.losses
    with pytest.raises(LayerError, match="Lower the learning rate"):
        net.fit(epochs=9, learning_rate=100.0, optimizer="sgd", progress=False)
    assert np.array_equal(net.predict(x), answers)
    history = net.fit(epochs=1, learning_rate=0.001, progress=False)
    assert len(history.epochs) == 3
    assert history.losses[: len(losses)] == losses
    assert history.curves["loss"][2] < history.curves["loss"][0]


@pytest.mark.parametrize("step", [0, 3])
def test_a_second_interrupt_keeps_the_steps_that_were_done(
    digits: Source, net: Network, step: int, monkeypatch: pytest.MonkeyPatch
) -> None:
    fresh, kind = weights(net), type(net.program)
    train_on, done = kind.train_on, [0]

    def interrupted(self: Any, *arguments: Any) -> Any:
        if done[0] == step:
            raise KeyboardInterrupt
        done[0] += 1
        return train_on(self, *arguments)

    monkeypatch.setattr(kind, "train_on", interrupted)
    with pytest.raises(KeyboardInterrupt):
        net.fit(digits, epochs=1, **QUICK)
    assert len(net.history.losses) == step
    assert all(np.array_equal(array, fresh[name]) for name, array in weights(net).items()) == (step == 0)


def test_an_interrupt_before_the_first_step_changes_nothing(
    digits: Source, net: Network, monkeypatch: pytest.MonkeyPatch
) -> None:
    def interrupted(*_: Any) -> Any:
        raise KeyboardInterrupt

    monkeypatch.setattr(learner, "Session", interrupted)
    with pytest.raises(KeyboardInterrupt):
        net.fit(digits, epochs=1, **QUICK)
    assert ", untrained" in repr(net)


def test_a_first_run_that_fails_late_keeps_its_best_epoch(monkeypatch: pytest.MonkeyPatch) -> None:
    x, _ = vectors()
    net, whole = line(cnngui.Regression()), line(cnngui.Regression())
    whole.fit(x, x[:, :3], epochs=2, progress=False)
    kind, steps = type(net.program), [0]
    train_on = kind.train_on

    def failing(self: Any, *arguments: Any) -> Any:
        steps[0] += 1
        if steps[0] > len(whole.history.losses) + 3:
            raise LayerError("The training has diverged.", block="dense_1", phase="forward")
        return train_on(self, *arguments)

    monkeypatch.setattr(kind, "train_on", failing)
    with pytest.raises(LayerError):
        net.fit(x, x[:, :3], epochs=9, progress=False)
    monkeypatch.undo()
    assert net.history.losses == whole.history.losses
    assert same(net, whole)


def test_progress_is_told_and_can_be_quiet(
    digits: Source, net: Network, capsys: pytest.CaptureFixture[str]
) -> None:
    net.fit(digits, epochs=1, progress=False)
    net.evaluate(digits, progress=False)
    assert capsys.readouterr() == ("", "")
    net.fit(digits, epochs=1)
    out, _ = capsys.readouterr()
    told = out.splitlines()
    assert told[0] == "360 samples and 40 for validation, 1,554 parameters"
    assert told[1].startswith("epoch 2/2  loss ")
    assert told[2].startswith("completed after 12 steps")


@pytest.mark.skipif(os.name != "posix", reason="sends a signal")
def test_an_interrupt_ends_with_the_current_step_and_keeps_what_was_learned(
    digits: Source, net: Network, monkeypatch: pytest.MonkeyPatch
) -> None:
    steps: list[int] = []
    usual = signal.getsignal(signal.SIGINT)  # in the background of a shell it is ignored

    def interrupted(*arguments: Any) -> Any:
        steps.append(len(steps))
        if len(steps) == 5:
            signal.raise_signal(signal.SIGINT)
        return train_on(*arguments)

    kind = type(net.program)
    train_on = kind.train_on
    monkeypatch.setattr(kind, "train_on", interrupted)
    history = net.fit(digits, epochs=2, **QUICK)
    assert (len(history.losses), history.stopped) == (5, True)
    assert history.epochs == ()
    monkeypatch.setattr(kind, "train_on", train_on)
    assert signal.getsignal(signal.SIGINT) is usual
    whole = small()
    whole.fit(digits, epochs=2, **QUICK)
    assert net.fit(digits, progress=False).losses == whole.history.losses
    assert same(net, whole)


def test_another_thread_can_train_too(digits: Source, net: Network) -> None:
    thread = threading.Thread(target=lambda: net.fit(digits, epochs=1, **QUICK))
    thread.start()
    thread.join()
    assert len(net.history.epochs) == 1


def test_a_score_tells_about_itself(digits: Source, net: Network) -> None:
    net.fit(digits, epochs=1, **QUICK)
    score = net.evaluate(digits)
    assert digits.test is not None
    assert score.samples == len(digits.test)
    assert score.confusion is not None
    assert np.trace(score.confusion) / score.samples == pytest.approx(score.accuracy)
    assert repr(score).startswith("100 samples  loss ")
    assert net.evaluate(digits.test).loss == score.loss
    assert net.evaluate(digits.test.images, digits.test.targets).loss == score.loss


def test_values_can_be_learned(digits: Source) -> None:
    net = Network(cnngui.Input(3), cnngui.Dense(1), cnngui.Regression())
    x = np.random.default_rng(0).normal(size=(200, 3))
    net.fit(x, x @ [1.0, 2.0, 3.0], epochs=60, learning_rate=0.05, progress=False)
    assert np.allclose(net.parameters("Dense 1")["weight"], [[1, 2, 3]], atol=0.05)
    with pytest.raises(CoreError, match="This network has no accuracy"):
        _ = net.evaluate().accuracy


def test_an_autoencoder_needs_no_targets(digits: Source) -> None:
    net = Network(cnngui.Input(1, 28, 28), cnngui.Conv2D(1, 3, padding="same"), cnngui.Reconstruction())
    x = digits.train.images[:60]
    assert len(net.fit(x, epochs=2, progress=False).epochs) == 2
    assert net.predict(x[0]).shape == (1, 28, 28)


def test_balanced_classes_are_judged_from_a_file_as_they_were_trained(digits: Source) -> None:
    targets = digits.train.targets
    few = (targets != 3) | (np.arange(len(targets)) % 5 == 0)  # rare, so that its weight isn't the others'
    np.savez("few.npz", x_train=digits.train.images[few], y_train=targets[few])
    net = Network(
        cnngui.Input(1, 28, 28), cnngui.Flatten(), cnngui.Dense(10), cnngui.Classification(balanced=True)
    )
    net.fit("few.npz", epochs=1, **QUICK)
    net.save("net.cnn")
    assert cnngui.load("net.cnn").evaluate(progress=False).loss == net.evaluate(progress=False).loss


def rare() -> tuple[Any, Any]:
    x = np.random.default_rng(0).normal(size=(200, 5)).astype(np.float32)
    return x, (x[:, 0] > 1.2).astype(int)


def test_balanced_classes_give_one_number_however_they_are_asked_for() -> None:
    x, y = rare()
    net = line(cnngui.Classification(balanced=True), 2, 5)
    net.fit(x, y, epochs=2, progress=False)
    loss = net.evaluate(x, y).loss
    assert net.evaluate(cnngui.data(x, y)).loss == loss
    net.save("b.cnn")
    for arguments in ((x, y), (cnngui.data(x, y),)):
        assert cnngui.load("b.cnn").evaluate(*arguments).loss == loss
    few = net.evaluate(x[:7], y[:7]).loss
    assert cnngui.load("b.cnn").evaluate(x[:7], y[:7]).loss == few
    net.add(cnngui.Dropout(0.5), after="Dense 1")
    assert net.evaluate(x, y).loss == loss
    net.save("c.cnn")
    assert cnngui.load("c.cnn").evaluate(x, y).loss == loss


@pytest.mark.parametrize("counts", [(), (1,), (3, 4, 5)])
def test_a_file_without_numbers_of_its_classes_goes_by_those_of_the_data(counts: tuple[int, ...]) -> None:
    x, y = rare()
    net = line(cnngui.Classification(balanced=True), 2, 5)
    net.fit(x, y, epochs=2, progress=False)
    net.save("b.cnn")
    file = load_project(Path("b.cnn"))
    assert file.checkpoint is not None
    save_project(Path("b.cnn"), replace(file, checkpoint=replace(file.checkpoint, counts=counts)))
    loaded = cnngui.load("b.cnn")
    assert loaded.evaluate(x, y).loss == net.evaluate(x, y).loss
    loaded.fit(x, y, epochs=1, progress=False)
    assert len(loaded.history.epochs) == 1


def test_judging_before_the_first_run_does_not_decide_how_classes_are_balanced() -> None:
    x, y = rare()
    net, other = (line(cnngui.Classification(balanced=True), 2, 5) for _ in range(2))
    assert net.evaluate(x, y).loss == net.evaluate(cnngui.data(x, y)).loss
    net.evaluate(x, 1 - y)
    net.fit(x, y, epochs=1, progress=False)
    other.fit(x, y, epochs=1, progress=False)
    assert net.history.losses == other.history.losses
    net.fit(x, 1 - y, epochs=1, progress=False)
    other.save("b.cnn")
    loaded = cnngui.load("b.cnn")
    loaded.fit(x, 1 - y, epochs=1, progress=False)
    assert net.history.losses == loaded.history.losses


def test_on_other_images_with_the_same_targets_another_run_begins(digits: Source) -> None:
    x, y = digits.train.images[:40], digits.train.targets[:40]
    net = small()
    net.fit(x, y, epochs=2, **QUICK)
    assert len(net.fit(x.copy(), y.copy(), epochs=1, **QUICK).epochs) == 3
    assert len(net.fit(255 - x, y, epochs=1, **QUICK).epochs) == 1


def test_on_arrays_that_were_changed_in_place_another_run_begins(digits: Source) -> None:
    x, y = digits.train.images[:40].astype(np.float32), digits.train.targets[:40].copy()
    for given in ((x, y), (Dataset(x, y, tuple(map(str, range(10)))),)):
        net = small()
        net.fit(*given, epochs=1, **QUICK)
        assert len(net.fit(*given, epochs=1, **QUICK).epochs) == 2
        x[:] = 255 - x
        assert len(net.fit(*given, epochs=1, **QUICK).epochs) == 1
        y[:] = y[::-1].copy()
        assert len(net.fit(*given, epochs=1, **QUICK).epochs) == 1


def test_a_seed_that_is_set_counts_for_what_has_not_learned() -> None:
    x = np.ones((1, 28, 28))
    net, other = small(), small(plan=Plan(seed=3))
    before = net.predict(x)
    net.plan = Plan(seed=3)
    assert not np.array_equal(net.predict(x), before)
    assert np.array_equal(net.predict(x), other.predict(x))


def test_the_title_says_what_was_learned(
    digits: Source, net: Network, monkeypatch: pytest.MonkeyPatch
) -> None:
    assert repr(net).splitlines()[0].endswith(", untrained")
    net.fit(digits, epochs=1, **QUICK)
    net.add(cnngui.ReLU(), after="Conv 1")
    assert ", with weights of an earlier run" in repr(net)
    net.save("net.cnn")
    assert ", with weights of an earlier run" in repr(cnngui.load("net.cnn"))
    kind = type(net.program)
    train_on = kind.train_on

    def stopped(self: Any, *arguments: Any) -> Any:
        signal.raise_signal(signal.SIGINT)
        return train_on(self, *arguments)

    monkeypatch.setattr(kind, "train_on", stopped)
    net.fit(digits, epochs=1, **QUICK)
    assert ", trained for 1 step\n" in repr(net)
    net.reset()
    assert ", untrained" in repr(net)
