"""Convolutional networks: built, trained, judged and looked at in a few lines, or in a window.

    import cnngui

    digits = cnngui.data("digits")
    net = cnngui.Network(cnngui.Input(1, 28, 28), cnngui.Conv2D(8, kernel=5), cnngui.ReLU())
    net.add(cnngui.Flatten(), cnngui.Dense(10), cnngui.Classification())
    net.fit(digits, epochs=2)
    print(net.evaluate(digits))
    maps = net.feature_maps(digits.train.images[0], "Conv 1")

`Network` is where to begin; `data` opens what it learns from, `load` a file or an example. All other classes
are layers, optimisers, schedules, or what a network gives back. What is wrong is said by a `CoreError`.
The window is `python -m cnngui`. The whole of it: docs/scripting.md.
"""

# Nothing is imported until it is used: the application starts here, too, and `python -m cnngui` comes through
# this file before it knows that the modules it finds are Python's own.
TYPE_CHECKING = False
if TYPE_CHECKING:
    from cnngui.scripting.declared import *  # noqa: F403
    from cnngui.scripting.files import load as load
    from cnngui.scripting.network import Network as Network
    from cnngui.scripting.results import History as History
    from cnngui.scripting.results import Score as Score
    from cnngui.scripting.sources import data as data
    from core.errors import CoreError as CoreError
else:

    def __getattr__(name: str) -> object:
        """What scripts use: looking it up imports the library. Modules, in small letters, are not its own."""
        if name in ("data", "load", "__all__") or name[0].isupper():
            api = _api()
            if name == "__all__":
                return sorted(api)
            if name in api:
                return api[name]
        raise AttributeError(f"module 'cnngui' has no attribute {name!r}")


def __dir__() -> list[str]:
    return sorted(_api())


def _api() -> dict[str, object]:
    from cnngui.__main__ import foreign_core  # noqa: PLC0415

    hiding = foreign_core()
    if hiding is not None:
        raise ImportError(
            f"The folder {hiding} hides cnngui's own package core. Start Python in another folder."
        )
    from cnngui.scripting.api import API  # noqa: PLC0415

    return API
