"""Networks that are copied, or pickled to go to another process, after they have computed."""

from __future__ import annotations

import copy
import pickle
from collections.abc import Callable

import numpy as np
import pytest

import cnngui
from tests.core.designs import shapes_to_tell_apart

IMAGES, TARGETS = shapes_to_tell_apart(40).batch(np.arange(40))


@pytest.mark.parametrize("copied", [lambda net: pickle.loads(pickle.dumps(net)), copy.deepcopy, copy.copy])
def test_a_network_of_a_script_is_copied_with_its_run(
    copied: Callable[[cnngui.Network], cnngui.Network],
) -> None:
    network = cnngui.Network(
        cnngui.Input(1, 8, 8), cnngui.Flatten(), cnngui.Dense(3), cnngui.Classification()
    )
    network.fit(IMAGES, TARGETS, epochs=2, progress=False)
    expected = network.predict(IMAGES)
    other = copied(network)
    np.testing.assert_array_equal(other.predict(IMAGES), expected)
    assert len(other.fit(epochs=1, progress=False).epochs) == 3, "its run goes on"
    np.testing.assert_array_equal(network.predict(IMAGES), expected)
