"""What a dataset offers to a graph: named fields with kind, size, axes. Inputs and targets name them."""

from __future__ import annotations

from dataclasses import dataclass, field, replace

from core.specs.sig import Sig


@dataclass(frozen=True)
class DataField:
    """One named stream of a dataset. `vocabulary` are the symbols of a token field, index = id."""

    name: str
    sig: Sig  # size is an int here
    vocabulary: tuple[str, ...] | None = None
    target: bool = False  # an answer, not to be shown to the model
    steps: int = field(default=0, repr=False)  # of each held-out sequence, where all are alike; not of the model


@dataclass(frozen=True)
class Fields:
    """Everything a graph may know about its data before a single number is read."""

    items: tuple[DataField, ...] = ()

    def get(self, name: str) -> DataField | None:
        return next((f for f in self.items if f.name == name), None)

    def lasting(self, steps: int) -> Fields:
        """The same, of data whose held-out sequences all have so many steps."""
        return Fields(tuple(replace(f, steps=steps) if f.sig.axes == ("T",) else f for f in self.items))
