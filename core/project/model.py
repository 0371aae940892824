"""A project: graph, data, training settings and notes, as one immutable value."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any

from core.graph.model import Graph, frozen
from core.train.settings import Training
from core.words import Text


@dataclass(frozen=True)
class DataChoice:
    """Which dataset, with which parameters (only those that differ from its defaults need be present)."""

    kind: str = "text"
    params: Mapping[str, Any] = field(default_factory=frozen)


@dataclass(frozen=True)
class Project:
    """What a .unfold file holds. `title` and `notes` are in both languages for gallery projects."""

    graph: Graph = field(default_factory=Graph)
    data: DataChoice = DataChoice()
    training: Training = Training()
    title: Text = Text("", "")
    notes: Text = Text("", "")
    systems: tuple[str, ...] = ()  # ids of what the project demonstrates, for the gallery
