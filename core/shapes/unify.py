"""Sizes as unknowns: two sizes that must be equal are unified, sums wait until enough of them is known."""

from __future__ import annotations

from dataclasses import dataclass, replace

from core.specs.sig import Dim, Sig, Size


def find(size: Size) -> Size:
    """The number a size is known to be, or the unknown that stands for all its equals."""
    while isinstance(size, Dim) and size.bound is not None:
        size = size.bound
    return size


def unify(a: Size, b: Size) -> bool:
    """Make two sizes equal from now on. False where both are known and differ."""
    a, b = find(a), find(b)
    if a is b or a == b:
        return True
    if isinstance(a, Dim):
        a.bound = b
        return True
    if isinstance(b, Dim):
        b.bound = a
        return True
    return False


def known(size: Size) -> int | None:
    """The number, or None while it is not known."""
    found = find(size)
    return None if isinstance(found, Dim) else found


def settled(sig: Sig) -> Sig:
    """The signature with its size replaced by what is known of it."""
    return replace(sig, size=find(sig.size))


@dataclass(frozen=True)
class Sum:
    """`total` is the sum of `parts`; the same unknown may occur several times."""

    total: Size
    parts: tuple[Size, ...]

    def solve(self) -> bool | None:
        """True once it holds, False where it cannot, None while too little is known."""
        total, parts = known(self.total), [find(p) for p in self.parts]
        rest = sum(p for p in parts if not isinstance(p, Dim))
        unknown = {id(p): p for p in parts if isinstance(p, Dim)}
        if not unknown:
            return unify(self.total, rest)
        if total is None or len(unknown) > 1:
            return None
        count = len(parts) - sum(not isinstance(p, Dim) for p in parts)
        share, left = divmod(total - rest, count)
        return share > 0 and left == 0 and unify(next(iter(unknown.values())), share)
