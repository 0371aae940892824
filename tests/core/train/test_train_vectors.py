"""Word vectors from a file: every format, what is missing, what is refused and where, and frozen rows after training."""

import time
from dataclasses import replace

import numpy as np
import pytest
import torch

from core.data.vectors import read_vectors
from core.graph import edit
from core.graph.model import Graph, Node, Port, frozen
from core.problems import Refused
from core.project.gallery import shipped
from core.project.model import DataChoice
from core.project.running import make_job
from core.specs.registry import default_registry
from core.train.controls import Controls
from core.train.loop import train
from core.train.messages import Started
from core.train.vectors import found

WORDS = ("the", "Cat", "sat", "on")


def write(folder, text, name="v.txt"):
    file = folder / name
    file.write_bytes(text.encode() if isinstance(text, str) else text)
    return str(file)


@pytest.mark.parametrize(
    "text",
    [
        "the 1 2 3\ncat 4 5 6\nmat 0 0 0\n",
        "3 3\nthe 1 2 3 \ncat 4 5 6 \nmat 0 0 0 \n",
        "\ufeffthe 1 2 3\r\ncat 4 5 6\r\nmat 0 0 0\r\nthe 9 9 9",
    ],
    ids=["glove", "fasttext", "windows"],
)
def test_formats(tmp_path, text):
    vectors = read_vectors(write(tmp_path, text), WORDS, 3)
    assert vectors.ids.tolist() == [0, 1] and vectors.rows.tolist() == [[1, 2, 3], [4, 5, 6]]
    assert vectors.missing == ("sat", "on") and vectors.known == 2


def test_a_word_as_written_is_preferred_to_lower_case(tmp_path):
    vectors = read_vectors(write(tmp_path, "cat 4 5 6\nCat 7 8 9\n. . on 1 1 1\n"), WORDS, 3)
    assert vectors.rows.tolist() == [[7, 8, 9]]


@pytest.mark.parametrize(
    ("text", "code", "line", "word"),
    [
        ("the 1 2 3\ncat 4 5\n", "vectors.size", 2, "2 numbers, 3 expected"),
        ("2 300\nthe 1 2 3\n", "vectors.size", 1, "300 numbers, 3 expected"),
        ("the 1 2 3\n\non 4 x5 6\n", "vectors.number", 3, "'x5'"),
        ("the 1 nan 3\n", "vectors.number", 1, "'nan'"),
        ("", "vectors.empty", 1, "no vectors"),
        (b"2 3\n\x00\x91\x80\xff", "vectors.size", 2, "0 numbers"),
    ],
)
def test_refusals_name_file_and_line(tmp_path, text, code, line, word):
    with pytest.raises(Refused) as caught:
        read_vectors(write(tmp_path, text), WORDS, 3)
    problem = caught.value.problems[0]
    assert (problem.code, problem.where.line) == (code, line)
    assert (
        word in problem.message.en
        and problem.where.label == f"v.txt:{line}"
        and problem.message.en != problem.message.es
    )


def test_a_missing_file_is_a_problem(tmp_path):
    with pytest.raises(Refused) as caught:
        read_vectors(str(tmp_path / "none.txt"), WORDS, 3)
    assert caught.value.problems[0].code == "data.unreadable"


def test_fifty_thousand_vectors_load_quickly(tmp_path):
    """What is promised: a 50 000 × 100 file in GloVe's format in less than 5 s."""
    rows = np.random.default_rng(0).normal(size=(50_000, 100)).astype(np.float32).round(5)
    words = [f"word{i}" for i in range(50_000)]
    file = tmp_path / "glove.txt"
    with file.open("w") as out:
        for word, row in zip(words, rows, strict=True):
            out.write(word + " " + " ".join(f"{x:.5f}" for x in row) + "\n")
    began = time.process_time()
    vectors = read_vectors(str(file), words, 100)
    assert time.process_time() - began < 5
    assert vectors.known == 50_000 and not vectors.missing and np.allclose(vectors.rows, rows, atol=1e-6)


def job(folder, **params):
    """A character model whose embedding begins from a file of the project's own folder."""
    project = shipped("hello").project
    field = "text"
    graph = Graph()
    for node in (
        Node("text", "tokens", params=frozen({"field": field})), Node("e", "embedding", params=frozen({"size": 3, "vectors": "v.txt", **params})),
        Node("h", "rnn_tanh", params=frozen({"units": 4})), Node("read", "dense", params=frozen({"units": 0})),
        Node("next", "target"), Node("loss", "cross_entropy"),
    ):  # fmt: skip
        graph = edit.add_node(graph, node)
    for a, b in (
        ("text.x", "e.x"),
        ("e.y", "h.x"),
        ("h.h", "read.x"),
        ("read.y", "loss.logits"),
        ("next.y", "loss.target"),
    ):
        graph = edit.connect(graph, Port(*a.split(".")), Port(*b.split(".")))
    training = replace(
        project.training, steps=20, learning_rate=0.1, validate_every=0, probe_budget=0.0, stop_metric=""
    )
    project = replace(project, graph=graph, training=training, data=DataChoice("hello"))
    return make_job(project, default_registry(), folder / "p.unfold", folder / "run", False)


@pytest.mark.parametrize("trainable", [False, True])
def test_training_begins_from_the_file(tmp_path, trainable):
    """Frozen rows are bit for bit those of the file after training; others have moved. What is missing is told."""
    write(tmp_path, "h 0.125 -0.3 7.1\nl 4 5 6\n")
    made = job(tmp_path, trainable=trainable)
    messages = list(train(made, Controls()))
    started = messages[0]
    assert isinstance(started, Started)
    assert started.told[0].en == "v.txt: vectors for 2 of 4 symbols; 2 are not in the file (e, o)."
    assert "2 no están en el archivo" in started.told[0].es
    from safetensors.torch import load_file

    table = load_file(tmp_path / "run" / "weights.safetensors")["e.weight"]
    wanted = torch.tensor([[0.125, -0.3, 7.1], [4, 5, 6]])
    assert torch.equal(table[[0, 2]], wanted) is not trainable
    assert made.program.parameter_count == (4 * 3 if trainable else 0) + 4 * (3 + 4 + 1) + 4 * 4 + 4


def test_vectors_that_ship_are_found_by_name_unless_the_person_has_such_a_file(tmp_path):
    assert found("help-words.vec", tmp_path) == found("help-words.vec", None)
    read = read_vectors(str(found("help-words.vec", None)), ("the", "class", "integer", "nosuchword"), 96)
    assert read.known == 3 and read.missing == ("nosuchword",)
    write(tmp_path, "the 1\n", "help-words.vec")
    assert found("help-words.vec", tmp_path) == tmp_path / "help-words.vec"
    assert found("other.vec", tmp_path) == tmp_path / "other.vec"
    assert found("deep/help-words.vec", tmp_path) == tmp_path / "deep" / "help-words.vec"
