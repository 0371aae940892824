"""Small models that hear their own answers, for the tests of teacher forcing."""

from __future__ import annotations

from typing import Any

from core.compile.pipeline import compile_graph
from core.compile.program import Mode, Program
from core.graph.codec import read_graph
from core.graph.model import Graph
from core.specs.fields import DataField, Fields
from core.specs.registry import default_registry
from core.specs.sig import Sig

BITS = ("0", "1")
TAGS = ("<start>", "a", "b", "c")
PARITY = Fields(
    (DataField("bits", Sig("tokens", 2, ("T",)), BITS), DataField("parity", Sig("tokens", 2, ("T",)), BITS, True))
)
TAGGED = Fields(
    (DataField("words", Sig("tokens", 5, ("T",))), DataField("tags", Sig("tokens", 4, ("T",)), TAGS, target=True))
)
SERIES = Fields(
    (DataField("drive", Sig("features", 2, ("T",))), DataField("value", Sig("features", 3, ("T",)), target=True))
)
NAMED = Fields((DataField("image", Sig("features", 6)), DataField("name", Sig("tokens", 4, ("T",)), TAGS, target=True)))


def drawn(nodes: dict[str, tuple[str, dict[str, Any]]], wires: list[str]) -> Graph:
    """Nodes by id; wires as "a.y b.x", then a delay, then fed:node.port."""
    made = []
    for n, wire in enumerate(wires):
        source, target, *rest = wire.split()
        entry: dict[str, Any] = {"id": f"w{n}", "from": source.split("."), "to": target.split(".")}
        if rest:
            entry["delay"] = int(rest[0])
        if rest[1:]:
            entry["init"] = {"fed": rest[1].removeprefix("fed:").split(".")}
        made.append(entry)
    listed = [{"id": i, "kind": kind, "params": params} for i, (kind, params) in nodes.items()]
    return read_graph({"nodes": listed, "wires": made})


def program(model: tuple[Graph, Fields], mode: Mode = "train") -> Program:
    return compile_graph(*model, default_registry(), mode)


def jordan() -> tuple[Graph, Fields]:
    """Running parity, the output fed back: o_t = V tanh(W x_t + R y_{t-1})."""
    graph = drawn(
        {
            "bits": ("tokens", {}), "x": ("one_hot", {}), "wx": ("dense", {"units": 8}), "said": ("one_hot", {}),
            "wy": ("dense", {"units": 8, "bias": False}), "sum": ("add", {}), "h": ("tanh", {}), "o": ("dense", {"units": 0}),
            "parity": ("target", {}), "teacher": ("teacher", {}), "loss": ("cross_entropy", {}),
        },
        ["bits.x x.x", "x.y wx.x", "teacher.y said.x 1", "said.y wy.x", "wx.y sum.x", "wy.y sum.x", "sum.y h.x", "h.y o.x",
         "o.y loss.logits", "parity.y loss.target", "o.y teacher.free", "parity.y teacher.truth"],
    )  # fmt: skip
    return graph, PARITY


def tagger(choose: str = "most_probable") -> tuple[Graph, Fields]:
    """An LSTM that reads a word and its own tag of the step before, and of two steps before."""
    graph = drawn(
        {
            "words": ("tokens", {}), "word": ("embedding", {"size": 5}), "tag": ("embedding", {"size": 3}),
            "older": ("embedding", {"size": 2}), "both": ("concat", {}), "memory": ("lstm", {"units": 6}),
            "o": ("dense", {"units": 0}), "head": ("softmax", {}), "tags": ("target", {}),
            "teacher": ("teacher", {"choose": choose}), "loss": ("cross_entropy", {}),
        },
        ["words.x word.x", "teacher.y tag.x 1", "teacher.y older.x 2", "word.y both.x", "tag.y both.x", "older.y both.x",
         "both.y memory.x", "memory.h o.x", "o.y head.x", "head.logits loss.logits", "tags.y loss.target",
         "head.logits teacher.free", "tags.y teacher.truth"],
    )  # fmt: skip
    return graph, TAGGED


def forecaster() -> tuple[Graph, Fields]:
    """A GRU whose numbers are fed back, h_{t-1} read outside its loop too."""
    graph = drawn(
        {
            "drive": ("features", {}), "both": ("concat", {}), "memory": ("gru_reset_after", {"units": 5}), "o": ("dense", {"units": 0}),
            "late": ("dense", {"units": 0}), "sum": ("add", {}), "value": ("target", {}), "teacher": ("teacher", {}),
            "loss": ("mse", {}),
        },
        ["drive.x both.x", "teacher.y both.x 1", "both.y memory.x", "memory.h o.x", "memory.h late.x 1", "o.y sum.x",
         "late.y sum.x", "sum.y loss.prediction", "value.y loss.target", "sum.y teacher.free", "value.y teacher.truth"],
    )  # fmt: skip
    return graph, SERIES


def speller() -> tuple[Graph, Fields]:
    """One to many: a picture spelt out, symbol by symbol. Nothing has a time axis but the answer."""
    graph = drawn(
        {
            "image": ("features", {}), "see": ("dense", {"units": 7}), "letter": ("embedding", {"size": 3}),
            "both": ("concat", {}), "memory": ("gru_reset_after", {"units": 6}), "o": ("dense", {"units": 0}), "head": ("softmax", {}),
            "name": ("target", {}), "teacher": ("teacher", {}), "loss": ("cross_entropy", {}),
        },
        ["image.x see.x", "see.y both.x", "teacher.y letter.x 1", "letter.y both.x", "both.y memory.x", "memory.h o.x",
         "o.y head.x", "head.logits loss.logits", "name.y loss.target", "head.logits teacher.free", "name.y teacher.truth"],
    )  # fmt: skip
    return graph, NAMED
