"""What changed between two drawings, as ids: all that a scene is told."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, fields
from typing import Any

from core.graph.model import Graph

Ids = tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Diff:
    """Ids that came, went, or stand for another value now."""

    added_nodes: Ids = ()
    removed_nodes: Ids = ()
    changed_nodes: Ids = ()
    added_edges: Ids = ()
    removed_edges: Ids = ()
    changed_edges: Ids = ()
    added_frames: Ids = ()
    removed_frames: Ids = ()
    changed_frames: Ids = ()

    def __bool__(self) -> bool:
        return any(getattr(self, f.name) for f in fields(self))

    @property
    def rewires(self) -> bool:
        """Whether what leads where is another, beyond what stands where and is called what."""
        return bool(
            self.added_nodes or self.removed_nodes or self.added_edges or self.removed_edges or self.changed_edges
        )


def diff(old: Graph, new: Graph) -> Diff:
    """The difference from one graph to another. What is shared between the two costs one comparison of identity."""
    return Diff(*_compare(old.nodes, new.nodes), *_compare(old.edges, new.edges), *_compare(old.frames, new.frames))


def _compare(old: Mapping[str, Any], new: Mapping[str, Any]) -> tuple[Ids, Ids, Ids]:
    if old is new:
        return (), (), ()
    added = tuple(id for id in new if id not in old)
    removed = tuple(id for id in old if id not in new)
    changed = tuple(id for id in new if id in old and new[id] is not old[id] and new[id] != old[id])
    return added, removed, changed
