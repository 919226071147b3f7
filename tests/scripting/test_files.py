"""Saving and loading: all that was made and learned comes back."""

from __future__ import annotations

import json
from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest

import cnngui
from cnngui import CoreError, Network, Plan
from core.data import Source
from core.formats.project import load_project, save_project
from core.layers.convolution import Conv2D
from tests.cli.running import run
from tests.scripting.conftest import small
from tests.scripting.test_learning import QUICK, same


def test_a_trained_network_comes_back_and_goes_on(digits: Source) -> None:
    np.savez("few.npz", x_train=digits.train.images, y_train=digits.train.targets)
    whole, first = small(dropout=0.2), small(dropout=0.2)
    whole.fit("few.npz", epochs=2, **QUICK)
    first.fit("few.npz", epochs=1, **QUICK)
    first.save("first.cnn")
    loaded = cnngui.load(Path("first.cnn"))
    assert loaded.plan == first.plan
    assert loaded.design == first.design
    assert same(loaded, first)
    assert np.array_equal(loaded.predict(digits.train.images[:9]), first.predict(digits.train.images[:9]))
    assert loaded.evaluate(progress=False).loss == first.evaluate(progress=False).loss
    loaded.fit(epochs=1, progress=False)
    assert loaded.history.losses == whole.history.losses
    assert same(loaded, whole)


def test_the_command_line_goes_on_with_it(digits: Source, capsys: pytest.CaptureFixture[str]) -> None:
    np.savez("few.npz", x_train=digits.train.images, y_train=digits.train.targets)
    net = small()
    net.fit("few.npz", epochs=1, **QUICK)
    net.save("net.cnn")
    assert run("evaluate", "net.cnn") == 0
    assert run("train", "net.cnn", "--resume", "--epochs", "2", "--out", "more.cnn") == 0
    assert len(cnngui.load("more.cnn").history.epochs) == 2
    capsys.readouterr()


def test_the_command_line_judges_other_data_by_the_same_loss(capsys: pytest.CaptureFixture[str]) -> None:
    x = np.random.default_rng(0).normal(size=(200, 5)).astype(np.float32)
    np.savez("rare.npz", x_train=x, y_train=(x[:, 0] > 1.2).astype(int))
    np.savez("even.npz", x_train=x, y_train=(x[:, 0] > 0).astype(int))
    net = Network(cnngui.Input(5), cnngui.Dense(2), cnngui.Classification(balanced=True))
    net.fit("rare.npz", epochs=1, **QUICK)
    net.save("net.cnn")
    for data in ("rare.npz", "even.npz"):
        assert run("evaluate", "net.cnn", "--data", data, "--json") == 0
        assert json.loads(capsys.readouterr().out)["loss"] == net.evaluate(data, progress=False).loss


def test_weights_of_an_earlier_run_are_kept_in_the_file(digits: Source, net: Network) -> None:
    net.fit(digits, epochs=1, **QUICK)
    net.add(cnngui.ReLU(), after="Conv 1")
    net.save("more.cnn")
    loaded = cnngui.load("more.cnn")
    assert same(loaded, net)
    assert loaded.history.losses == ()
    assert len(loaded.fit(digits, epochs=1, **QUICK).epochs) == 1


def test_an_untrained_network_keeps_its_plan(net: Network) -> None:
    net.plan = Plan(optimizer="sgd", seed=7)
    net.save("plain.cnn")
    loaded = cnngui.load("plain.cnn")
    assert loaded.plan == net.plan
    assert load_project(Path("plain.cnn")).checkpoint is None
    assert same(loaded, net)


def test_a_design_alone(net: Network) -> None:
    net.save("design.json")
    assert cnngui.load("design.json").design == net.design


def test_a_name_that_would_lose_the_weights_is_refused(digits: Source, net: Network) -> None:
    with pytest.raises(CoreError, match=r"net: expected a name that ends in .cnn or .json. Use net.cnn"):
        net.save("net")
    assert not Path("net").exists()


def test_an_example_is_made_for_the_data(digits: Source) -> None:
    net = cnngui.load("lenet5", cnngui.data(np.zeros((9, 3, 32, 32), np.uint8), np.arange(9)))
    assert net.predict(np.zeros((3, 32, 32))).shape == (9,)
    with pytest.raises(CoreError, match="There is no design 'lenet6'"):
        cnngui.load("lenet6")


@pytest.mark.parametrize("name", ["net.cnn", "net.json"])
def test_a_file_is_not_made_for_data(net: Network, name: str, digits: Source) -> None:
    net.save(name)
    with pytest.raises(CoreError, match=rf"{name} is a file; only an example is made for data\."):
        cnngui.load(name, digits)


def test_a_design_that_was_changed_after_its_training_says_so_and_learns_again(
    digits: Source, net: Network
) -> None:
    net.fit(digits, epochs=1, **QUICK)
    net.save("net.cnn")
    file = load_project(Path("net.cnn"))
    blocks = tuple(
        replace(block, layer=Conv2D(4, (3, 3), (2, 2))) if block.id == "conv2d_1" else block
        for block in file.project.design.blocks
    )
    project = replace(file.project, design=replace(file.project.design, blocks=blocks))
    save_project(Path("net.cnn"), replace(file, project=project))
    loaded = cnngui.load("net.cnn")
    with pytest.raises(CoreError, match="changed after its training: Conv 1 has no weights that fit"):
        loaded.predict(digits.train.images)
    assert len(loaded.fit(digits, epochs=1, **QUICK).epochs) == 1
    assert loaded.predict(digits.train.images[:2]).shape == (2, 10)
