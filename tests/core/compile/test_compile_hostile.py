"""No text of a person's reaches a program: hostile ids everywhere, and the allow-list alone against hand-made attacks."""

import ast
import sys
from dataclasses import replace

import pytest
import torch
from hypothesis import given, settings
from hypothesis import strategies as st
from torch import nn

from core.compile.allow import Forbidden, check_text
from core.compile.names import MODULE_NAMES, Names, stem
from core.compile.writer import Writer, code, key, lit, name
from core.train.module import load_class, make
from tests.core.compile.drawing import Drawing, char_model, gru

HOSTILE = [
    "__import__('os').system('touch /tmp/hacked')", "x\nimport os", "\r\n    os.system('x')", '"""', "'); exec('1", "#",
    "__class__", "__init__", "self", "forward", "import", "lambda", "ﬁ", "ª", "ｅｖａｌ", "\u2028import os", "\x0cimport os",
    "{0.__class__}", "%s", "", "a" * 500, "B", "T", "state", "taps", "like", "torch", "nn", "F", "train", "../../etc",
]  # fmt: skip
texts = st.sampled_from(HOSTILE) | st.text(max_size=30)

fired: list[str] = []


def listen(event, args):
    if armed and event in ("os.system", "subprocess.Popen", "exec.unknown", "open", "socket.connect", "os.remove"):
        fired.append(event)


armed = False
sys.addaudithook(listen)


def renamed(d: Drawing, rename) -> Drawing:
    """The drawing with every id replaced."""

    def new(path):
        return tuple(rename(p) for p in path)

    d.ops = [
        replace(op, path=new(op.path), weights=tuple(replace(w, path=new(w.path)) for w in op.weights)) for op in d.ops
    ]
    d.ports = {(new(path), port): v for (path, port), v in d.ports.items()}
    d.heads = [(new(path), port) for path, port in d.heads]
    return d


@settings(max_examples=40, deadline=None)
@given(st.lists(texts, min_size=4, max_size=8), st.booleans(), st.sampled_from(["train", "twin"]))
def test_hostile_ids_compile_to_a_program_that_runs_nothing_else(words, recurrent, mode):
    global armed
    d = char_model()
    if recurrent:
        d = Drawing()
        h = gru(d, d.source("x", "features", 3), 4, ("cell",), "lecture")
        d.put("output", (h,), d.sig(h), ("out",), port="x")
    plain = d.compile(mode)
    known: dict[str, str] = {}

    def rename(part):
        return known.setdefault(part, f"{words[len(known) % len(words)]}{len(known)}")  # unique, as ids are

    hostile = renamed(d, rename).compile(mode)
    tree = check_text(hostile.source)
    assert shape_of(tree) == shape_of(ast.parse(plain.source))
    fired.clear()
    armed = True
    try:
        load_class(hostile)()
    finally:
        armed = False
    assert fired == []


def shape_of(tree):
    """What kinds of statement there are, in order: names and literals left out."""
    return [type(n).__name__ for n in ast.walk(tree) if isinstance(n, ast.stmt)]


@pytest.mark.parametrize("word", HOSTILE)
def test_one_hostile_word_everywhere(word):
    d = char_model()
    n = iter(range(1000))
    program = renamed(d, lambda part: f"{word}{next(n)}").compile()
    outputs, _ = make(program)(torch.zeros(2, 3, dtype=torch.long))
    assert len(outputs) == 1


ATTACKS = [
    "import os",
    "from os import system",
    "import torch as t",
    "__import__('os')",
    "x = ().__class__",
    "nn.modules.module.torch.os.system('x')",
    "torch.load('x')",
    "torch.hub.load('x', 'y')",
    "torch.ops.load_library('x')",
    "F.torch.os.system('x')",
    "(lambda: 1)()",
    "f'{1}'",
    "exec('1')",
    "eval('1')",
    "open('x')",
    "getattr(torch, 'os')",
    "print(1)",
    "x = [torch][0].os",
    "x = torch\nx.os.system('y')",
    "class A(torch.nn.Module, metaclass=B): pass",
    "@exec\ndef f(): pass",
    "def f():\n    global torch",
    "while True: pass",
    "try:\n    pass\nexcept Exception:\n    pass",
    "with open('x'): pass",
    "del torch",
    "async def f(): pass",
    "x = yield",
    "b'1'",
    "x = 1j",
    "nn.Module.__subclasses__()",
    "zip.__self__",
    "[c for c in ().__class__.__base__.__subclasses__()]",
    "torch.zeros(1).numpy()",
    "{}[0]()",
]


@pytest.mark.parametrize("attack", ATTACKS)
def test_the_allow_list_refuses(attack):
    with pytest.raises(Forbidden):
        check_text(attack)


def test_every_public_name_of_a_module_is_reserved():
    assert {n for n in dir(nn.Module()) if not n.startswith("_")} - {"T_destination"} <= MODULE_NAMES


@pytest.mark.parametrize("word", HOSTILE)
def test_identifiers_are_plain(word):
    made = stem([word])
    assert made.isascii() and made.isidentifier() and not made.startswith("_")
    assert made not in ("self", "forward", "import", "torch", "train")


def test_names_are_given_once():
    names = Names("a")
    assert [names.fresh("a"), names.fresh("a"), names.fresh("b")] == ["a_2", "a_3", "b"]


def test_the_writer_takes_only_its_own():
    with pytest.raises(TypeError):
        code("{x}", x="os.system('x')")
    with pytest.raises(TypeError):
        Writer().line("import os")
    for bad in (float("nan"), float("inf"), 10**12, "1", None):
        with pytest.raises(ValueError):
            lit(bad)
    for bad in ('"', "a b", "", "a\n", "é"):
        with pytest.raises(ValueError):
            key(bad)
    with pytest.raises(ValueError):
        name("__class__")
