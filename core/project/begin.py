"""What can be made of a person's own file: for each model that would train on it as it is, a whole project.

Every offer has been tried: the data was opened and the graph checked against its fields, so that what is offered trains.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from pathlib import Path
from typing import Any

from core.data.open import open_dataset
from core.graph import edit
from core.problems import Place, Problem, Refused, filled
from core.project.gallery import shipped
from core.project.model import DataChoice, Project
from core.specs.registry import Registry
from core.words import Text

TABLES = frozenset((".csv", ".tsv", ".tab", ".npz", ".npy", ".parquet"))
NO_TEXT = frozenset((".npz", ".npy", ".parquet"))
SNIFFED = 65_536  # bytes that are looked at to tell pairs and trees from running text


@dataclass(frozen=True)
class Offer:
    """A model for the file. `remark` says what was decided for the person, "" where nothing was."""

    name: Text
    what: Text
    project: Project
    remark: Text = Text("", "")


@dataclass(frozen=True)
class Unfit:
    """A model that the file does not suit, and why."""

    name: Text
    problem: Problem


@dataclass(frozen=True)
class Found:
    """`offers`, the likeliest first; `unfit` are those that looked likely and were refused."""

    offers: tuple[Offer, ...]
    unfit: tuple[Unfit, ...]


@dataclass(frozen=True)
class Recipe:
    """A gallery project whose data is replaced. `attempts`: data parameters, tried in order until one is accepted, each
    with what to say of it. `wire`: field of the gallery project -> field of the data. `nodes`, `training`: what differs."""

    kind: str
    template: str
    name: Text
    what: Text
    attempts: tuple[tuple[Mapping[str, Any], Text], ...]
    wire: Mapping[str, str] = field(default_factory=dict)
    nodes: Mapping[str, Mapping[str, Any]] = field(default_factory=dict)  # by kind of node
    training: Mapping[str, Any] = field(default_factory=dict)


PLAIN = Text("", "")
SHORT = Text("Short windows, since the file is small.", "Ventanas cortas, porque el archivo es pequeño.")
GAPS = Text("Empty cells repeat the value before.", "Las celdas vacías repiten el valor anterior.")

CHARACTERS = Recipe(
    "text", "char-lm",
    Text("Write like this text, letter by letter", "Escribir como este texto, letra a letra"),
    Text("A character language model: reads the text and learns to say the next character; then it writes on its own.",
         "Un modelo de lenguaje de caracteres: lee el texto y aprende a decir el carácter siguiente; luego escribe solo."),
    (({"batch": 32, "length": 64}, PLAIN), ({"batch": 8, "length": 32}, SHORT), ({"batch": 2, "length": 16}, SHORT)),
)  # fmt: skip
WORDS = Recipe(
    "text", "words-lm",
    Text("Write like this text, word by word", "Escribir como este texto, palabra a palabra"),
    Text("A word language model: wants a longer text, some hundred thousand words.",
         "Un modelo de lenguaje de palabras: pide un texto más largo, unos cientos de miles de palabras."),
    (({"level": "word", "lower": True, "min_count": 2, "batch": 16, "length": 32}, PLAIN),
     ({"level": "word", "lower": True, "batch": 2, "length": 16}, SHORT)),
)  # fmt: skip
FORECAST = Recipe(
    "series", "sunspots-rnn",
    Text("Forecast the columns of numbers", "Predecir las columnas de números"),
    Text("Reads the table row by row and learns to say the next row; the last fifth of the rows is held out.",
         "Lee la tabla fila a fila y aprende a decir la siguiente; la última quinta parte de las filas se reserva."),
    (({"length": 20}, PLAIN), ({"length": 20, "gaps": "previous"}, GAPS),
     ({"length": 4, "batch": 4}, SHORT), ({"length": 4, "batch": 4, "gaps": "previous"}, GAPS)),
    nodes={"rnn_tanh": {"units": 32}}, training={"steps": 1000, "validate_every": 100},
)  # fmt: skip
PAIRS = Recipe(
    "pairs", "dates-attention",
    Text("Turn the left side into the right side", "Convertir el lado izquierdo en el derecho"),
    Text("An encoder-decoder with attention: reads what stands before the tab and says what stands after it.",
         "Un codificador-decodificador con atención: lee lo que está antes del tabulador y dice lo que está después."),
    (({}, PLAIN),), training={"steps": 2000},
)  # fmt: skip
TREES = Recipe(
    "trees", "tree-parse",
    Text("Judge bracketed sentences", "Juzgar frases entre paréntesis"),
    Text("A Tree-LSTM: folds each tree from its leaves and says the label of its root.",
         "Un Tree-LSTM: pliega cada árbol desde las hojas y dice la etiqueta de la raíz."),
    (({}, PLAIN),), wire={"symbols": "words", "value": "label"},
)  # fmt: skip
CLASSES = Recipe(
    "names", "names-language",
    Text("Tell which file a line is from", "Decir de qué archivo es una línea"),
    Text("A classifier: every .txt file of the folder is a class, every line an example.",
         "Un clasificador: cada archivo .txt de la carpeta es una clase, cada línea un ejemplo."),
    (({}, PLAIN),),
)  # fmt: skip


def made_of(path: Path, registry: Registry) -> Found:
    """What can be trained on a file or folder. May take as long as reading it. Raises Refused where nothing can."""
    offers: list[Offer] = []
    unfit: list[Unfit] = []
    for recipe in _likely(path):
        try:
            offers.append(_tried(recipe, path, registry))
        except Refused as refused:
            unfit.append(Unfit(recipe.name, refused.problems[0]))
    if not offers:
        raise Refused(*_nothing(path, unfit))
    return Found(tuple(offers), tuple(unfit))


def _likely(path: Path) -> list[Recipe]:
    """The recipes that a look at the name and the first lines suggests, the likeliest first."""
    if path.is_dir():
        return [CLASSES]
    if path.suffix.lower() in NO_TEXT:
        return [FORECAST]
    lines = _head(path)
    found = [TREES] if lines and all(line.startswith("(") for line in lines) else []
    paired = bool(lines) and all(line.count("\t") == 1 for line in lines)
    found += [PAIRS] if paired else []
    if path.suffix.lower() in TABLES:
        return [FORECAST, *found, CHARACTERS] if not paired else [*found, FORECAST, CHARACTERS]
    return [*found, CHARACTERS, WORDS]


def _head(path: Path) -> list[str]:
    """The first lines that are not empty; none where the file cannot be read as text (the attempt will say why)."""
    try:
        with path.open("rb") as file:
            data = file.read(SNIFFED)
    except OSError:
        return []
    lines = data.decode("utf-8", "replace").splitlines()
    whole = lines if len(data) < SNIFFED else lines[:-1]
    return [line for line in whole if line.strip()][:50]


def _tried(recipe: Recipe, path: Path, registry: Registry) -> Offer:
    """The first attempt that the data accepts. Raises Refused as the last one was, which asked for least."""
    last = Refused()
    for params, remark in recipe.attempts:
        project = _project(recipe, path, params)
        try:
            _check(project, registry)
        except Refused as refused:
            last = refused
            continue
        return Offer(recipe.name, recipe.what, project, remark)
    raise last


def _check(project: Project, registry: Registry) -> None:
    """Open the data and check the graph against what it offers. Raises Refused."""
    from core.compile.pipeline import check

    dataset = open_dataset(registry, project.data, project.training.seed)
    wrong = [p for p in check(project.graph, dataset.fields, registry).problems if p.severity == "error"]
    if wrong:
        raise Refused(*wrong)


def _project(recipe: Recipe, path: Path, params: Mapping[str, Any]) -> Project:
    """The gallery project on the person's file, with a name of its own."""
    base = shipped(recipe.template).project
    graph = base.graph
    for node in base.graph.nodes.values():
        changed = dict(recipe.nodes.get(node.kind, {}))
        used = str(node.params.get("field", ""))
        if used in recipe.wire:
            changed["field"] = recipe.wire[used]
        if changed:
            graph = edit.set_params(graph, node.id, **changed)
    notes = filled(
        Text("# {name}\n\n{what}\n\nPress **Train** (F5). The loss falls under *Watch*; **Stop** keeps what was learned, "
             "and *File › Export the model* (Ctrl+E) takes it elsewhere.",
             "# {name}\n\n{what}\n\nPulse **Entrenar** (F5). La pérdida baja en *Observar*; **Detener** conserva lo aprendido, "
             "y *Archivo › Exportar el modelo* (Ctrl+E) lo lleva a otro lugar."),
        name=_plain(path.stem), what=recipe.what,
    )  # fmt: skip
    return replace(
        base,
        graph=replace(graph, frames={}),
        data=DataChoice(recipe.kind, {**params, "path": str(path.resolve())}),
        training=replace(base.training, **recipe.training),
        title=Text(path.stem, path.stem),
        notes=notes,
        systems=(),
    )


def _plain(name: str) -> str:
    """A file's name inside a page: nothing in it is markup."""
    return "".join(f"\\{c}" if c in r"\`*_{}[]<>()#+-.!|$~" else c for c in name)


def _nothing(path: Path, unfit: list[Unfit]) -> tuple[Problem, ...]:
    """Each kind of reason once, the likeliest model's, after a sentence that names the file."""
    told = Problem(
        "begin.nothing",
        filled(
            Text("Nothing can be trained on {name} as it is.", "Con {name} tal como está no se puede entrenar nada."),
            name=path.name,
        ),
        Place(file=str(path), label=path.name),
        Text(
            "Texts in UTF-8, tables of numbers (CSV, NumPy, Parquet), pairs with a tab between them, and folders of .txt "
            "files can be used.",
            "Sirven textos en UTF-8, tablas de números (CSV, NumPy, Parquet), pares separados por un tabulador y carpetas "
            "de archivos .txt.",
        ),
    )
    return (told, *{u.problem.code: u.problem for u in reversed(unfit)}.values())
