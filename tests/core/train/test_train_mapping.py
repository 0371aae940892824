"""Torch's libraries are in the process before torch is imported, and torch works afterwards."""

from __future__ import annotations

import subprocess
import sys

import pytest

STORY = """
import sys
from core.train.mapping import map_torch
done = map_torch()
assert "torch" not in sys.modules
there = "libtorch_python" in open("/proc/self/maps").read()
assert done == there
import torch
assert torch.ones(2, requires_grad=True).mul(3).sum().item() == 6
assert not map_torch()  # nothing is left to do
print(done, torch.version.cuda)
"""


@pytest.mark.skipif(sys.platform != "linux", reason="only done on Linux")
def test_torch_is_mapped_before_it_is_imported() -> None:
    told = subprocess.run([sys.executable, "-c", STORY], capture_output=True, text=True, check=True, timeout=120).stdout
    done, cuda = told.split()
    assert (done == "True") == (cuda == "None")
