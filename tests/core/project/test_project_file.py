"""Project files: the round trip, the canonical text, and every mistake told with its place."""

import json
import random
import sys
import time
from dataclasses import replace
from pathlib import Path

import pytest
from hypothesis import HealthCheck, given, settings

from core.graph.model import Edge, Graph, Init, Node, Port, frozen
from core.problems import Refused
from core.project.file import load_project, read_project, save_project, write_project
from core.project.model import DataChoice, Project
from core.project.upgrades import FORMAT, renamed
from core.specs.node import NodeSpec, PortSpec
from core.specs.params import ParamSpec
from core.specs.registry import Registry
from core.words import Text
from tests.core.project.strange import projects, sample

NONE = Registry({})
FILES = Path(__file__).resolve().parents[2] / "files"


def problems_of(data):
    with pytest.raises(Refused) as caught:
        read_project(data if isinstance(data, bytes) else json.dumps(data).encode(), "p.unfold", NONE)
    return caught.value.problems


@settings(max_examples=60, deadline=None, suppress_health_check=[HealthCheck.too_slow])
@given(projects())
def test_what_is_written_is_read_again(project):
    text = write_project(project)
    again = read_project(text.encode(), "", NONE)
    assert again == project
    assert write_project(again) == text
    assert [n.id for n in again.graph.nodes.values()] == [n.id for n in project.graph.nodes.values()]


@pytest.mark.parametrize("number", [-(2**63), 2**63 - 1, -(10**18), 10**18, 0.1, -0.0, 1e308, 5e-324])
def test_numbers_of_any_size_come_back(number):
    project = Project(data=DataChoice("k", frozen({"n": number})))
    assert repr(read_project(write_project(project).encode(), "", NONE).data.params["n"]) == repr(number)


def test_one_node_or_wire_a_line_so_that_a_diff_is_one_line():
    project = sample()
    node = replace(project.graph.nodes["answer"], at=(1.0, 2.0))
    moved = replace(project, graph=replace(project.graph, nodes=frozen({**project.graph.nodes, "answer": node})))
    old, new = write_project(project).splitlines(), write_project(moved).splitlines()
    assert len(old) == len(new)
    assert sum(a != b for a, b in zip(old, new, strict=True)) == 1
    assert max(map(len, old)) <= 180


@pytest.mark.parametrize("file", sorted(FILES.glob("v*/*.unfold")), ids=lambda f: f"{f.parent.name}/{f.name}")
def test_every_past_format_still_opens(file):
    project = load_project(file, NONE)
    assert project == sample()


def test_there_is_a_file_of_every_format():
    assert {f.parent.name for f in FILES.glob("v*/*.unfold")} >= {f"v{n:03}" for n in range(FORMAT + 1) if n}


def test_the_present_format_is_written_as_its_golden_file():
    assert write_project(sample()) == (FILES / f"v{FORMAT:03}" / "sample.unfold").read_text("utf-8")


@pytest.mark.parametrize(
    ("training", "l2", "decay"),
    [
        ({"optimizer": "sgd", "weight_decay": 0.25}, 0.25, 0.0),
        ({"weight_decay": 0.25}, 0.25, 0.0),
        ({"optimizer": "adamw", "weight_decay": 0.25}, 0.0, 0.25),
        ({"optimizer": "adam"}, 0.0, 0.0),
    ],
)
def test_the_weight_decay_of_format_one_goes_on_meaning_what_it_meant(training, l2, decay):
    old = read_project(json.dumps({"format": 1, "training": training}).encode(), "", NONE).training
    assert (old.l2, old.weight_decay) == (l2, decay)


def test_a_setting_that_came_late_is_written_only_where_it_says_something():
    """Else every file, and every answer kept under a hash of one, would be another."""
    assert "keep_by" not in write_project(sample())
    project = replace(sample(), training=replace(sample().training, keep="best", keep_by="accuracy"))
    assert '"keep_by": "accuracy"' in write_project(project)
    assert read_project(write_project(project).encode(), "", NONE) == project


def test_a_bare_drawing_is_format_zero():
    drawing = json.loads(write_project(sample()))["graph"]
    assert read_project(json.dumps(drawing).encode(), "", NONE).graph == sample().graph


MISTAKES = [
    (b"", "file.json", "/"),
    (b"{", "file.json", "/"),
    (b"\xff{}", "file.encoding", "/"),
    (b"[]", "file.field", "/"),
    (b"{}", "file.format", "/format"),
    (b'{"format": 999}', "file.newer", "/format"),
    (b'{"format": true}', "file.format", "/format"),
    (b'{"format": 1, "format": 1}', "file.double_key", "/format"),
    (b'{"format": 1, "training": {"steps": NaN}}', "file.number", "/training/steps"),
    (b'{"format": 1, "training": {"learning_rate": 1e999}}', "file.number", "/training/learning_rate"),
    (b'{"format": 1, "training": {"steps": 1' + b"0" * 5000 + b"}}", "file.number", "/training/steps"),
    (b'{"format": 1, "training": {"steps": 2.5}}', "file.field", "/training/steps"),
    (b'{"format": 1, "training": {"steps": 0}}', "file.field", "/training/steps"),
    (b'{"format": 1, "training": {"optimizer": "magic"}}', "file.field", "/training/optimizer"),
    (b'{"format": 1, "training": {"stepz": 3}}', "file.unknown", "/training/stepz"),
    (b'{"format": 1, "title": {"en": "\\ud800"}}', "file.text", "/title/en"),
    (b'{"format": 1, "a/b~c": 1}', "file.unknown", "/a~1b~0c"),
    (b'{"format": 1, "data": {"params": {"x": [1]}}}', "file.field", "/data/params/x"),
    (b'{"format": 1, "graph": {"nodes": [{"id": "a"}]}}', "file.missing", "/graph/nodes/0/kind"),
    (b'{"format": 1, "graph": {"nodes": [{"id": 1, "kind": "k"}]}}', "file.field", "/graph/nodes/0/id"),
    (b'{"format": 1, "graph": {"nodes": [{"id": "a", "kind": "k", "params": {"u": null}}]}}', "file.field", "/graph/nodes/0/params/u"),
    (b'{"format": 1, "graph": {"nodes": [{"id": "a", "kind": "k", "params": {"u": {"ref": "u"}}}]}}', "file.ref", "/graph/nodes/0/params/u"),
    (b'{"format": 1, "graph": {"nodes": [{"id": "a", "kind": "k", "at": [1, 2, 3]}]}}', "file.field", "/graph/nodes/0/at"),
    (b'{"format": 1, "graph": {"nodes": [{"id": "a", "kind": "k"}, {"id": "a", "kind": "k"}]}}', "file.double_id", "/graph/nodes/1"),
    (b'{"format": 1, "graph": {"wires": [{"id": "w", "from": ["a", "y"], "to": ["b", "x"]}]}}', "file.dangling", "/graph/wires/0"),
    (b"[" * 200_000, "file.depth", "/"),
    (b'{"format": 1, "graph": ' + b'{"nodes": [{"id": "a", "kind": "k", "body": ' * 30 + b"{}" + b"}]}" * 30 + b"}", "file.depth", None),
]  # fmt: skip


def test_a_file_that_was_cut_off_is_called_so():
    assert (
        problems_of(b'{\n"format": 1')[0].message.es == "El archivo no es correcto: se acaba a la mitad, en la línea 2."
    )
    wrong = problems_of(b'{"format": 1,\n x}')[0].message
    assert "line 2, column 2 is not JSON" in wrong.en and wrong.es.endswith("la línea 2, columna 2, no es JSON.")


@pytest.mark.parametrize(
    ("data", "code", "pointer"), MISTAKES, ids=[f"{c}-{i}" for i, (_, c, _) in enumerate(MISTAKES)]
)
def test_a_mistake_is_named_with_its_place(data, code, pointer):
    problem = problems_of(data)[0]
    assert problem.code == code
    assert problem.where.pointer.startswith("/") and pointer in (None, problem.where.pointer)
    assert problem.where.file == "p.unfold"
    assert all(problem.message) and all(problem.hint)


def test_all_mistakes_are_told_at_once():
    data = {"format": 1, "extra": 1, "systems": "B4", "graph": {"nodes": [{"id": "a"}, {"kind": "k"}]}}
    found = {p.where.pointer for p in problems_of(data)}
    assert found == {"/extra", "/systems", "/graph/nodes/0/kind", "/graph/nodes/1/id"}


def test_too_many_bytes_are_not_even_parsed():
    start = time.perf_counter()
    assert problems_of(b" " * (20 * 1024 * 1024 + 1))[0].code == "file.too_big"
    assert time.perf_counter() - start < 0.5


def test_unknown_kinds_keep_everything_they_hold(tmp_path):
    project = sample()
    save_project(project, tmp_path / "p.unfold")
    loaded = load_project(tmp_path / "p.unfold")  # the shipped kinds: my_cell is none of them
    assert loaded.graph.nodes["memory"] == project.graph.nodes["memory"]


def test_renamed_kinds_ports_and_parameters_are_followed_into_bodies():
    label = Text("a", "a")
    old = NodeSpec(
        "new_kind", label, "layer", label, "", (PortSpec("x", "any", label, was=("inp",)),), (PortSpec("y", "any", label, was=("out",)),),
        (ParamSpec("units", "int", 1, label, was=("size",)),), was=("old_kind",),
    )  # fmt: skip
    inner = Graph(
        frozen({"a": Node("a", "old_kind", params=frozen({"size": 3})), "b": Node("b", "new_kind", params=frozen({"units": 4, "size": 5}))}),
        frozen({"e": Edge("e", Port("a", "out"), Port("b", "inp"), 1, Init("fed", Port("a", "out")))}),
    )  # fmt: skip
    project = Project(graph=Graph(frozen({"c": Node("c", "cell", body=inner)})))
    body = renamed(project, Registry({"node": {"new_kind": old}})).graph.nodes["c"].body
    assert body.nodes["a"].kind == "new_kind" and dict(body.nodes["a"].params) == {"units": 3}
    assert dict(body.nodes["b"].params) == {
        "units": 4,
        "size": 5,
    }  # the present name wins, the other is kept to be reported
    assert body.edges["e"] == Edge("e", Port("a", "y"), Port("b", "x"), 1, Init("fed", Port("a", "y")))


def test_data_inside_the_folder_travels_with_the_project(tmp_path):
    here, there = tmp_path / "here", tmp_path / "there"
    (here / "texts").mkdir(parents=True)
    project = replace(sample(), data=DataChoice("text", frozen({"path": str(here / "texts" / "a.txt")})))
    save_project(project, here / "p.unfold")
    assert json.loads((here / "p.unfold").read_text())["data"]["params"]["path"] == "texts/a.txt"
    assert load_project(here / "p.unfold") == project
    here.rename(there)
    assert load_project(there / "p.unfold").data.params["path"] == str(there / "texts" / "a.txt")
    outside = replace(project, data=DataChoice("text", frozen({"path": str(tmp_path / "b.txt")})))
    save_project(outside, there / "p.unfold")
    assert json.loads((there / "p.unfold").read_text())["data"]["params"]["path"] == str(tmp_path / "b.txt")


def test_missing_folders_and_special_files_are_refused(tmp_path):
    for path in (tmp_path / "none.unfold", tmp_path, Path("/dev/zero"), Path("a\0b")):
        with pytest.raises(Refused) as caught:
            load_project(path)
        assert caught.value.problems[0].code == "file.unreadable"


def harmed(rng, data):
    """One small harm to a file's bytes; many of them leave it JSON."""
    at, size = rng.randrange(len(data)), rng.randint(1, 12)
    before, part, after = data[:at], data[at : at + size], data[at + size :]
    kind = rng.randrange(6)
    if kind == 0:
        return before + after or b" "
    if kind == 1:
        return before + part * rng.randint(2, 40) + after
    if kind == 2:
        return before + bytes([rng.randrange(256)]) + data[at + 1 :]
    if kind == 3:
        return data.replace(*rng.choice(SWAPS), 1)
    return before + rng.choice(PIECES) + (after if kind == 4 else part + after)


def mutated(rng, data):
    for _ in range(rng.randint(1, 3)):
        data = harmed(rng, data)
    return data


PIECES = [b"null", b"NaN", b"-Infinity", b"1e999", b"[[", b"{}", b"[]", b'""', b'"\\ud800"', b"-0.0", b"9" * 30, b"true", b'{"ref": "x"}', b",", b'"a":', b"\x00", b"\\u0000", b"[" * 300]  # fmt: skip
SWAPS = [(b'"id"', b'"kind"'), (b'"format": 1', b'"format": 0'), (b"[0.0", b"[null"), (b'"nodes": [', b'"nodes": {'), (b'"params": {', b'"params": ['), (b'"w1"', b'"w2"'), (b'"read"', b'"answer"'), (b": 64", b": [64]"), (b'"delay": 2', b'"delay": -2'), (b'"body": {', b'"body": 3, "x": {'), (b'"steps": 300', b'"steps": "300"'), (b'["memory", "h"]', b'["memory"]')]  # fmt: skip


def test_five_thousand_harmed_files_are_refused_with_a_place_or_read():
    rng = random.Random(20)
    good = write_project(sample()).encode()
    refused, slowest = 0, 0.0
    for _ in range(5000):
        data = mutated(rng, good)
        start = time.thread_time()
        try:
            read_project(data, "f.unfold", NONE)
        except Refused as error:
            refused += 1
            assert error.problems
            assert all(p.where.pointer.startswith("/") and all(p.message) for p in error.problems)
            assert all(p.line() for p in error.problems)
        slowest = max(slowest, time.thread_time() - start)
    assert refused > 3500
    assert slowest < 0.1


WATCHED = ("exec", "compile", "import", "open", "os.", "subprocess.", "socket.", "pickle.", "ctypes.", "shutil.")
seen: list[str] = []
watching = False


def _watch(event, args):
    if watching and event.startswith(WATCHED):
        seen.append(event)


HOSTILE = ("__import__('os').system('x')", "${HOME}", "{0.__class__}", "../../etc/passwd", "<img src=/dev/zero>", "a\nb", "__init__", "';--", "%s", "\u202e")  # fmt: skip


def test_opening_a_hostile_file_touches_nothing():
    """No code, no import, no file, no process, no network: watched by Python's own audit events."""
    global watching
    sys.addaudithook(_watch)
    text = write_project(sample())
    names = ["read", "my_cell", "units", "text", "w1", "A sample", "Memoria «ñ»", "python-help", "B4", "a note"]
    files = [text.replace(f'"{n}"', json.dumps(h)).encode() for n in names for h in HOSTILE]
    read_project(text.encode(), "f", NONE)
    watching = True
    try:
        for data in files:
            try:
                project = read_project(data, "f", NONE)
                assert read_project(write_project(project).encode(), "f", NONE) == project
            except Refused:
                continue
    finally:
        watching = False
    assert seen == []
