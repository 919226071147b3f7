"""The layer manual: complete, and the committed page is the one that the declarations make."""

from __future__ import annotations

import re
import subprocess
import sys
from pathlib import Path

from core.explain.manual import manual, sources_table
from core.layers import LAYERS
from core.maths.optim import OPTIMIZERS
from core.schema.param import params_of

ROOT = Path(__file__).parents[3]
PAGE = ROOT / "docs" / "layers.md"


def test_the_committed_page_is_up_to_date() -> None:
    assert PAGE.read_text(encoding="utf-8") == manual(), "run: python -m core.explain.manual docs/layers.md"


def test_the_page_of_data_lists_the_declared_sources() -> None:
    assert sources_table() in (ROOT / "docs" / "data.md").read_text(encoding="utf-8"), "paste sources_table()"


def test_every_declared_setting_is_explained() -> None:
    page = manual()
    for declared in (*LAYERS, *OPTIMIZERS):
        begin = page.index(f"### {declared.title}\n\n`{declared.kind}`")
        entry = page[begin : page.find("\n### ", begin + 1)]
        for p in params_of(declared):
            assert f"`{p.name}`" in entry
            assert p.help in entry


def test_links_lead_to_headings() -> None:
    page = manual()
    headings = re.findall(r"^#+ (.+)$", page, re.MULTILINE)
    anchors = [heading.lower().replace(" ", "-") for heading in headings]
    assert len(set(anchors)) == len(anchors), "a second heading of one name gets another anchor"
    assert set(re.findall(r"\]\(#(.+?)\)", page)) <= set(anchors)


def test_the_command_writes_the_page(tmp_path: Path) -> None:
    page = tmp_path / "layers.md"
    subprocess.run([sys.executable, "-m", "core.explain.manual", str(page)], check=True, cwd=ROOT)
    assert page.read_text(encoding="utf-8") == manual()
