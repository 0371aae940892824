"""The table of everything a model can be measured by: its name in both languages, what kind of loss it belongs to, and
which way is better. No torch here: charts, window and command line read it too; how each is computed stands in metrics.py."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

from core.words import Text

SYMBOLS, BITS, NUMBERS = "cross_entropy", "bce", "mse"


@dataclass(frozen=True)
class Measure:
    """`losses`: the kinds of loss whose outputs it judges. `table`: it is a matrix, not a number."""

    name: Text
    losses: tuple[str, ...]
    higher_is_better: bool = False
    table: bool = False
    told: bool = False  # asks how probable the truth is given the truth before it: judged while the model hears it


MEASURES: dict[str, Measure] = {
    "accuracy": Measure(Text("Accuracy", "Exactitud"), (SYMBOLS, BITS), True),
    "exact_match": Measure(Text("Exact match", "Coincidencia exacta"), (SYMBOLS, BITS), True),
    "nats": Measure(Text("Nats per symbol", "Nats por símbolo"), (SYMBOLS,), told=True),
    "bits_per_char": Measure(Text("Bits per character", "Bits por carácter"), (SYMBOLS,), told=True),
    "bits_per_word": Measure(Text("Bits per word", "Bits por palabra"), (SYMBOLS,), told=True),
    "perplexity": Measure(Text("Perplexity", "Perplejidad"), (SYMBOLS,), told=True),
    "length_error": Measure(Text("Length error", "Error de longitud"), (SYMBOLS, BITS)),
    "bleu": Measure(Text("BLEU", "BLEU"), (SYMBOLS,), True),
    "chrf": Measure(Text("chrF", "chrF"), (SYMBOLS,), True),
    "legal_sets": Measure(Text("Strings with every legal set", "Cadenas con todo conjunto legal"), (SYMBOLS, BITS), True, told=True),
    "confusion": Measure(Text("Confusion matrix", "Matriz de confusión"), (SYMBOLS,), table=True),
    "frame_nll": Measure(Text("Nats per frame", "Nats por cuadro"), (BITS,), told=True),
    "mse": Measure(Text("Mean squared error", "Error cuadrático medio"), (NUMBERS,)),
    "rmse": Measure(Text("Root mean squared error", "Raíz del error cuadrático medio"), (NUMBERS,)),
    "mae": Measure(Text("Mean absolute error", "Error absoluto medio"), (NUMBERS,)),
    "within_004": Measure(Text("Answers within 0.04", "Respuestas a menos de 0,04"), (NUMBERS,), True),
    "right_sign": Measure(Text("Answers of the right sign", "Respuestas con el signo correcto"), (NUMBERS,), True),
    "nmse": Measure(Text("Normalised squared error", "Error cuadrático normalizado"), (NUMBERS,)),
    "nrmse": Measure(Text("NRMSE", "NRMSE"), (NUMBERS,)),
    "nrmse84": Measure(Text("NRMSE 84 steps ahead", "NRMSE a 84 pasos"), (NUMBERS,)),
    "nrmse_last": Measure(Text("NRMSE at the last step", "NRMSE en el último paso"), (NUMBERS,)),
    "memory_capacity": Measure(Text("Memory capacity", "Capacidad de memoria"), (NUMBERS,), True),
}  # fmt: skip
OTHERS: dict[str, Text] = {
    "loss": Text("Loss", "Pérdida"),
    "train_loss": Text("Training loss", "Pérdida de entrenamiento"),
    "free_loss": Text("Loss running free", "Pérdida en marcha libre"),
    "grad_norm": Text("Gradient norm", "Norma del gradiente"),
}

WAS = {"reber_legal": "legal_sets"}  # what files, settings and kept answers may still call it


def present(name: str) -> str:
    """A metric's name of today."""
    return WAS.get(name, name)


def renamed(metrics: Mapping[str, float]) -> dict[str, float]:
    """Metrics that were kept, under their names of today."""
    return {present(name): value for name, value in metrics.items()}


def measure_name(name: str) -> Text:
    """How a person reads a metric; a name nobody knows is shown as it is."""
    name = present(name)
    if name in MEASURES:
        return MEASURES[name].name
    return OTHERS.get(name) or Text(name.replace("_", " "), name.replace("_", " "))


def higher_is_better(name: str) -> bool:
    """Losses, and what is not known, are better low."""
    name = present(name)
    return name in MEASURES and MEASURES[name].higher_is_better
