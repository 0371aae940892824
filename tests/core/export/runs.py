"""Run folders as a training leaves them, made without training."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path

import torch
from safetensors.torch import save_file

from core.compile.pipeline import compile_graph
from core.compile.program import Program
from core.data.open import fields_of
from core.graph.edit import connect
from core.graph.model import Graph, Node, Port, frozen
from core.project.gallery import shipped
from core.project.model import DataChoice, Project
from core.project.rundir import WEIGHTS, write_run_head
from core.specs.registry import default_registry
from core.train.module import make

REGISTRY = default_registry()


def program_of(project: Project) -> Program:
    return compile_graph(project.graph, fields_of(REGISTRY, project.data), REGISTRY)


def run_of(project: Project, folder: Path, seed: int = 3) -> Path:
    """A run folder with random weights."""
    program = program_of(project)
    write_run_head(folder, project, program)
    tensors = {n: torch.zeros(t.shape) for n, t in make(program).state_dict().items()}
    noise = torch.Generator().manual_seed(seed)
    for w in program.weights:  # what was not drawn (a bias of torch's module) stays zero, as in training
        rows, columns = slice(*w.rows or (None,)), slice(*w.columns or (None,))
        part = tensors[w.tensor][rows, columns] if w.columns else tensors[w.tensor][rows]
        part.normal_(0.0, 0.3, generator=noise)
    save_file(tensors, folder / WEIGHTS)
    return folder


def gallery_run(name: str, folder: Path) -> Path:
    return run_of(shipped(name).project, folder)


def drawn(hostile: str, middle: tuple[tuple[str, str, dict[str, object]], ...]) -> Project:
    """hello's symbols through a chain of nodes, with a head and a loss; ids and titles are a stranger's."""
    head = [("text", "tokens", {"field": "text"}), ("embed", "embedding", {"size": 4})]
    tail = [("out", "dense", {"units": 4}), ("soft", "softmax", {}), ("answer", "target", {"field": "next"})]
    fields = fields_of(REGISTRY, DataChoice("hello"))
    names = [f.name for f in fields.items if f.target], [f.name for f in fields.items if not f.target]
    head[0][2]["field"], tail[2][2]["field"] = names[1][0], names[0][0]
    graph = Graph()
    previous: Port | None = None
    ids = {}
    for id, kind, params in (*head, *middle, *tail, ("loss", "cross_entropy", {})):
        ids[id] = f"{id}{hostile}"
        node = Node(ids[id], kind, hostile, frozen(params))  # type: ignore[arg-type]
        graph = replace(graph, nodes=frozen({**graph.nodes, node.id: node}))
        spec = REGISTRY.nodes[kind]
        if previous is not None and kind != "target" and id != "loss":
            graph = connect(graph, previous, Port(node.id, spec.inputs[0].name))
        if kind != "target" and id != "loss":
            previous = Port(node.id, spec.outputs[0].name)
    assert previous is not None
    graph = connect(graph, previous, Port(ids["loss"], "logits"))
    graph = connect(graph, Port(ids["answer"], "y"), Port(ids["loss"], "target"))
    return Project(graph=graph, data=DataChoice("hello"))
