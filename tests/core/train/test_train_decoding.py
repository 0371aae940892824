"""Writing with a trained model, judged by counting every text there is, and by hand."""

from __future__ import annotations

import ast
import itertools
import math
from pathlib import Path
from typing import Any

import pytest
import torch

from core.specs.fields import DataField, Fields
from core.specs.sig import Sig
from core.train import decoding
from core.train.decoding import Choice, Loop, Walk, log_probabilities, search, shares_of, write
from core.train.generation import loop_of
from core.train.module import make
from tests.core.compile.taught import NAMED, drawn, program, speller, tagger

F64 = torch.float64
GREEDY = Choice(temperature=0)


def speaking(model: Any = speller, seed: int = 4) -> tuple[Any, Loop, torch.Tensor]:
    p = program(model())
    torch.manual_seed(seed)
    module = make(p, F64).eval()
    with torch.no_grad():
        for weight in module.parameters():
            weight.mul_(4)  # opinions worth searching among
    return module, loop_of(p), torch.randn(1, 6, dtype=F64)


def test_top_k_and_nucleus_leave_what_they_say() -> None:
    logits = torch.tensor([0.4, 0.3, 0.2, 0.1], dtype=F64).log()
    close = torch.testing.assert_close
    close(shares_of(logits, Choice()), torch.tensor([0.4, 0.3, 0.2, 0.1], dtype=F64))
    close(shares_of(logits, Choice(top_k=2)), torch.tensor([4 / 7, 3 / 7, 0, 0], dtype=F64))
    close(shares_of(logits, Choice(top_p=0.5)), torch.tensor([4 / 7, 3 / 7, 0, 0], dtype=F64))
    close(shares_of(logits, Choice(top_p=0.39)), torch.tensor([1.0, 0, 0, 0], dtype=F64))
    close(shares_of(logits, Choice(top_p=0.01)), torch.tensor([1.0, 0, 0, 0], dtype=F64))
    close(shares_of(logits, Choice(temperature=0.5)), torch.tensor([16.0, 9, 4, 1], dtype=F64) / 30)
    close(shares_of(logits, GREEDY), torch.tensor([1.0, 0, 0, 0], dtype=F64))


def test_greedy_writing_is_the_free_run() -> None:
    module, loop, image = speaking()
    free = module(image, steps=9)[0][loop.logits][0].argmax(-1).tolist()
    written = write(module, loop, (image,), 9, GREEDY)
    assert list(written.symbols) == free and not written.ended
    assert written.total == pytest.approx(float(log_probabilities(module, loop, free, (image,)).sum()), abs=1e-9)


def test_the_probabilities_of_all_texts_add_up_to_one() -> None:
    module, loop, image = speaking()
    total = sum(
        math.exp(float(log_probabilities(module, loop, text, (image,)).sum()))
        for text in itertools.product(range(4), repeat=4)
    )
    assert total == pytest.approx(1.0, abs=1e-9)


@pytest.mark.parametrize("end", [None, 3])
@pytest.mark.parametrize("alpha", [0.0, 0.6])
def test_a_wide_beam_finds_the_best_text_there_is(end: int | None, alpha: float) -> None:
    """Against every text of up to four symbols."""
    module, loop, image = speaking()
    loop = Loop(loop.logits, loop.heard, loop.timed, loop.truth, end)
    found = search(module, loop, (image,), 4, Choice(beams=256, alpha=alpha))[0]

    def score(text: tuple[int, ...]) -> float:
        return float(log_probabilities(module, loop, text, (image,)).sum()) / ((5 + len(text)) / 6) ** alpha

    texts = [t for n in range(1, 5) for t in itertools.product(range(4), repeat=n)]
    whole = [t for t in texts if (len(t) == 4 if end is None else t[-1] == end and end not in t[:-1])]
    best = max(whole, key=score)
    assert found.symbols == (best if end is None else best[:-1])
    assert found.ended == (end is not None)
    assert found.total / ((5 + len(best)) / 6) ** alpha == pytest.approx(score(best), abs=1e-9)


def test_a_beam_is_never_worse_than_greedy_here_and_one_beam_is_greedy() -> None:
    for seed in range(6):
        module, loop, image = speaking(seed=seed)
        greedy = write(module, loop, (image,), 6, GREEDY)
        assert search(module, loop, (image,), 6, Choice(beams=1, alpha=0))[0].symbols == greedy.symbols
        assert search(module, loop, (image,), 6, Choice(beams=64, alpha=0))[0].total >= greedy.total - 1e-9


def test_the_end_symbol_ends_and_a_prompt_is_gone_on_from() -> None:
    module, loop, image = speaking()
    free = write(module, loop, (image,), 8, GREEDY).symbols
    ending = Loop(loop.logits, loop.heard, loop.timed, loop.truth, end=free[2])
    first = free.index(free[2])
    written = write(module, ending, (image,), 8, GREEDY)
    assert written.symbols == free[:first] and written.ended and len(written.logp) == first + 1
    assert write(module, loop, (image,), 5, GREEDY, prompt=free[:3]).symbols == free[3:8]


def test_inputs_of_the_same_time_say_how_long() -> None:
    module, loop, _ = speaking(tagger)
    words = torch.randint(0, 5, (1, 7), generator=torch.Generator().manual_seed(1))
    whole = module(words)[0][loop.logits][0].argmax(-1)
    assert list(write(module, loop, (words,), 100, GREEDY).symbols) == whole.tolist()
    best = search(module, loop, (words,), 100, Choice(beams=3, alpha=0))[0]
    assert len(best.symbols) == 7 and not best.ended


def test_the_same_seed_writes_the_same_and_leaves_other_draws_alone() -> None:
    module, loop, image = speaking()
    before = torch.get_rng_state()
    one, same, other = (write(module, loop, (image,), 30, Choice(1.5), seed=s).symbols for s in (1, 1, 2))
    assert one == same != other
    assert torch.equal(before, torch.get_rng_state())


def test_drawn_symbols_follow_their_shares() -> None:
    """Chi-square over the first symbol, 3 degrees of freedom, p = 1e-6."""
    module, loop, image = speaking()
    drawn_ = [write(module, loop, (image,), 1, Choice(1.2), seed=s) for s in range(2000)]
    counts = torch.bincount(torch.tensor([w.symbols[0] for w in drawn_]), minlength=4)
    expected = drawn_[0].shares[0] * 2000
    assert float(((counts - expected) ** 2 / expected).sum()) < 30.7


def stopping(kind: str) -> tuple[Any, Fields]:
    """The speller with a head of its own for when to stop."""
    static = kind == "length"
    sig = Sig("tokens", 6) if static else Sig("features", 1, ("T",))
    fields = Fields((*NAMED.items, DataField("over", sig, tuple("012345") if static else None, target=True)))
    graph = drawn(
        {
            "image": ("features", {}), "see": ("dense", {"units": 7}), "letter": ("embedding", {"size": 3}),
            "both": ("concat", {}), "memory": ("gru_reset_after", {"units": 6}), "o": ("dense", {"units": 0}),
            "name": ("target", {"field": "name"}), "teacher": ("teacher", {}), "loss": ("cross_entropy", {}),
            "when": ("dense", {"units": 0}), "stop": (f"{kind}_head", {}), "over": ("target", {"field": "over"}),
            "late": ("cross_entropy" if static else "bce", {}),
        },
        ["image.x see.x", "see.y both.x", "teacher.y letter.x 1", "letter.y both.x", "both.y memory.x", "memory.h o.x",
         "o.y loss.logits", "name.y loss.target", "o.y teacher.free", "name.y teacher.truth",
         "see.y when.x" if static else "memory.h when.x", "when.y stop.x", "stop.logits late.logits", "over.y late.target"],
    )  # fmt: skip
    return graph, fields


def test_a_stop_output_ends_the_text() -> None:
    p = program(stopping("stop"))
    assert p.stop is not None and p.stop.kind == "stop"
    loop = loop_of(p)
    for seed in range(4):
        torch.manual_seed(seed)
        module = make(p, F64).eval()
        with torch.no_grad():
            for weight in module.parameters():
                weight.mul_(5)
        image = torch.randn(1, 6, dtype=F64)
        outputs = module(image, steps=12)[0]
        last = [t for t in range(12) if outputs[loop.stop][0, t].item() > 0][:1]
        written = write(module, loop, (image,), 12, GREEDY)
        assert len(written.symbols) == (last[0] + 1 if last else 12) and written.ended == bool(last)
    found = search(module, loop, (image,), 3, Choice(beams=300, alpha=0))
    with torch.no_grad():
        total = 0.0
        for n in (1, 2, 3):
            for text in itertools.product(range(4), repeat=n):
                stops = module(image, truth={loop.truth: torch.tensor([text])})[0][loop.stop][0].flatten()
                said = float(log_probabilities(module, loop, text, (image,)).sum())
                over = torch.nn.functional.logsigmoid(torch.cat([-stops[:-1], stops[-1:]])).sum()
                total = max(total, math.exp(said + float(over)))
    walked = Walk(module, loop, (image,))
    walked.begin(())
    assert found[0].ended
    text = found[0].symbols
    stops = module(image, truth={loop.truth: torch.tensor([text])})[0][loop.stop][0].flatten().detach()
    over = torch.nn.functional.logsigmoid(torch.cat([-stops[:-1], stops[-1:]])).sum()
    assert math.exp(found[0].total + float(over)) == pytest.approx(total, rel=1e-9)


def test_a_predicted_length_is_kept() -> None:
    p = program(stopping("length"))
    loop = loop_of(p)
    lengths = set()
    for seed in range(5):
        torch.manual_seed(seed)
        module, image = make(p, F64).eval(), torch.randn(1, 6, dtype=F64)
        said = int(module(image, steps=1)[0][loop.length][0].argmax())
        for written in (
            write(module, loop, (image,), 50, GREEDY),
            search(module, loop, (image,), 50, Choice(beams=2))[0],
        ):
            assert len(written.symbols) == said and written.ended
        lengths.add(said)
    assert len(lengths) > 1


def test_it_needs_torch_and_nothing_else() -> None:
    """So that it goes with exported models, word for word."""
    tree = ast.parse(Path(decoding.__file__).read_text("utf-8"))
    named = {n.module for n in ast.walk(tree) if isinstance(n, ast.ImportFrom)}
    named |= {a.name for n in ast.walk(tree) if isinstance(n, ast.Import) for a in n.names}
    assert {str(n).split(".")[0] for n in named} <= {"__future__", "collections", "dataclasses", "typing", "torch"}
