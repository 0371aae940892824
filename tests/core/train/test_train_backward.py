"""What runs on a reversed sequence is shown with the symbols in the order it read them."""

from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest
import torch

from core.observe.recording import Recording
from core.project.gallery import shipped
from core.project.running import make_job
from core.specs.registry import default_registry
from core.train.controls import Controls
from core.train.loop import train
from core.train.messages import Started
from core.train.module import make, share


def test_a_backward_state_stands_under_the_letters_it_has_read(tmp_path: Path) -> None:
    """Judge: the letter under its first tick is the last of the name, and the state there is that of this letter alone."""
    project = shipped("names-language").project
    few = replace(project, training=replace(project.training, steps=1, validate_every=0, stop_metric=""))
    job = make_job(few, default_registry(), None, tmp_path / "run", False)
    recording = Recording()
    for message in train(job, Controls()):
        recording.add(message)
    frame = recording.frame()
    assert frame is not None and job.twin is not None
    read = next(s for s in frame.symbols.values() if len(s) == len(frame.values["forward.h"]))
    assert recording.spelt(frame, "forward.h", len(read)) == read
    assert recording.spelt(frame, "backward.h", len(read)) == read[::-1]
    assert recording.spelt(frame, "backward/h_forget.weight", len(read)) == read[::-1]
    assert recording.label("backward.h").endswith("←") and not recording.label("forward.h").endswith("←")
    from safetensors.torch import load_file

    module = make(job.program)
    module.load_state_dict(load_file(tmp_path / "run" / "weights.safetensors"))
    twin = share(make(job.twin), module.eval()).eval()
    vocabulary = job.program.inputs[0].field.vocabulary or ()
    alone: dict[str, list[torch.Tensor]] = {}
    twin(torch.tensor([[vocabulary.index(read[-1])]]), taps=alone)
    np.testing.assert_allclose(frame.values["backward.h"][0], alone["backward.h"][0][0].detach(), atol=1e-6)


@pytest.mark.parametrize("name", ["hello", "sunspots-tdnn", "char-lm"])
def test_what_reads_forward_is_not_marked(name: str, tmp_path: Path) -> None:
    project = shipped(name).project
    few = replace(
        project, training=replace(project.training, steps=1, validate_every=0, probe_budget=0.0, stop_metric="")
    )
    job = make_job(few, default_registry(), None, tmp_path / "run", False)
    started = next(m for m in train(job, Controls()) if isinstance(m, Started))
    assert started.backward == ()
