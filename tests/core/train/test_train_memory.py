"""A model that cannot fit is refused before anything is allocated."""

from __future__ import annotations

from dataclasses import replace

import pytest
import torch

from core.data.room import free_memory
from core.problems import Refused
from core.project.gallery import shipped
from core.project.settingpath import apply_settings
from core.session import Session
from core.specs.registry import default_registry
from core.train.memory import bytes_of, check_room
from core.train.module import make
from core.train.optim import make_optimizer
from core.train.settings import Training


def program(*settings: str):
    session = Session()
    session.new(apply_settings(shipped("adding-lstm").project, settings, default_registry()))
    return session.program()


@pytest.mark.parametrize(
    ("optimizer", "momentum"), [("sgd", 0.0), ("sgd", 0.9), ("rmsprop", 0.0), ("adam", 0.0), ("adamw", 0.0)]
)
def test_the_estimate_is_what_torch_holds_after_a_step(optimizer: str, momentum: float) -> None:
    made = program()
    training = Training(optimizer=optimizer, momentum=momentum)
    module = make(made)
    trained = [p for p in module.parameters() if p.requires_grad]
    optim = make_optimizer(trained, training)
    sum(p.sum() for p in trained).backward()
    optim.step()
    held = sum(
        v.numel() * v.element_size() for s in optim.state.values() for v in s.values() if torch.is_tensor(v) and v.dim()
    )
    held += sum(2 * p.numel() * p.element_size() for p in trained)
    assert bytes_of(made, training) == held


def test_what_fits_passes_and_what_does_not_names_the_matrix() -> None:
    made, training = program("node.memory.units=512"), Training()
    needed = bytes_of(made, training)
    check_room(made, training, 2 * needed)
    check_room(made, training, None)
    with pytest.raises(Refused) as refused:
        check_room(made, training, needed)
    problem = refused.value.problems[0]
    assert problem.code == "train.too_big" and problem.where.path[0] == "memory" and "512×512" in problem.hint.en


def test_a_run_far_too_big_ends_before_it_begins(tmp_path) -> None:
    free = free_memory()
    if free is None:
        pytest.skip("this system does not tell its free memory")
    units = int((free / 16) ** 0.5)  # 4 gates · units² · 4 bytes · 4 copies = 4 × what is free
    if units > 1e6 or 4 * units**2 > 2e9:
        units = 22_000
    session = Session()
    project = apply_settings(shipped("adding-lstm").project, [f"node.memory.units={units}"], default_registry())
    session.new(replace(project, training=replace(project.training, steps=1)))
    heard: list[object] = []
    session.start(tmp_path / "run", listener=heard.append)
    assert session.run is not None and session.run.wait(60)
    assert heard[-1].problem.code == "train.too_big", heard[-1]
