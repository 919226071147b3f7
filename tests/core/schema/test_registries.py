"""What holds for every entry of every registry, and that the files of a folder are found."""

from __future__ import annotations

import dataclasses
import inspect
import json
import sys
import zipfile
from pathlib import Path
from typing import Any

import pytest

from core.errors import UsageError
from core.exchange.base import EXPORTERS, Material
from core.schema.discover import discover
from core.schema.param import check_settings, params_of, problems_of, to_dict
from core.schema.registry import Registry, summary
from tests.import_graph import imports
from tests.registries import ENTRIES, NAMES, REGISTRIES


def example(entry: type[Any], **settings: object) -> Any:
    """An object with its defaults; what isn't a setting (a probe's blocks and sample) is empty."""
    names = [f.name for f in dataclasses.fields(entry) if f.default is dataclasses.MISSING]
    return entry(**dict.fromkeys(names, frozenset()), **settings)


@pytest.mark.parametrize(("registry", "entry"), ENTRIES, ids=NAMES)
def test_an_entry_is_declared(registry: Registry[Any], entry: type[Any]) -> None:
    assert registry[entry.kind] is entry
    assert entry.title
    assert not summary(entry).startswith(f"{entry.__name__}(")  # what dataclass writes where nobody did
    assert not inspect.isabstract(entry)
    with pytest.raises(dataclasses.FrozenInstanceError):
        example(entry).kind = "another"


@pytest.mark.parametrize(("registry", "entry"), ENTRIES, ids=NAMES)
def test_settings_explain_themselves_and_are_checked(registry: Registry[Any], entry: type[Any]) -> None:
    assert problems_of(example(entry)) == {}
    for p in params_of(entry):
        assert p.help.endswith(".")
        assert p.label
        with pytest.raises(UsageError, match=p.label) as caught:
            check_settings(example(entry, **{p.name: object()}))
        assert caught.value.problem.parameter == p.name


@pytest.mark.parametrize(("registry", "entry"), ENTRIES, ids=NAMES)
def test_settings_survive_json(registry: Registry[Any], entry: type[Any]) -> None:
    values = json.loads(json.dumps(to_dict(example(entry))))
    read = {p.name: p.parse(values[p.name]) for p in params_of(entry)}
    assert to_dict(example(entry, **read)) == to_dict(example(entry))


@pytest.mark.parametrize("registry", REGISTRIES.values(), ids=list(REGISTRIES))
def test_entries_of_one_registry_do_not_import_each_other(registry: Registry[Any]) -> None:
    """What they share lies in a file that declares nothing."""
    graph = imports("core")
    files = {entry.__module__ for entry in registry}
    assert {name: graph[name] & files - {name} for name in files if graph[name] & files - {name}} == {}


@pytest.mark.parametrize("registry", REGISTRIES.values(), ids=list(REGISTRIES))
def test_a_kind_is_declared_once(registry: Registry[Any]) -> None:
    known = next(iter(registry))
    with pytest.raises(ValueError, match=f"{registry.what} '{known.kind}' already"):

        @registry.register(known.kind)
        class Again:
            pass

    assert registry[known.kind] is known


@pytest.mark.parametrize("entry", EXPORTERS, ids=lambda entry: entry.kind)
def test_an_exporter_needs_what_there_can_be(entry: type[Any]) -> None:
    assert entry.needs <= {field.name for field in dataclasses.fields(Material)}
    assert entry.suffix.startswith(".")


def test_a_save_dialog_tells_exporters_apart() -> None:
    assert len({entry.suffix for entry in EXPORTERS}) == len(EXPORTERS)


THINGS: Registry[Any] = Registry("thing")
FILE = """
from tests.core.schema.test_registries import THINGS

@THINGS.register({name!r}, title={name!r})
class Thing:
    pass
"""


@pytest.mark.parametrize("packed", [False, True], ids=["folder", "archive"])
def test_all_files_of_a_folder_are_found_in_order(
    packed: bool, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    package = f"things_{packed}"
    names = ("second", "first", "inside/fourth", "inside/third", "zeroth")
    texts = {f"{name}.py": FILE.format(name=f"{package} {name}") for name in names}
    texts |= {"__init__.py": "", "inside/__init__.py": ""}
    if packed:
        with zipfile.ZipFile(tmp_path / "all.zip", "w") as archive:
            for name, text in texts.items():
                archive.writestr(f"{package}/{name}", text)
        monkeypatch.syspath_prepend(tmp_path / "all.zip")
    else:
        for name, text in texts.items():
            path = tmp_path / package / name
            path.parent.mkdir(parents=True, exist_ok=True)
            path.write_text(text)
        monkeypatch.syspath_prepend(tmp_path)
    discover(package, __import__(package).__path__)
    found = [thing.title for thing in THINGS if thing.title.startswith(package)]
    expected = ("first", "inside/fourth", "inside/third", "second", "zeroth")
    assert found == [f"{package} {name}" for name in expected]
    for name in [name for name in sys.modules if name.partition(".")[0] == package]:
        monkeypatch.delitem(sys.modules, name)


def test_a_file_that_fails_is_not_passed_over(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    (tmp_path / "broken_things").mkdir()
    (tmp_path / "broken_things" / "__init__.py").touch()
    (tmp_path / "broken_things" / "one.py").write_text("import no_module_of_this_name")
    monkeypatch.syspath_prepend(tmp_path)
    with pytest.raises(ModuleNotFoundError, match="no_module_of_this_name"):
        discover("broken_things", __import__("broken_things").__path__)
