"""The whole story in one page, headless: draw, check, compile, train, watch, sample, export."""

from __future__ import annotations

from pathlib import Path

from core.export.bundle import load_bundle
from core.graph.edit import add_node, connect
from core.graph.model import Graph, Node, Port, frozen
from core.project.document import Document
from core.project.model import DataChoice, Project
from core.session import Session
from core.train.decoding import Choice
from core.train.messages import Done
from core.train.settings import Training
from core.train.writing import write_text
from core.words import Text


def drawn() -> Graph:
    """h e l l → one-hot → RNN with three hidden units → four scores → cross-entropy against e l l o."""
    graph = Graph()
    for node in (
        Node("text", "tokens", params=frozen({"field": "text"})),
        Node("onehot", "one_hot"),
        Node("memory", "rnn_tanh", params=frozen({"units": 3})),
        Node("scores", "dense", params=frozen({"units": 0})),
        Node("next", "softmax"),
        Node("answer", "target", params=frozen({"field": "next"})),
        Node("loss", "cross_entropy"),
    ):
        graph = add_node(graph, node)
    for source, target in (
        ("text.x", "onehot.x"),
        ("onehot.y", "memory.x"),
        ("memory.h", "scores.x"),
        ("scores.y", "next.x"),
        ("next.logits", "loss.logits"),
        ("answer.y", "loss.target"),
    ):
        graph = connect(graph, Port(*source.split(".")), Port(*target.split(".")))
    return graph


def test_the_whole_story(tmp_path: Path) -> None:
    document = Document(
        Project(data=DataChoice("hello"), training=Training(steps=200, learning_rate=0.05, seed=1, probe_budget=0.5))
    )
    document.apply(Text("Draw", "Dibujar"), drawn())
    session = Session(document)

    # check: no problem, every wire knows its shape
    checked = session.checked()
    assert checked.ok, [p.line() for p in checked.problems]
    assert {w.edge: w.sig.show() for w in checked.wires if not w.path}["w3"] == "B×T×3"

    # compile: readable text that maps back to the canvas
    program = session.program()
    assert "import torch" in program.source and "import core" not in program.source
    assert program.fused, "the drawn tanh cell is recognised"

    # train: in a worker thread, told in messages
    seen: list[object] = []
    session.start(tmp_path / "run", listener=seen.append)
    assert session.run is not None and session.run.wait(60)
    assert isinstance(seen[-1], Done), seen[-1]
    assert seen[-1].metrics["accuracy"] == 1.0, seen[-1].metrics

    # watch: the hidden state at each step, and the gradient that comes back to it
    frame = session.recording.frame(None)
    assert frame is not None
    state = next(k for k in frame.norms if k.startswith("memory"))
    assert frame.values[state].shape == (4, 3) and (frame.norms[state] >= 0).all()

    # sample and export
    bundle = load_bundle(tmp_path / "run")
    assert write_text(program, bundle.module(), "h", 4, Choice(temperature=0.05), seed=0).text == "ello"
    verified = session.export("source", tmp_path / "model")
    assert verified.largest < 1e-5
