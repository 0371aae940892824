"""What is said where a trained model would answer, while there are no weights yet: that it trains, and when the first come."""

from __future__ import annotations

from core.problems import filled
from core.words import Text
from studio.panels.numbers import count
from studio.state import State

UNTRAINED = Text("Nothing is trained yet.", "Aún no hay nada entrenado.")
TRAINS = Text("The network is training.", "La red se está entrenando.")
NEXT = Text("It answers from step {n} on, when its weights are first kept.", "Responde desde el paso {n}, cuando se guardan sus pesos por primera vez.")  # fmt: skip
AT_END = Text("It answers once the training ends or is stopped: then its weights are kept.", "Responde cuando el entrenamiento acaba o se detiene: entonces se guardan sus pesos.")  # fmt: skip
WRITES = Text("It writes a first line at step {n}.", "Escribe una primera línea en el paso {n}.")


def headline(state: State) -> Text:
    return TRAINS if state.bridge.view.busy else UNTRAINED


def when(state: State) -> Text | None:
    """When the run at hand first has something to show; None where none goes on."""
    view, training = state.bridge.view, state.bridge.training
    if not view.busy or training is None:
        return None
    keeps = [training.checkpoint_every, training.validate_every if training.keep == "best" else 0]
    first = min((_after(view.at, every) for every in keeps if every), default=training.steps)
    kept = filled(NEXT, n=count(first)) if first < training.steps else AT_END
    line = training.sample_every
    if not 0 < line <= training.steps:
        return kept
    told = filled(WRITES, n=count(_after(view.at, line)))
    return Text(f"{told.en} {kept.en}", f"{told.es} {kept.es}")


def _after(step: int, every: int) -> int:
    """The next step at which something happens that happens every so often."""
    return (step // every + 1) * every
