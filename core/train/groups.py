"""The training settings as a person looks for them: in groups, and each only where it changes something.

A setting that stands in no group is shown in the last one, so that a new one is never out of reach.
"""

from __future__ import annotations

from dataclasses import replace

from core.specs.params import ParamSpec
from core.train.settings import FIELDS
from core.words import Text

GROUPS: tuple[tuple[Text, tuple[str, ...]], ...] = (
    (Text("Run", "Ejecución"), ("steps", "seed", "device", "precision", "threads")),
    (
        Text("Optimizer", "Optimizador"),
        ("optimizer", "learning_rate", "momentum", "ridge", "l2", "weight_decay", "schedule", "schedule_factor", "warmup"),
    ),
    (Text("Gradient", "Gradiente"), ("clip_norm", "clip_value", "truncate", "truncate_state", "gradient_noise")),
    (
        Text("Teacher forcing", "Forzado del profesor"),
        ("forcing", "forcing_start", "forcing_end", "forcing_pace"),
    ),
    (
        Text("Validation and end", "Validación y final"),
        ("validate_every", "stop_metric", "stop_value", "patience", "keep", "keep_by"),
    ),
    (
        Text("Watching and keeping", "Observar y guardar"),
        ("probe_budget", "probe_examples", "checkpoint_every", "sample_every", "sample_length", "temperature"),
    ),
)  # fmt: skip

BY_STEPS = ("sgd", "adam", "adamw", "rmsprop", "adagrad", "adadelta")  # optimizers that follow a gradient
WHEN: dict[str, tuple[str, tuple[str, ...]]] = {
    "momentum": ("optimizer", ("sgd", "rmsprop")),
    "ridge": ("optimizer", ("ridge",)),
    "learning_rate": ("optimizer", BY_STEPS),
    "l2": ("optimizer", BY_STEPS),
    "weight_decay": ("optimizer", BY_STEPS),
    "schedule": ("optimizer", BY_STEPS),
    "schedule_factor": ("schedule", ("step", "cosine", "linear")),
    "warmup": ("optimizer", BY_STEPS),
    "clip_norm": ("optimizer", BY_STEPS),
    "clip_value": ("optimizer", BY_STEPS),
    "gradient_noise": ("optimizer", BY_STEPS),
    "truncate": ("optimizer", BY_STEPS),
    "truncate_state": ("truncate", ()),
    "forcing_end": ("forcing", ("linear", "exponential", "inverse_sigmoid")),
    "forcing_pace": ("forcing", ("linear", "exponential", "inverse_sigmoid")),
    "stop_value": ("stop_metric", ()),
    "patience": ("optimizer", BY_STEPS),
    "keep": ("optimizer", BY_STEPS),
    "keep_by": ("keep", ("best",)),
}


def grouped() -> tuple[tuple[Text, tuple[ParamSpec, ...]], ...]:
    """Every field of a run in its group, with the condition under which it acts."""
    known = {f.name: replace(f, when=WHEN.get(f.name, f.when)) for f in FIELDS}
    placed = {name for _, names in GROUPS for name in names}
    rest = tuple(f for f in known.values() if f.name not in placed)
    made = [(title, tuple(known[n] for n in names if n in known)) for title, names in GROUPS]
    made[-1] = (made[-1][0], made[-1][1] + rest)
    return tuple((title, fields) for title, fields in made if fields)
