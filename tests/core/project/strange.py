"""Projects for tests: random drawings with everything a file can hold."""

from dataclasses import replace

from hypothesis import strategies as st

from core.graph.model import Edge, Frame, Graph, Init, Node, Port, Ref, frozen
from core.project.model import DataChoice, Project
from core.train.settings import Training
from core.words import Text

TEXTS = st.text(st.characters(exclude_categories=["Cs"]), max_size=12)
IDS = st.text(st.characters(exclude_categories=["Cs"]), min_size=1, max_size=6)
NUMBERS = st.floats(-1e9, 1e9, allow_nan=False)
SCALARS = st.booleans() | st.integers(-(2**63), 2**63 - 1) | st.floats(allow_nan=False, allow_infinity=False) | TEXTS


@st.composite
def graphs(draw, depth=2):
    ids = draw(st.lists(IDS, unique=True, max_size=4))
    nodes = {}
    for id in ids:
        values = SCALARS | st.builds(Ref, IDS) if depth < 2 else SCALARS
        body = draw(st.none() | graphs(depth - 1)) if depth else None
        params = frozen(draw(st.dictionaries(IDS, values, max_size=3)))
        at = (draw(NUMBERS), draw(NUMBERS))
        nodes[id] = Node(id, draw(IDS), draw(TEXTS), params, body, draw(TEXTS), at, draw(st.booleans()))
    edges = {}
    if ids:
        ports = st.builds(Port, st.sampled_from(ids), TEXTS)
        inits = st.sampled_from([Init(), Init("learned")]) | st.builds(lambda p: Init("fed", p), ports)
        for id in draw(st.lists(IDS, unique=True, max_size=4)):
            points = tuple(draw(st.lists(st.tuples(NUMBERS, NUMBERS), max_size=2)))
            edges[id] = Edge(id, draw(ports), draw(ports), draw(st.integers(0, 9)), draw(inits), points)
    frames = {id: Frame(id, draw(TEXTS)) for id in draw(st.lists(IDS, unique=True, max_size=2))}
    return Graph(frozen(nodes), frozen(edges), frozen(frames))


@st.composite
def projects(draw):
    return Project(
        graph=draw(graphs()),
        data=DataChoice(
            draw(IDS), frozen(draw(st.dictionaries(IDS.filter(lambda k: k != "path"), SCALARS, max_size=3)))
        ),
        training=replace(Training(), steps=draw(st.integers(1, 10**9)), learning_rate=draw(st.floats(0, 1000))),
        title=Text(draw(TEXTS), draw(TEXTS)),
        notes=Text(draw(TEXTS), draw(TEXTS)),
        systems=tuple(draw(st.lists(IDS, max_size=3))),
    )


def sample() -> Project:
    """One project with a cell body, delays, fed and learned initial values, a frame, and texts in two languages."""
    body = Graph(
        frozen({"in": Node("in", "cell_input", params=frozen({"name": "x"})), "d": Node("d", "dense", params=frozen({"units": Ref("units"), "bias": False}))}),
        frozen({"e": Edge("e", Port("in", "x"), Port("d", "x"))}),
    )  # fmt: skip
    nodes = (
        Node("read", "tokens", params=frozen({"field": "text"}), at=(0.0, 40.5)),
        Node(
            "memory", "my_cell", "Memoria «ñ»", frozen({"units": 64, "forget_bias": 1.0}), body, "", (200.0, 40.0), True
        ),
        Node("answer", "dense", params=frozen({"units": 4}), at=(400.0, 40.0), bypass=True),
    )
    wires = (
        Edge("w1", Port("read", "x"), Port("memory", "x"), points=((100.0, 50.0), (120.0, 60.25))),
        Edge("w2", Port("memory", "h"), Port("answer", "x"), 2, Init("learned")),
        Edge("w3", Port("answer", "y"), Port("memory", "h0"), 1, Init("fed", Port("read", "x"))),
    )
    return Project(
        graph=Graph(frozen({n.id: n for n in nodes}), frozen({e.id: e for e in wires}), frozen({"f": Frame("f", "a note", color="#aabbcc")})),
        data=DataChoice("text", frozen({"corpus": "python-help", "batch": 16})),
        training=replace(Training(), steps=300, learning_rate=0.002, clip_norm=1.0),
        title=Text("A sample", "Un ejemplo"),
        notes=Text("Everything a file can hold.", "Todo lo que cabe en un archivo."),
        systems=("B4", "D6"),
    )  # fmt: skip
