"""Turns drafts into ops once sizes are known: numbers for unknowns, bounds for starts that depend on the fan-in."""

from __future__ import annotations

from dataclasses import replace
from math import sqrt

from core.shapes.draft import Draft, Network
from core.shapes.unify import Sum, find, known
from core.specs.ops import InitRule, Op, Weight
from core.specs.sig import Sig


def solve(network: Network) -> list[tuple[Sum, Draft]]:
    """Settle the sums that wait, until no more can be; gives those that cannot hold."""
    waiting = list(network.sums)
    wrong: list[tuple[Sum, Draft]] = []
    while waiting:
        rest = []
        for equation, draft in waiting:
            held = equation.solve()
            if held is None:
                rest.append((equation, draft))
            elif not held:
                wrong.append((equation, draft))
        if len(rest) == len(waiting):
            break
        waiting = rest
    return wrong


def sig_of(draft: Draft, axes: dict[int, tuple[str, ...]]) -> Sig:
    """The final signature of what an op gives."""
    sig = draft.output.sig
    return Sig(sig.kind, find(sig.size), axes[draft.output.id])


def finished(network: Network, sigs: dict[int, Sig]) -> tuple[Op, ...]:
    """The ops, in the order drafted."""
    return tuple(_op(d, sigs) for d in network.drafts)


def _op(draft: Draft, sigs: dict[int, Sig]) -> Op:
    output = replace(draft.output, sig=sigs[draft.output.id])
    weights = tuple(_weight(w, draft.weights) for w in draft.weights)
    attrs = dict(draft.attrs)
    if draft.name == "slice" and "parts" in attrs:
        part, share = int(attrs.pop("part")), known(output.sig.size) or 0
        del attrs["parts"]
        attrs |= {"start": part * share, "stop": (part + 1) * share}
    if draft.name in ("constant", "keep_mask"):
        attrs["size"] = known(output.sig.size) or 0
    return Op(draft.name, tuple(draft.inputs), output, draft.path, weights, attrs, draft.port)


def _weight(weight: Weight, family: tuple[Weight, ...]) -> Weight:
    shape = tuple(find(n) for n in weight.shape)
    return replace(weight, shape=shape, init=_start(weight, family))


def _start(weight: Weight, family: tuple[Weight, ...]) -> InitRule:
    """`fan_in` is U(±gain/√columns of the op's matrix), torch's rule for Linear; a uniform start without a bound is
    U(±1/√rows), torch's rule for its recurrent layers."""
    init = weight.init
    rows, columns = known(family[0].shape[0]), known(family[0].shape[-1])
    if init.rule == "fan_in" and columns:
        return replace(init, rule="uniform", value=init.value / sqrt(columns))
    if init.rule == "uniform" and init.value == 0 and rows:
        return replace(init, value=1 / sqrt(rows))
    return init
