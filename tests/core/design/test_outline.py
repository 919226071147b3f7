"""A design as a list with indented branches."""

from __future__ import annotations

from core.design.graph import Block, Graph, Wire
from core.design.groups import fold, group
from core.design.outline import OutlineRow, grouped_outline, outline
from core.layers import LAYERS


def design(text: str) -> Graph:
    """`a>b b>c` as a graph; blocks in the order of their first mention."""
    pairs = [word.split(">") for word in text.split()]
    names = dict.fromkeys(name for pair in pairs for name in pair)
    taken: dict[str, int] = {}
    wires = []
    for source, *targets in pairs:
        for target in targets:
            wires.append(Wire(source, target, taken.get(target, 0)))
            taken[target] = taken.get(target, 0) + 1
    layer = LAYERS["relu"]()
    return Graph(tuple(Block(name, layer, name) for name in names), tuple(wires))


def listed(text: str) -> str:
    return " ".join("." * row.depth + row.part for row in outline(design(text)))


def test_a_chain_is_listed_in_its_order_however_it_was_built() -> None:
    assert listed("c>d b>c a>b") == "a b c d"


def test_a_skip_connection_indents_what_it_passes() -> None:
    assert listed("a>b b>c c>d b>d d>e") == "a b .c d e"


def test_branches_stay_in_one_piece() -> None:
    text = "a>b a>c a>d b>b2 c>c2 b2>e c2>e d>e e>f"
    rows = listed(text).split()
    assert rows[0] == "a"
    assert rows[-2:] == ["e", "f"]
    assert rows.index(".b2") == rows.index(".b") + 1
    assert rows.index(".c2") == rows.index(".c") + 1


def test_branches_within_branches_are_indented_further() -> None:
    assert listed("a>b b>c c>d b>d d>e a>e") == "a .b ..c .d e"


def test_a_branch_that_goes_nowhere_never_comes_together_again() -> None:
    assert set(listed("a>b a>c c>d").split()) == {"a", ".b", ".c", ".d"}


def test_several_inputs_that_meet_are_not_indented() -> None:
    assert set(listed("a>c b>c c>d").split()) == {"a", "b", "c", "d"}


def test_a_group_around_a_branching_is_not_indented_by_it() -> None:
    grouped = group(design("a>b b>c c>d b>d d>e"), ["c", "d"])
    rows = (
        OutlineRow("a", 0),
        OutlineRow("b", 0),
        OutlineRow("group_1", 0),
        OutlineRow("c", 1, 1),
        OutlineRow("d", 0, 1),
        OutlineRow("e", 0),
    )
    assert grouped_outline(grouped) == rows
    assert grouped_outline(fold(grouped, "group_1")) == (*rows[:3], rows[-1])


def test_a_cycle_is_listed_as_it_comes() -> None:
    assert listed("a>b b>a") == "a b"


def test_a_thousand_blocks_are_no_recursion() -> None:
    text = " ".join(f"{n}>{n + 1}" for n in range(1000))
    assert [row.part for row in outline(design(text))] == [str(n) for n in range(1001)]
