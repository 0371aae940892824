"""A stranger's project through check, source, train and export: whatever its texts hold, nothing of it runs, nothing is
written outside the folder that was asked for, and no mistake ends in a traceback.

Two properties. Where the texts are only names (ids, titles, ports, notes), the project must work as before. Where any
one text of the file, key or value, is replaced by anything, each command ends with an exit code and a line that says why.
"""

from __future__ import annotations

import io
import json
import os
import sys
import tempfile
from collections.abc import Callable, Iterator
from contextlib import chdir, contextmanager, redirect_stderr, redirect_stdout
from pathlib import Path
from typing import Any

import pytest
from hypothesis import example, given, settings
from hypothesis import strategies as st

import core.export.apart as apart
import core.export.verify as verify
from core.cli.door import run
from core.graph.codec import write_graph
from core.specs.registry import default_registry

MARK = "pWn3D"
"""Stands in every hostile text, in a mix that no name of emitted code can have: those are all lower or all upper case."""

HOSTILE = [
    f"__import__('os').system('echo {MARK}')",
    f'"); __import__("os").system("echo {MARK}"); ("',
    f"'''\n__import__('os').system('echo {MARK}')\n'''",
    f"x\nimport os; os.system('echo {MARK}')",
    f"x\r    exec('{MARK}')",
    f"\u2028import os; os.system('echo {MARK}')",
    f"\u2029{MARK}\x85{MARK}",
    f"\x00{MARK}",
    f"\x1b[2J{MARK}\x07",
    f"\u202e{MARK}\u2066",
    f"{{0.__class__.__mro__}}{MARK}",
    f"{{{MARK}}}{{}}{{0}}%s%({MARK})s",
    f"__class__{MARK}",
    f"__{MARK}__",
    f"../../../../{MARK}",
    f"/{MARK}/../..",
    f"<b>{MARK}</b><script>",
    f"$({MARK})`{MARK}`;rm -rf ~ #",
    f"\\N{{BULLET}}\\u0022\\{MARK}",
    f"{MARK}\u0301\u200b" + "e" * 150,
    f"ﬁªｅｖａｌ{MARK}",
]
PLAIN = ["", " ", "self", "forward", "__init__", "import", "torch", "lambda", "T", "x", "0", "-1", "true", "null", "/dev/zero", "~"]  # fmt: skip
texts = st.sampled_from(HOSTILE) | st.sampled_from(PLAIN) | st.text(max_size=20)
named = st.sampled_from(HOSTILE) | st.text(max_size=20).map(lambda t: t + MARK)


class Watch:
    """An audit hook that is armed while a command runs (hooks can never be taken away again)."""

    def __init__(self) -> None:
        self.armed = False
        self.home = ""
        self.seen: list[str] = []
        roots = (sys.prefix, sys.base_prefix, Path(__file__).parents[3])
        self.known = tuple(str(Path(r).resolve()) for r in roots)
        sys.addaudithook(self.hear)

    def hear(self, event: str, args: tuple[Any, ...]) -> None:
        if self.armed and event in JUDGES:
            what = JUDGES[event](self, args)
            if what:
                self.seen.append(f"{event}: {what}"[:300])

    @contextmanager
    def over(self, home: Path) -> Iterator[None]:
        self.seen.clear()
        self.home, self.armed = str(home.resolve()), True
        try:
            yield
        finally:
            self.armed = False
        assert not self.seen, self.seen

    def compiled(self, args: tuple[Any, ...]) -> str:
        """Text that becomes code must hold nothing of a stranger's."""
        source = args[0].decode("utf-8", "replace") if isinstance(args[0], bytes) else str(args[0])
        return source if MARK in source and not str(args[1]).startswith(self.known) else ""

    def executed(self, args: tuple[Any, ...]) -> str:
        """Code that runs is ours, Python's, an installed package's, or an emitted program."""
        file = str(getattr(args[0], "co_filename", args[0]))
        ours = file.startswith((*self.known, "<unfold ", "<frozen ", "<string>", self.home, "<"))
        return "" if ours and MARK not in file.removeprefix(self.home) else file

    def opened(self, args: tuple[Any, ...]) -> str:
        path, mode = args[0], args[1]
        writes = isinstance(mode, str) and any(c in mode for c in "wax+")
        flags = args[2] if len(args) > 2 and isinstance(args[2], int) else 0
        writes = writes or bool(flags & (os.O_WRONLY | os.O_RDWR | os.O_CREAT))
        return self.outside(path) if writes and isinstance(path, str | bytes | os.PathLike) else ""

    def touched(self, args: tuple[Any, ...]) -> str:
        return next((found for a in args if isinstance(a, str | bytes | os.PathLike) for found in [self.outside(a)] if found), "")  # fmt: skip

    def outside(self, path: Any) -> str:
        place = os.path.abspath(os.fsdecode(path))  # noqa: PTH100 - an audit hook must not touch the disk
        inside = place.startswith((self.home + os.sep, "/dev/null", "/proc/self")) or "__pycache__" in place
        return "" if inside or place == self.home else place


def _always(watch: Watch, args: tuple[Any, ...]) -> str:
    return repr(args)


JUDGES: dict[str, Callable[[Watch, tuple[Any, ...]], str]] = {
    "compile": Watch.compiled,
    "exec": Watch.executed,
    "open": Watch.opened,
    **dict.fromkeys(("os.remove", "os.rename", "os.mkdir", "os.rmdir", "os.symlink", "os.link", "os.truncate",
                     "os.chmod", "shutil.rmtree", "shutil.move"), Watch.touched),
    **dict.fromkeys(("os.system", "os.exec", "os.fork", "os.forkpty", "os.posix_spawn", "os.spawn", "os.startfile",
                     "os.kill", "subprocess.Popen", "pty.spawn", "socket.connect", "socket.bind",
                     "socket.getaddrinfo", "socket.sendto", "urllib.Request", "webbrowser.open", "pickle.find_class",
                     "ftplib.connect", "smtplib.connect"), _always),
}  # fmt: skip
WATCH = Watch()


def base() -> dict[str, Any]:
    """a text through an LSTM of one's own, a cell within a cell, delays of each kind, a named output."""
    inner = {
        "nodes": [
            {"id": "in", "kind": "cell_input", "title": "in", "params": {"name": "signal"}},
            {"id": "begin", "kind": "cell_input", "params": {"name": "h0", "static": True, "optional": True}},
            {"id": "wx", "kind": "dense", "params": {"units": {"ref": "size"}, "init": "fan_in"}},
            {"id": "wh", "kind": "dense", "params": {"units": {"ref": "size"}, "bias": False, "init": "orthogonal"}},
            {"id": "plus", "kind": "add"},
            {"id": "squash", "kind": "softsign", "title": "squash"},
            {"id": "out", "kind": "cell_output", "params": {"name": "state"}},
        ],
        "wires": [
            {"id": "i1", "from": ["in", "x"], "to": ["wx", "x"]},
            {"id": "i2", "from": ["squash", "y"], "to": ["wh", "x"], "delay": 1, "init": {"fed": ["begin", "x"]}},
            {"id": "i3", "from": ["wx", "y"], "to": ["plus", "x"]},
            {"id": "i4", "from": ["wh", "y"], "to": ["plus", "x"]},
            {"id": "i5", "from": ["plus", "y"], "to": ["squash", "x"]},
            {"id": "i6", "from": ["squash", "y"], "to": ["out", "x"]},
        ],
        "frames": [{"id": "note", "text": "a note", "color": "#aabbcc"}],
    }
    outer = {
        "nodes": [
            {"id": "take", "kind": "cell_input", "params": {"name": "x"}},
            {"id": "core", "kind": "cell", "title": "core", "params": {"size": 3}, "body": inner},
            {"id": "give", "kind": "cell_output", "params": {"name": "y"}},
        ],
        "wires": [
            {"id": "o1", "from": ["take", "x"], "to": ["core", "signal"]},
            {"id": "o2", "from": ["core", "state"], "to": ["give", "x"]},
        ],
    }
    lstm = default_registry().nodes["lstm"]
    assert lstm.body is not None
    return {
        "format": 1,
        "title": {"en": "Strange", "es": "Extraño"},
        "notes": {"en": "Notes", "es": "Notas"},
        "systems": ["A17"],
        "data": {"kind": "text", "params": {"path": "book.txt", "corpus": "python-help", "level": "char", "batch": 2, "length": 6}},
        "training": {"steps": 2, "optimizer": "adam", "device": "cpu", "precision": "fp32", "schedule": "constant",
                     "stop_metric": "", "probe_budget": 0.5, "sample_every": 1, "sample_length": 3},
        "graph": {
            "nodes": [
                {"id": "text", "kind": "tokens", "title": "text", "params": {"field": "text"}},
                {"id": "embed", "kind": "embedding", "params": {"size": 3}},
                {"id": "memory", "kind": "lstm", "title": "memory", "params": {"units": 3}, "body": write_graph(lstm.body), "pin": lstm.pin},
                {"id": "own", "kind": "cell", "title": "own", "body": outer},
                {"id": "late", "kind": "add"},
                {"id": "shown", "kind": "output", "params": {"name": "shown"}},
                {"id": "scores", "kind": "dense", "params": {"units": 0}},
                {"id": "next", "kind": "softmax", "title": "next"},
                {"id": "answer", "kind": "target", "params": {"field": "next"}},
                {"id": "loss", "kind": "cross_entropy", "params": {"over": "mean"}},
            ],
            "wires": [
                {"id": "w1", "from": ["text", "x"], "to": ["embed", "x"]},
                {"id": "w2", "from": ["embed", "y"], "to": ["memory", "x"]},
                {"id": "w3", "from": ["memory", "h"], "to": ["own", "x"]},
                {"id": "w4", "from": ["own", "y"], "to": ["late", "x"]},
                {"id": "w5", "from": ["memory", "h"], "to": ["late", "x"], "delay": 2, "init": "learned"},
                {"id": "w6", "from": ["own", "y"], "to": ["shown", "x"]},
                {"id": "w7", "from": ["late", "y"], "to": ["scores", "x"]},
                {"id": "w8", "from": ["scores", "y"], "to": ["next", "x"]},
                {"id": "w9", "from": ["next", "logits"], "to": ["loss", "logits"]},
                {"id": "w10", "from": ["answer", "y"], "to": ["loss", "target"]},
            ],
            "frames": [{"id": "f", "text": "a frame", "color": "#ffffff"}],
        },
    }  # fmt: skip


BOOK = f"{{0.__class__}} __import__('os').system('{MARK}') \"'''\n\u2028 hello \\N %s <b> " * 8
Keys = tuple[str | int, ...]


def places(data: Any, at: Keys = ()) -> Iterator[tuple[Keys, bool]]:
    """Where each text of the file stands; True where it is a key."""
    items = data.items() if isinstance(data, dict) else enumerate(data) if isinstance(data, list) else ()
    for key, value in items:
        if isinstance(key, str):
            yield (*at, key), True
        if isinstance(value, str):
            yield (*at, key), False
        yield from places(value, (*at, key))


PLACES = list(places(base()))


def changed(data: dict[str, Any], place: Keys, key: bool, text: str) -> dict[str, Any]:
    """The file with one text replaced; a key keeps its value."""
    inner: Any = data
    for part in place[:-1]:
        inner = inner[part]
    if key:
        inner[text] = inner.pop(place[-1])
    else:
        inner[place[-1]] = text
    return data


def here(kind: str, folder: Path) -> None:
    """What a fresh process does with exported files, in this one, so that the hook hears it."""
    ask = json.loads((folder / "ask.json").read_text("utf-8"))
    {"source": apart.source, "onnx": apart.onnx}[kind](ask["files"], ask["cases"], folder)


def commands(data: dict[str, Any], home: Path, told: Told) -> dict[str, int]:
    """The exit code of each command, heard by the hook; what was printed is judged at once."""
    (home / "book.txt").write_text(BOOK, "utf-8")
    file, out = home / "p.unfold", home / "run"
    file.write_text(json.dumps(data), "utf-8")
    asked = {
        "check": ["check", str(file)],
        "json": ["check", str(file), "--json"],
        "source": ["source", str(file)],
        "train": ["train", str(file), "--out", str(out), "--device", "cpu", "--steps", "2"],
        "export source": ["export", str(file), "--run", str(out), "--format", "source", "--to", str(home / "m")],
        "export onnx": ["export", str(file), "--run", str(out), "--format", "onnx", "--to", str(home / "m.onnx")],
    }
    codes: dict[str, int] = {}
    for name, arguments in asked.items():
        if name.startswith("export") and codes["train"]:
            continue
        with WATCH.over(home), chdir(home):
            codes[name] = run(arguments)
        judge(name, codes[name], *told.readouterr())
    return codes


OBEYED = frozenset("\x00\x07\x08\x1b\r\x85\u2028\u2029\u202e\u2066")
"""What a terminal obeys instead of showing it."""


def judge(name: str, code: int, out: str, err: str) -> None:
    """What a command said: no traceback, a reason for every refusal, nothing that a terminal would obey."""
    assert not [sign for sign in ("Traceback", "unexpected", "program.bug") if sign in err], err
    assert code in (0, 1, 2) and (code == 0 or err.strip()), (name, code)
    assert not OBEYED & set(err), (name, err)
    if name != "json":  # JSON is for programs
        assert not OBEYED & set(out), (name, out)
    if name == "source" and code == 0:
        assert out.isascii() and MARK not in out


class Told:
    """What commands printed since it was last asked, on both channels."""

    def __init__(self, out: io.StringIO, err: io.StringIO) -> None:
        self.both = (out, err)

    def readouterr(self) -> tuple[str, str]:
        texts = tuple(stream.getvalue() for stream in self.both)
        for stream in self.both:
            stream.seek(0)
            stream.truncate()
        return texts  # type: ignore[return-value]


@contextmanager
def place() -> Iterator[tuple[Path, Told]]:
    """A fresh folder, all temporary files in it, exports run in this process, what is printed kept."""
    with tempfile.TemporaryDirectory() as folder, pytest.MonkeyPatch.context() as patch:
        home = Path(folder).resolve()
        patch.setattr(verify, "_run", here)
        patch.setattr(tempfile, "tempdir", str(home))
        patch.setenv("UNFOLD_TRACE", "1")  # a bug is to be raised, not told
        with redirect_stdout(io.StringIO()) as out, redirect_stderr(io.StringIO()) as err:
            yield home, Told(out, err)


@pytest.fixture(scope="module", autouse=True)
def warm() -> None:
    """Whatever libraries do once at their first use (`uname`, caches) is done before anyone listens."""
    with pytest.MonkeyPatch.context() as patch, tempfile.TemporaryDirectory() as folder:
        patch.setattr(verify, "_run", here)
        data = base()
        (Path(folder) / "book.txt").write_text(BOOK, "utf-8")
        (Path(folder) / "p.unfold").write_text(json.dumps(data), "utf-8")
        file, out = str(Path(folder) / "p.unfold"), str(Path(folder) / "run")
        assert run(["train", file, "--out", out, "--device", "cpu"]) == 0
        for format in ("source", "onnx"):
            assert run(["export", file, "--run", out, "--format", format, "--to", f"{folder}/{format}.x"]) == 0


def renamed(graph: dict[str, Any], word: Callable[[], str]) -> dict[str, dict[str, str]]:
    """Give everything in a graph that only names something another name; the ports' new names, by cell."""
    ids = {n["id"]: word() for n in graph["nodes"]}
    inner = {n["id"]: renamed(n["body"], word) for n in graph["nodes"] if "body" in n}
    for node in graph["nodes"]:
        if "body" in node and node["kind"] == "cell":
            bind(node, word)
        node["title"] = word()
        if node["kind"] == "output":
            node["params"]["name"] = word()
    ports = {n["params"].get("name", n["id"]): word() for n in graph["nodes"] if n["kind"] in ("cell_input", "cell_output")}  # fmt: skip
    for node in graph["nodes"]:
        if node["kind"] in ("cell_input", "cell_output"):
            node["params"]["name"] = ports[node["params"].get("name", node["id"])]
    for wire in graph["wires"]:
        wire["id"] = word()
        ends = [wire["from"], wire["to"], *([wire["init"]["fed"]] if isinstance(wire.get("init"), dict) else [])]
        for end in ends:
            end[:] = [ids[end[0]], inner.get(end[0], {}).get(end[1], end[1])]
    for node in graph["nodes"]:
        node["id"] = ids[node["id"]]
    for frame in graph.get("frames", ()):
        frame |= {"id": word(), "text": word(), "color": word()[:20]}
    return ports


def bind(cell: dict[str, Any], word: Callable[[], str]) -> None:
    """Other names for the parameters of a cell of one's own."""
    names = {name: word() for name in cell.get("params", {})}
    cell["params"] = {names[name]: value for name, value in cell.get("params", {}).items()}
    for node in cell["body"]["nodes"]:
        for value in node.get("params", {}).values():
            if isinstance(value, dict):
                value["ref"] = names[value["ref"]]


@settings(max_examples=4, deadline=None)
@given(words=st.lists(named, min_size=3, max_size=9))
@example(words=HOSTILE[:10])
@example(words=HOSTILE[10:])
@example(words=["x", "self", "__init__"])
def test_names_of_a_stranger_change_nothing_and_run_nothing(words: list[str]) -> None:
    count = iter(range(10**6))

    def word() -> str:
        n = next(count)
        return f"{words[n % len(words)]}{n}"

    data = base()
    renamed(data["graph"], word)
    data |= {"title": {"en": word(), "es": word()}, "notes": {"en": word(), "es": word()}, "systems": [word()]}
    with place() as (home, told):
        assert set(commands(data, home, told).values()) == {0}


@settings(max_examples=40, deadline=None)
@given(place_=st.sampled_from(PLACES), text=texts)
def test_any_text_anywhere_is_refused_or_harmless(place_: tuple[Keys, bool], text: str) -> None:
    with place() as (home, told):
        commands(changed(base(), *place_, text), home, told)
