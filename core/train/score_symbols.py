"""How symbols and bits are scored: each function gives sums that add up over batches; what they mean is said once, at the
end, in metrics.py."""

from __future__ import annotations

from collections import Counter
from collections.abc import Hashable, Sequence

import numpy as np
import torch
from numpy.typing import NDArray
from torch import Tensor
from torch.nn import functional

from core.data.spelling import text_of
from core.data.vocabulary import END, is_mark
from core.train.judged import Judged

Sums = NDArray[np.float64]
BLEU_ORDER, CHRF_ORDER, CHRF_BETA = 4, 6, 2.0
TABLE_LIMIT = 128  # symbols; a larger confusion matrix is no picture any more


def pair(total: Tensor, count: Tensor | int) -> Tensor:
    return torch.stack([total.double(), torch.as_tensor(count, device=total.device).double()])


def accuracy(j: Judged) -> Tensor:
    return pair((j.right() & j.mask).sum(), j.mask.sum())


def exact(*cases: Judged) -> Tensor:
    """Sequences of which every answer is right, in all the outputs at once."""
    whole = torch.stack([_throughout(j.right() | ~j.mask) for j in cases]).all(0)
    return pair(whole.sum(), whole.numel())


def _throughout(holds: Tensor) -> Tensor:
    """(B,) whether it holds at every position of a sequence."""
    return holds.reshape(len(holds), -1).all(1)


def nats(j: Judged) -> Tensor:
    answer = j.target.masked_fill(~j.mask, -100)
    flat = j.prediction.flatten(0, -2)
    return pair(functional.cross_entropy(flat, answer.flatten(), reduction="sum", ignore_index=-100), j.mask.sum())


def frame_nll(j: Judged) -> Tensor:
    """−ln p of a whole frame of independent bits: summed over its units, averaged over frames
    (Boulanger-Lewandowski et al. 2012, section 5)."""
    bits = functional.binary_cross_entropy_with_logits(j.prediction, j.target, reduction="none").sum(-1)
    return pair((bits * j.mask).sum(), j.mask.sum())


def legal_sets(j: Judged) -> Tensor:
    """Sequences at every step of which the k most probable symbols are exactly the k legal ones (Cleeremans et al. 1989)."""
    legal = j.target if j.target.is_floating_point() else j.legal
    if legal is None:
        return torch.zeros(2, dtype=torch.float64, device=j.prediction.device)
    allowed = legal > 0.5
    worst_legal = j.prediction.masked_fill(~allowed, torch.inf).amin(-1)
    best_illegal = j.prediction.masked_fill(allowed, -torch.inf).amax(-1)
    whole = _throughout((worst_legal > best_illegal) | ~j.mask)
    return pair(whole.sum(), whole.numel())


def length_error(j: Judged) -> Tensor:
    """|length said − right length|: symbols before `<end>`, steps before a stop unit's first yes, or what a length head says.
    Symbols that have no `<end>` say nothing of a length."""
    if j.says_length:
        off = (j.prediction.argmax(-1) - j.target).abs()[j.mask]
        return pair(off.sum(), off.numel())
    if j.mask.dim() < 2 or not (j.target.is_floating_point() or END in j.vocabulary):
        return torch.zeros(2, dtype=torch.float64, device=j.prediction.device)
    if j.target.is_floating_point():
        said, right = _first(j.prediction[..., 0] > 0, j.said), _first(j.target[..., 0] > 0.5, j.mask)
        return pair((said - right).abs().sum(), len(said))
    errors = [abs(len(said) - len(right)) for said, right in j.sequences()]
    return torch.tensor([sum(errors), len(errors)], dtype=torch.float64, device=j.prediction.device)


def _first(yes: Tensor, counts: Tensor) -> Tensor:
    """(B,) the first step that says yes, or how many count where none does."""
    at = (yes & counts).double()
    return torch.where(at.any(1), at.argmax(1), counts.sum(1))


def confusion(j: Judged) -> Tensor:
    """(V, V) counts: rows what was right, columns what was most probable."""
    size = j.prediction.shape[-1]
    both = (j.target * size + j.prediction.argmax(-1))[j.mask]
    return torch.bincount(both, minlength=size * size).double()


# --- BLEU (Papineni et al. 2002) and chrF (Popović 2015), by sacrebleu's definitions ---


def bleu(j: Judged) -> Tensor:
    """Matching and possible n-grams of symbols, n = 1 to 4, and both lengths."""
    sums = np.zeros(2 * BLEU_ORDER + 2)
    for said, right in j.sequences():
        a, b = _symbols(said, j.vocabulary), _symbols(right, j.vocabulary)
        sums += bleu_sums(a, b)
    return torch.from_numpy(sums).to(j.prediction.device)


def chrf(j: Judged) -> Tensor:
    """Said, right and matching n-grams of characters, n = 1 to 6."""
    sums = np.zeros(3 * CHRF_ORDER)
    for said, right in j.sequences():
        sums += chrf_sums(_text(said, j.vocabulary), _text(right, j.vocabulary))
    return torch.from_numpy(sums).to(j.prediction.device)


def bleu_sums(said: Sequence[Hashable], right: Sequence[Hashable]) -> Sums:
    """[matches 1..4, possible 1..4, length said, right length]; a match counts as often as it is right at most."""
    orders = range(1, BLEU_ORDER + 1)
    matches = [(_ngrams(said, n) & _ngrams(right, n)).total() for n in orders]
    return np.array([*matches, *(max(0, len(said) - n + 1) for n in orders), len(said), len(right)], np.float64)


def bleu_of(sums: Sums) -> float:
    """0 to 100. Orders without a match count as 1/2, 1/4 ... of one match (sacrebleu's "exp" smoothing)."""
    matches, possible = sums[:BLEU_ORDER], sums[BLEU_ORDER:-2]
    said, right = sums[-2:]
    if not matches.any() or not possible.all():
        return 0.0
    smoothed, halves = matches.copy(), 1.0
    for n in np.flatnonzero(matches == 0):
        halves *= 2
        smoothed[n] = 1 / halves
    brevity = 1.0 if said >= right else float(np.exp(1 - right / said))
    return 100 * brevity * float(np.exp(np.log(smoothed / possible).mean()))


def chrf_sums(said: str, right: str) -> Sums:
    """[said, right, matching] for n = 1 to 6, white space left out."""
    a, b = "".join(said.split()), "".join(right.split())
    out: list[int] = []
    for n in range(1, CHRF_ORDER + 1):
        mine, theirs = _ngrams(a, n), _ngrams(b, n)
        out += [mine.total() if theirs else 0, theirs.total(), (mine & theirs).total()]
    return np.array(out, np.float64)


def chrf_of(sums: Sums) -> float:
    """0 to 100: the F score, recall counting β = 2 times, of mean precision and recall over the orders that occur."""
    said, right, matching = sums.reshape(CHRF_ORDER, 3).T
    there = (said > 0) & (right > 0)
    if not there.any():
        return 0.0
    precision, recall = (matching[there] / said[there]).mean(), (matching[there] / right[there]).mean()
    if precision + recall == 0:
        return 0.0
    weight = CHRF_BETA**2
    return float(100 * (1 + weight) * precision * recall / (weight * precision + recall))


def _ngrams(symbols: Sequence[Hashable], n: int) -> Counter[Hashable]:
    return Counter(tuple(symbols[i : i + n]) for i in range(len(symbols) - n + 1))


def _symbols(ids: list[int], vocabulary: Sequence[str]) -> list[Hashable]:
    """The symbols that are part of the text; numbers where there is no vocabulary."""
    named = [vocabulary[i] if i < len(vocabulary) else str(i) for i in ids]
    return [s for s in named if s.strip() and not is_mark(s)]


def _text(ids: list[int], vocabulary: Sequence[str]) -> str:
    if not vocabulary:
        return "".join(chr(i) for i in ids)
    marks = {i for i, s in enumerate(vocabulary) if is_mark(s)}
    plain = ["" if i in marks else s for i, s in enumerate(vocabulary)]
    return text_of([i for i in ids if i not in marks], plain)
