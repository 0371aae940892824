"""The whole pipeline on the library's cells and the gallery's projects: what is fused, and twin == program."""

import pytest
import torch
from torch import nn

from core.compile.pipeline import check, compile_graph
from core.data.open import fields_of
from core.graph import edit
from core.graph.model import Graph, Init, Node, Port, frozen
from core.problems import Refused
from core.project.gallery import gallery, shipped
from core.specs.fields import DataField, Fields
from core.specs.registry import default_registry
from core.specs.sig import Sig
from core.train.module import drawn, make, share

UNITS = 5
FIELDS = Fields(
    (
        DataField("series", Sig("features", 3, ("T",))),
        DataField("context", Sig("features", 2, ())),
        DataField("answer", Sig("features", 4, ("T",)), target=True),
    )
)
FUSED = {"rnn_tanh": "RNN", "rnn_relu": "RNN", "lstm": "LSTM", "gru_reset_after": "GRU", "gru": ""}


def model(kind: str, **params) -> Graph:
    """features -> cell -> dense -> mse."""
    graph = Graph()
    for node in (
        Node("series", "features", params=frozen({"field": "series"})),
        Node("memory", kind, params=frozen({"units": UNITS, **params})),
        Node("read", "dense", params=frozen({"units": 4})),
        Node("answer", "target", params=frozen({"field": "answer"})),
        Node("mse", "mse"),
    ):
        graph = edit.add_node(graph, node)
    for source, target in (
        (("series", "x"), ("memory", "x")),
        (("memory", "h"), ("read", "x")),
        (("read", "y"), ("mse", "prediction")),
        (("answer", "y"), ("mse", "target")),
    ):
        graph = edit.connect(graph, Port(*source), Port(*target))
    return graph


def compiled(graph, mode="train"):
    return compile_graph(graph, FIELDS, default_registry(), mode)


@pytest.mark.parametrize("kind", FUSED)
def test_library_cells_become_torchs_modules(kind):
    program = compiled(model(kind))
    assert program.fused == ({("memory",): FUSED[kind]} if FUSED[kind] else {})
    gates = {"rnn_tanh": 1, "rnn_relu": 1, "lstm": 4}.get(kind, 3)
    own = gates * UNITS * (3 + UNITS + 1) + (UNITS if kind == "gru_reset_after" else 0)
    assert program.parameter_count == own + UNITS * 4 + 4


@pytest.mark.parametrize("kind", FUSED)
@pytest.mark.parametrize("start", ["uniform", "orthogonal", "identity"])
def test_cells_start_as_drawn_and_train_like_their_twins(kind, start):
    graph = model(kind, recurrent_init=start)
    program = compiled(graph)
    module, twin = make(program, torch.float64), make(compiled(graph, "twin"), torch.float64)
    for w in program.weights:
        if w.recurrent and start != "uniform":
            square = drawn(module, program)[w.path, w.name]
            assert torch.allclose(square @ square.T, torch.eye(UNITS, dtype=torch.float64))
    same_outputs_and_gradients(
        module, share(twin, module), [torch.randn(3, 6, 3).double()], [torch.randn(3, 6, 4).double()]
    )


def same_outputs_and_gradients(module, twin, inputs, answers, lengths=None, **taught):
    results = []
    for each in (module, twin):
        each.eval()
        outputs, _ = each(*inputs, lengths, **taught)
        total, _ = each.loss(outputs, *answers, lengths)
        grads = torch.autograd.grad(total, [p for p in module.parameters() if p.requires_grad])
        results.append((*outputs.values(), total, *grads))
    worst = max(float((a - b).detach().abs().max()) for a, b in zip(*results, strict=True))
    assert worst < 1e-11
    return worst


def test_a_fed_start_of_a_library_cell():
    graph = edit.add_node(model("lstm"), Node("context", "features", params=frozen({"field": "context"})))
    graph = edit.add_node(graph, Node("begin", "dense", params=frozen({"units": UNITS})))
    graph = edit.connect(graph, Port("context", "x"), Port("begin", "x"))
    graph = edit.connect(graph, Port("begin", "y"), Port("memory", "h0"))
    program = compiled(graph)
    assert program.fused == {("memory",): "LSTM"}
    module = make(program, torch.float64)
    fields = {
        a.field.name: torch.randn(3, *(6 for _ in a.field.sig.axes), a.field.sig.size).double() for a in program.inputs
    }
    inputs = [fields[a.field.name] for a in program.inputs]
    outputs, _ = module(*inputs)
    start = (module.begin(fields["context"])[None], torch.zeros(1, 3, UNITS).double())
    assert torch.allclose(outputs["read"], module.read(module.memory(fields["series"], start)[0]))
    same_outputs_and_gradients(
        module, share(make(compiled(graph, "twin"), torch.float64), module), inputs, [torch.randn(3, 6, 4).double()]
    )


def test_a_top_down_wire_makes_one_loop_of_two_cells():
    """The upper cell's last output comes back into the lower one's input: neither can run alone."""
    graph = edit.add_node(model("gru"), Node("low", "rnn_tanh", params=frozen({"units": 3})))
    graph = edit.add_node(graph, Node("both", "concat"))
    for source, target, delay in (
        (("series", "x"), ("both", "x"), 0),
        (("memory", "h"), ("both", "x"), 1),
        (("both", "y"), ("low", "x"), 0),
        (("low", "h"), ("memory", "x"), 0),
    ):
        init = Init("learned") if delay else Init()
        graph = edit.connect(graph, Port(*source), Port(*target), delay, init, many=target[0] == "both")
    program = compiled(graph)
    assert program.fused == {} and program.source.count("def scan_") == 1
    module = make(program, torch.float64)
    twin = share(make(compiled(graph, "twin"), torch.float64), module)
    same_outputs_and_gradients(module, twin, [torch.randn(3, 6, 3).double()], [torch.randn(3, 6, 4).double()])


def test_errors_refuse_and_say_so():
    graph = edit.set_params(model("lstm"), "read", units=7)
    problems = check(graph, FIELDS, default_registry()).problems
    with pytest.raises(Refused) as refused:
        compiled(graph)
    errors = [p.line() for p in problems if p.severity == "error"]
    assert [p.line() for p in refused.value.problems] == errors != []


def test_check_knows_the_size_of_every_wire():
    checked = check(model("lstm"), FIELDS, default_registry())
    assert checked.ok
    assert {w.edge: w.sig.show() for w in checked.wires if w.path == ()} == {
        "w1": "B×T×3", "w2": "B×T×5", "w3": "B×T×4", "w4": "B×T×4",
    }  # fmt: skip
    assert checked.ports[("memory",), "h"] == Sig("features", UNITS, ("T",))


GALLERY = [e.name for e in gallery()]


@pytest.mark.parametrize("name", GALLERY)
def test_every_gallery_project_equals_its_twin(name):
    project = shipped(name).project
    registry = default_registry()
    fields = fields_of(registry, project.data)
    program, twin = (compile_graph(project.graph, fields, registry, mode) for mode in ("train", "twin"))
    torch.manual_seed(0)
    module = make(program, torch.float64)
    inputs, answers = ([numbers(a.field.sig) for a in given] for given in (program.inputs, program.targets))
    told = {a.field.name: answer for a, answer in zip(program.targets, answers, strict=True)}
    taught = {"truth": {t.name: told[t.field.name] for t in program.teachers}} if program.teachers else {}
    for lengths in (None, {"T": torch.tensor([6, 3]), "S": torch.tensor([4, 6])}):
        shared = share(make(twin, torch.float64), module)
        worst = same_outputs_and_gradients(module, shared, inputs, answers, lengths, **taught)
        print(f"{name}: twin - program, float64, outputs and gradients: {worst:.1e}")


def numbers(sig, rows=2, steps=6):
    shape = (rows, *(steps for _ in sig.axes))
    return torch.randint(0, sig.size, shape) if sig.kind == "tokens" else torch.randn(*shape, sig.size).double()


def test_the_drawn_lstm_of_the_gallery_is_torchs():
    project = shipped("lstm-drawn").project
    registry = default_registry()
    program = compile_graph(project.graph, fields_of(registry, project.data), registry)
    assert list(program.fused.values()) == ["LSTM"]
    module = make(program, torch.float64)
    inner = next(m for m in module.modules() if isinstance(m, nn.LSTM))
    (argument,) = program.inputs
    x = numbers(argument.field.sig, 3, 7)
    taps = {}
    twin_program = compile_graph(project.graph, fields_of(registry, project.data), registry, "twin")
    twin = share(make(twin_program, torch.float64), module)
    twin(x, taps=taps)
    key = next(p.key for p in twin_program.probes if p.path == next(iter(program.fused)))
    assert torch.allclose(torch.stack(taps[key], 1), inner(x)[0], atol=1e-10, rtol=0)
