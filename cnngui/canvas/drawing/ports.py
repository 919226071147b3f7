"""The ends of blocks that wires are drawn from and to."""

from __future__ import annotations

from dataclasses import dataclass

from cnngui.canvas.drawing.blocks.face import Face
from cnngui.canvas.drawing.blocks.group_face import GroupFace


@dataclass(frozen=True)
class Port:
    """An end of a block that a wire can be drawn from or to; it may be drawn at a folded group."""

    block: str
    is_output: bool
    number: int = 0


def ports_of(face: Face | GroupFace) -> list[Port]:
    """The ports that are drawn with a face; one of a group that stands for several inputs, as the first."""
    if isinstance(face, GroupFace):
        inputs = [Port(block, False, number) for (block, number), *_ in face.box.inputs]
        return [*inputs, *(Port(block, True) for block in face.box.outputs)]
    inputs = [Port(face.id, False, number) for number in range(face.inputs)]
    return [*inputs, Port(face.id, True)] if face.outputs else inputs
