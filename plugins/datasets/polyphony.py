"""Four voices over changing chords: which keys sound in the next frame? Each key is a yes or no of its own."""

import math

import numpy as np

from core.api import Baseline, DataField, DatasetSpec, Fields, Generated, ParamSpec, Sig, Text, generator

HELD_OUT = 128
VOICES, OCTAVE = 4, 12
KEYS = VOICES * OCTAVE  # an octave for each voice, the bass first
CHORD_FRAMES = 2  # a chord sounds this long
STAY = 0.7  # chance that a voice repeats its note while the chord does
TRIADS = np.array([(0, 4, 7), (2, 5, 9), (5, 9, 0), (7, 11, 2), (9, 0, 4)])  # I ii IV V vi; the root comes first
FOLLOWS = np.array(
    [
        [0.0, 0.2, 0.3, 0.3, 0.2],
        [0.0, 0.0, 0.1, 0.8, 0.1],
        [0.3, 0.2, 0.0, 0.5, 0.0],
        [0.7, 0.0, 0.0, 0.0, 0.3],
        [0.1, 0.4, 0.4, 0.1, 0.0],
    ]
)
FIELDS = Fields(
    (
        DataField("keys", Sig("features", KEYS, ("T",))),
        DataField("next", Sig("features", KEYS, ("T",)), target=True),
    )
)
# In each octave exactly one key sounds. The key of a piece is any of twelve alike, and all rules turn with it, so every
# key sounds in a twelfth of the frames: what knowing no more than that costs.
MARGINAL = KEYS * -(math.log(1 / 12) / 12 + 11 / 12 * math.log(11 / 12))


def steps():
    """Edges (changed, voice, degree, note before, 2) that cut [0, 1) into the chances of the chord's three notes, counted
    from the tonic. In a new chord near notes are likelier, and the bass likes the root; in the same chord a voice repeats
    its note more often than not."""
    apart = (TRIADS[:, None, :] - np.arange(OCTAVE)[:, None]) % OCTAVE  # (degree, before, 3)
    near = np.stack([np.exp(-np.minimum(apart, OCTAVE - apart) / 2.0)] * VOICES)
    near[0, ..., 0] += 2
    repeat = np.broadcast_to(np.where(apart == 0, STAY, (1 - STAY) / 2), near.shape)
    chances = np.stack([repeat, near])
    return np.cumsum(chances / chances.sum(-1, keepdims=True), -1)[..., :2]


STEPS = steps()
CHORDS = np.cumsum(FOLLOWS, 1)[:, :-1]


def sequences(rng, count, length):
    """Keys (count, length, 48) that sound in each frame, 0 or 1, and those of the frame after."""
    degree, voice = rng.integers(0, len(TRIADS), count), np.arange(VOICES)
    before = rng.integers(0, OCTAVE, (count, VOICES))
    phase = int(rng.integers(CHORD_FRAMES))
    turns, moves = rng.random((length + 1, count, 1)), rng.random((length + 1, count, VOICES, 1))
    notes = np.zeros((count, length + 1, VOICES), np.int64)
    for t in range(length + 1):
        changed = t == 0 or (t + phase) % CHORD_FRAMES == 0
        if changed and t:
            degree = (turns[t] >= CHORDS[degree]).sum(1)
        chosen = (moves[t] >= STEPS[int(changed), voice, degree[:, None], before]).sum(2)
        before = TRIADS[degree[:, None], chosen]
        notes[:, t] = before
    tonic = rng.integers(0, OCTAVE, (count, 1, 1))
    sounding = np.zeros((count, length + 1, VOICES, OCTAVE), np.float32)
    np.put_along_axis(sounding, ((notes + tonic) % OCTAVE)[..., None], 1, 3)
    frames = sounding.reshape(count, length + 1, KEYS)
    return {"keys": frames[:, :-1], "next": frames[:, 1:]}


def by_itself(data, length):
    """What is known of a key from whether it sounds now: two numbers, counted on other pieces."""
    seen = sequences(generator(0, 3), 256, length)
    now, after = seen["keys"] > 0, seen["next"] > 0
    chance = np.array([after[~now].mean(), after[now].mean()])
    held_out = list(data.validation())
    said = np.concatenate([chance[b.arrays["keys"].astype(int)] for b in held_out])
    true = np.concatenate([b.arrays["next"] for b in held_out])
    nats = -(true * np.log(said) + (1 - true) * np.log(1 - said)).sum(-1).mean()
    return Baseline(
        Text("each key by itself", "cada tecla por su cuenta"), {"frame_nll": float(nats), "loss": float(nats) / KEYS}
    )


def opened(params, seed):
    length = params["length"]
    data = Generated(
        fields=FIELDS,
        make=lambda rng, count: sequences(rng, count, length),
        batch=params["batch"],
        seed=seed,
        held_out=HELD_OUT,
        chance={"frame_nll": MARGINAL, "loss": MARGINAL / KEYS},
        baselines=lambda: (by_itself(data, length),),
    )
    return data


SPEC = DatasetSpec(
    kind="polyphony",
    name=Text("Four voices", "Cuatro voces"),
    help=Text(
        "Made-up music: four voices, one octave each, over chords that follow each other in some key. Foretell the keys of "
        "the next frame, each a yes or no. Knowing only how often a key sounds costs 13.77 nats per frame.",
        "Música inventada: cuatro voces, una octava cada una, sobre acordes que se siguen en una tonalidad. Hay que predecir "
        "las teclas del cuadro siguiente, cada una sí o no. Saber solo cuánto suena cada tecla cuesta 13,77 nats por cuadro.",
    ),
    params=(
        ParamSpec("length", "int", 64, Text("Length", "Largo"), Text("Frames in a piece.", "Cuadros de cada pieza."), 1, 100_000),
        ParamSpec("batch", "int", 16, Text("Batch", "Lote"), Text("Pieces per step.", "Piezas por paso."), 1, 65_536),
    ),
    open=opened,
    peek=lambda params: FIELDS,
    metrics=("frame_nll",),
)  # fmt: skip
