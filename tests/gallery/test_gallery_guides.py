"""Every chart that a guide names is one that its project can show, and both languages name the same ones."""

from __future__ import annotations

from collections.abc import Callable
from functools import lru_cache

import pytest

from core.compile.program import Program
from core.data.open import metrics_of
from core.project.document import Document
from core.project.gallery import gallery, shipped
from core.session import Session
from core.specs.registry import default_registry
from core.train.recursion import loops_of
from core.words import Language, set_language
from studio.panels.guide import full_page
from studio.panels.named import CHART, linked, meant, targets

NAMES = [p.name for p in gallery()]
NOTHING = {("digits-dense", "gradient_flow")}  # whose guide says that it has nothing to draw


@lru_cache(maxsize=1)
def probed(name: str) -> Program:
    return Session(Document(shipped(name).project)).program("twin")


def named(name: str, language: Language) -> list[tuple[str, str]]:
    """The charts and keys that are links on a page, in order."""
    set_language(language)
    try:
        page = linked(full_page(shipped(name)), default_registry())
    finally:
        set_language("en")
    return [meant(f"{CHART}:{part.split()[0]}") for part in page.split(f"]({CHART}:")[1:]]


def timed(program: Program) -> bool:
    return any(len(p.sig.axes) == 1 for p in program.probes)


def stateful(program: Program) -> bool:
    return bool(program.states) or any(op.name == "delay" for op in program.ops)


NEEDS: dict[str, Callable[[Program], object]] = {
    "gradient_flow": stateful,
    "gradient_matrix": stateful,
    "gradient_heat": timed,
    "heat": timed,
    "unrolled": timed,
    "step_loss": timed,
    "contributions": stateful,
    "eigenvalues": lambda program: any(w.recurrent and w.shape[0] == w.shape[-1] for w in program.weights),
    "jacobian_product": loops_of,
    "jacobian_values": loops_of,
    "jacobian_roots": loops_of,
    "matrix": lambda program: any(len(p.sig.axes) == 2 for p in program.probes),
    "forcing": lambda program: program.teachers,
    "confusion": lambda program: any(o.loss == "cross_entropy" for o in program.outputs),
    "distribution": lambda program: any(o.loss == "cross_entropy" for o in program.outputs),
    **dict.fromkeys(
        ("loss", "metrics", "grad_norm", "clip_rate", "learning_rate", "updates", "weight_norms"), lambda _: True
    ),
}


@pytest.mark.parametrize("name", NAMES)
def test_what_a_guide_names_is_there_to_be_shown(name: str) -> None:
    english = named(name, "en")
    assert sorted(english) == sorted(named(name, "es"))
    for kind, key in english:
        assert NEEDS[kind](probed(name)) or (name, kind) in NOTHING, kind
        assert not key or key in metrics_of(default_registry(), shipped(name).project.data), key


def test_names_are_found_in_either_language_and_other_links_lead_nowhere() -> None:
    registry = default_registry()
    assert linked("the *gradient flow* of", registry).startswith("the [gradient flow](chart:gradient_flow ")
    assert linked("**Loss** \\*loss\\* *nothing*", registry) == "**Loss** \\*loss\\* *nothing*"
    assert targets(registry)["bits per character"] == "chart:metrics/bits_per_char"
    assert meant("chart:metrics/accuracy") == ("metrics", "accuracy") and meant("https://x/chart:loss") == ("", "")
    assert (
        linked("*Samples*", registry).startswith("[Samples](panel:text ") and meant("panel:text", "panel")[0] == "text"
    )
