"""A fixed set of items, shuffled anew in every epoch: what measured collections of a modest size need."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass, field

from core.data.dataset import Array, Baseline, Batch, no_baselines
from core.data.stream import HELD_OUT_BATCH, ORDER, BatchStream, as_batch, checksum, cut, generator, rows, trimmed
from core.specs.fields import Fields


@dataclass(frozen=True)
class Items:
    """Training and held-out items as whole arrays by field name, lengths by axis name beside them where there is padding.
    The last batch of an epoch holds what is left."""

    fields: Fields
    training: Mapping[str, Array]
    held_out: Mapping[str, Array]
    batch: int
    chance: Mapping[str, float] = field(default_factory=dict)
    baselines: Callable[[], tuple[Baseline, ...]] = no_baselines

    @property
    def steps_per_epoch(self) -> int:
        return -(-self._all.size // self.batch)

    def stream(self, seed: int) -> BatchStream:
        everything, count = self._all, self.steps_per_epoch

        def make(number: int) -> Batch:
            epoch, at = divmod(number, count)
            order = generator(seed, ORDER, epoch).permutation(everything.size)
            return trimmed(self.fields, rows(everything, order[at * self.batch : (at + 1) * self.batch]))

        return BatchStream(make, checksum(everything.arrays))

    def validation(self) -> Iterator[Batch]:
        for batch in cut(as_batch(self.fields, self.held_out), HELD_OUT_BATCH):
            yield trimmed(self.fields, batch)

    def examples(self, count: int) -> Batch:
        return trimmed(self.fields, rows(as_batch(self.fields, self.held_out), slice(count)))

    @property
    def _all(self) -> Batch:
        return as_batch(self.fields, self.training)
