"""A run's recording, saved and loaded, shows what was shown live; and one from before the microscope still opens."""

import io
import json
import zipfile
from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest

from core.observe.recording import Recording
from core.observe.table import csv_text
from core.project.gallery import shipped
from core.project.running import make_job
from core.specs.registry import default_registry
from core.train.controls import Controls
from core.train.loop import train
from core.train.requests import request
from tests.plugins.test_charts_all import charts, same

SEEN = ("gradient_matrix", "jacobian_values", "jacobian_roots", "jacobian_product", "saturation", "saturation_course",
        "updates", "contributions")  # fmt: skip


@pytest.fixture(scope="module")
def live(tmp_path_factory) -> Recording:
    """Two steps of a fused LSTM over padded strings, with all that a person may ask for."""
    project = shipped("reber-lstm").project
    project = replace(project, training=replace(project.training, steps=2, probe_budget=1.0))
    controls, recording = Controls(), Recording()
    controls.watch((request("matrix", "memory.h"), request("jacobian", "memory.h"), "memory/forget.y"))
    for message in train(make_job(project, default_registry(), None, tmp_path_factory.mktemp("run"), False), controls):
        recording.add(message)
    return recording


@pytest.mark.parametrize("kind", SEEN)
def test_a_replayed_run_shows_what_was_shown(kind: str, live: Recording, tmp_path: Path) -> None:
    live.save(tmp_path / "recording.npz")
    again, spec = Recording.load(tmp_path / "recording.npz"), charts()[kind]
    assert spec.keys is not None and spec.keys(again) == spec.keys(live) != ()
    assert spec.draw(live, None, "").marks
    for step in (None, *live.frames):
        for key in ("", *spec.keys(live)):
            assert same(spec.draw(again, step, key), spec.draw(live, step, key)), (step, key)
            assert csv_text(spec.draw(again, step, key)) == csv_text(spec.draw(live, step, key))


def test_a_recording_from_before_the_microscope_still_opens(live: Recording, tmp_path: Path) -> None:
    """Written as it was then: no word of matrices, Jacobians, saturation, updates or loops."""
    new, old = tmp_path / "new.npz", tmp_path / "old.npz"
    bare = Recording()
    bare.add(live.started)
    for frame in live.all_frames():
        bare.add(replace(frame, matrices={}, jacobians={}, roots={}, saturation={}, updates={}))
    bare.save(new)
    with zipfile.ZipFile(new) as archive, zipfile.ZipFile(old, "w") as out:
        for name in archive.namelist():
            data = archive.read(name)
            if name == "index.npy":
                index = json.loads(np.load(io.BytesIO(data)).tobytes())
                for entry in index["frames"]:
                    for part in ("matrices", "jacobians", "roots", "saturation", "updates"):
                        del entry[part]
                del index["started"]["loops"], index["started"]["recurrent"]
                packed = io.BytesIO()
                np.save(packed, np.frombuffer(json.dumps(index).encode(), np.uint8))
                data = packed.getvalue()
            out.writestr(name, data)
    again = Recording.load(old)
    assert again.frames == live.frames and again.frame().values.keys() == live.frame().values.keys()
    for kind in SEEN[:-1]:
        chart = charts()[kind].draw(again, None, "")
        assert not chart.marks and all(chart.note), kind
