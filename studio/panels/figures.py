"""What a run says of itself in numbers, beside the buttons that steer it: where, how big, what it reached, and when."""

from __future__ import annotations

from core.words import Text, say
from studio.bridge import RunView
from studio.panels.numbers import amount, count

OF_TRAINING = Text("Training: the batch of step {a}.", "Entrenamiento: el lote del paso {a}.")
OF_HELD_OUT = Text("Held out: after step {a}.", "Reserva: tras el paso {a}.")


def machine(view: RunView) -> str:
    """Where it computes and how finely; nothing where that is not known."""
    return " · ".join(filter(None, (view.started.device, view.started.precision))) if view.started else ""


def metric_table(view: RunView) -> list[tuple[str, float | None, float | None, float | None]]:
    """Rows of name, training, held-out, chance: of what this network is measured by, whatever else chance is known of."""
    train, held_out = dict(view.latest), dict(view.held[1]) if view.held is not None else {}
    chance = dict(view.started.chance) if view.started is not None else {}
    names = list(dict.fromkeys(["loss", *train, *held_out]))
    return [(n, train.get(n), held_out.get(n), chance.get(n)) for n in names]


def steps_told(view: RunView) -> str:
    """Which step each column is of: they are asked at different ones, and the run may have gone on since."""
    told = (
        (OF_TRAINING, view.scored.step if view.scored else None),
        (OF_HELD_OUT, view.held[0] if view.held else None),
    )
    return " ".join(say(words, a=count(at)) for words, at in told if at is not None)


def run_facts(view: RunView) -> str:
    """Size of the model and what of it runs fused."""
    if view.started is None:
        return ""
    parts = [say(Text("{n} parameters", "{n} parámetros"), n=count(view.started.parameters))]
    kinds = sorted(set(view.started.fused.values()))
    if kinds:
        parts.append(say(Text("fused: {k}", "fusionado: {k}"), k=", ".join(kinds)))
    parts += [say(line).rstrip(".") for line in view.started.told]  # the dot between them ends a sentence too
    if view.step is not None:
        parts.append(say(Text("gradient norm {g}", "norma del gradiente {g}"), g=amount(view.step.grad_norm)))
    return " · ".join(parts)
