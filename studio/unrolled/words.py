"""What is written on the unrolled drawing: names of boxes, steps as subscripts, numbers that stay short."""

from __future__ import annotations

from core.graph.model import Graph
from core.specs.registry import Registry
from studio.canvas.look import look_of

_BELOW = str.maketrans("0123456789-−", "₀₁₂₃₄₅₆₇₈₉₋₋")


def names_of(graph: Graph, registry: Registry) -> dict[str, str]:
    """What each node of a level is called: its title, with the sign of what it does where it has one."""
    out: dict[str, str] = {}
    for id, node in graph.nodes.items():
        look = look_of(node, registry, graph)
        out[id] = " ".join(filter(None, (look.title, look.caption))) if look.shape == "pill" else look.title
    return out


def below(step: int | str) -> str:
    """A step as a subscript, where its letters have one."""
    text = str(step)
    return text.translate(_BELOW) if text.lstrip("-−").isdigit() else {"t": "ₜ"}.get(text, "")


def brief(value: float) -> str:
    """A number in at most five characters, where that is possible."""
    size = abs(value)
    if size >= 1000 or 0 < size < 0.005:
        return f"{value:.0e}".replace("e-0", "e-").replace("e+0", "e")
    return f"{value:.0f}" if size >= 100 else f"{value:.1f}" if size >= 10 else f"{value:.2f}"
