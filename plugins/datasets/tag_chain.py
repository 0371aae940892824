"""A chain of tags over words: which tag is likely depends on the word and on the tag before. The best one can do is known."""

import math

import numpy as np

from core.api import Baseline, DataField, DatasetSpec, Fields, Generated, ParamSpec, Sig, Text, generator

HELD_OUT = 512
COUNTED, OTHERS = 3, 4000  # key of the generator, and how many sequences the counts are from
TAGS = ("<start>", "noun", "verb", "adjective", "article")
WORDS = ("rock", "walk", "fast", "light", "the", "blue", "cook", "a")
FIELDS = Fields(
    (
        DataField("words", Sig("tokens", len(WORDS), ("T",)), WORDS),
        DataField("tags", Sig("tokens", len(TAGS), ("T",)), TAGS, target=True),
    )
)


def chain():
    """p(tag | tag before) (5, 5), p(word | tag) (5, 8): fixed numbers; nothing follows into <start>."""
    tag = np.array(
        [
            [0, 0.20, 0.05, 0.15, 0.60],
            [0, 0.15, 0.65, 0.05, 0.15],
            [0, 0.20, 0.05, 0.25, 0.50],
            [0, 0.75, 0.05, 0.15, 0.05],
            [0, 0.60, 0.02, 0.37, 0.01],
        ]
    )
    word = np.array(
        [
            [0, 0, 0, 0, 0, 0, 0, 0],
            [0.40, 0.15, 0.05, 0.20, 0.00, 0.05, 0.15, 0.00],
            [0.15, 0.40, 0.05, 0.10, 0.00, 0.00, 0.30, 0.00],
            [0.00, 0.05, 0.40, 0.25, 0.00, 0.30, 0.00, 0.00],
            [0.00, 0.00, 0.00, 0.00, 0.60, 0.00, 0.00, 0.40],
        ]
    )
    return tag, word


def sequences(rng, count, length):
    """Words and tags (count, length) of a hidden Markov chain that starts at <start>."""
    follow, emit = (p.cumsum(1) for p in chain())
    tags = np.zeros((count, length), np.int64)
    words = np.zeros((count, length), np.int64)
    before = np.zeros(count, np.int64)
    for t in range(length):
        before = (rng.random((count, 1)) >= follow[before]).sum(1).clip(1, len(TAGS) - 1)
        tags[:, t] = before
        words[:, t] = (rng.random((count, 1)) >= emit[before]).sum(1).clip(0, len(WORDS) - 1)
    return {"words": words, "tags": tags}


def alone(words, tags):
    """What the word by itself says of its tag, in nats and as accuracy, counted on other sequences of the same length."""
    seen = sequences(generator(0, COUNTED), OTHERS, words.shape[1])
    joint = np.zeros((len(WORDS), len(TAGS)))
    joint[:, 1:] = 1e-3  # a pair that was not met may still come
    np.add.at(joint, (seen["words"].ravel(), seen["tags"].ravel()), 1.0)
    given = joint / joint.sum(1, keepdims=True)
    right = given[words.ravel(), tags.ravel()]
    return {"nats": float(-np.log(right).mean()), "accuracy": float((given.argmax(1)[words] == tags).mean())}


def told(words, tags):
    """p(tag | word, tag before): the best that is possible for who hears the tags before and not the words to come."""
    follow, emit = chain()
    before = np.concatenate([np.zeros((len(tags), 1), np.int64), tags[:, :-1]], 1)
    weight = follow[before] * emit.T[words]
    right = np.take_along_axis(weight, tags[..., None], 2)[..., 0] / weight.sum(2)
    return {"nats": float(-np.log(right).mean())}


def opened(params, seed):
    data = Generated(
        fields=FIELDS,
        make=lambda rng, count: sequences(rng, count, params["length"]),
        batch=params["batch"],
        seed=seed,
        held_out=HELD_OUT,
        chance={"loss": math.log(len(TAGS) - 1), "nats": math.log(len(TAGS) - 1), "accuracy": 1 / (len(TAGS) - 1)},
        baselines=lambda: rivals(data),
    )
    return data


def rivals(data):
    held = data.examples(HELD_OUT).arrays
    words, tags = held["words"], held["tags"]
    return (
        Baseline(Text("the word alone", "solo la palabra"), alone(words, tags)),
        Baseline(Text("the chain that made it", "la cadena que la hizo"), told(words, tags)),
    )


SPEC = DatasetSpec(
    kind="tag_chain",
    name=Text("Tags in a chain", "Etiquetas en cadena"),
    help=Text(
        "Each word has a tag that depends on the tag before: *rock* after *the* is a noun. p(tags | words) is a product over the "
        "steps, each given the tags before.",
        "Cada palabra tiene una etiqueta que depende de la anterior: *rock* tras *the* es un nombre. p(etiquetas | palabras) es un "
        "producto sobre los pasos, cada uno dadas las etiquetas anteriores.",
    ),
    params=(
        ParamSpec("length", "int", 20, Text("Length", "Largo"), Text("Words in a sequence.", "Palabras de cada secuencia."), 1, 10_000),
        ParamSpec("batch", "int", 32, Text("Batch", "Lote"), Text("Sequences per step.", "Secuencias por paso."), 1, 65_536),
    ),
    open=opened,
    peek=lambda params: FIELDS,
    metrics=("nats", "accuracy"),
)  # fmt: skip
