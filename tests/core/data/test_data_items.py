"""A fixed set of items seen once per epoch, and generated sequences that bring their lengths."""

import numpy as np

from core.data.items import Items
from core.data.stream import Generated
from core.specs.fields import DataField, Fields
from core.specs.sig import Sig

FIELDS = Fields((DataField("x", Sig("features", 1, ("T",))), DataField("y", Sig("tokens", 50, ()), target=True)))


def arrays(first, count):
    """Item i is a sequence of 1 + i % 4 numbers i."""
    ids = np.arange(first, first + count)
    lengths = 1 + ids % 4
    inside = np.arange(4) < lengths[:, None]
    return {"x": (inside * ids[:, None])[..., None].astype(np.float32), "y": ids, "T": lengths}


def test_every_item_is_seen_once_per_epoch_in_another_order():
    items = Items(FIELDS, arrays(0, 23), arrays(23, 7), batch=5)
    stream = items.stream(3)
    epochs = [[stream.next() for _ in range(items.steps_per_epoch)] for _ in range(3)]
    seen = [np.concatenate([b.arrays["y"] for b in epoch]) for epoch in epochs]
    assert items.steps_per_epoch == 5 and all(sorted(ids) == list(range(23)) for ids in seen)
    assert not np.array_equal(seen[0], seen[1]) and not np.array_equal(seen[1], seen[2])
    for batch in epochs[0]:  # rows stay together
        assert np.array_equal(batch.arrays["x"][:, 0, 0], batch.arrays["y"])
        assert np.array_equal(batch.lengths["T"], 1 + batch.arrays["y"] % 4)
    held_out = list(items.validation())
    assert [b.size for b in held_out] == [7] and np.array_equal(held_out[0].arrays["y"], np.arange(23, 30))


def test_generated_lengths_go_with_their_rows():
    data = Generated(FIELDS, lambda rng, n: arrays(0, n), batch=6, seed=0, held_out=300)
    assert set(data.stream(0).next().arrays) == {"x", "y"}
    assert np.array_equal(data.stream(0).next().lengths["T"], 1 + np.arange(6) % 4)
    parts = list(data.validation())
    assert [b.size for b in parts] == [256, 44]
    assert np.array_equal(np.concatenate([b.lengths["T"] for b in parts]), 1 + np.arange(300) % 4)
    assert np.array_equal(data.examples(3).lengths["T"], [1, 2, 3])
