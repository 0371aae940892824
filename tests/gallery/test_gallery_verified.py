"""Every gallery project trained to its figure with five seeds: hours, so only where UNFOLD_NIGHTLY is set.

    UNFOLD_NIGHTLY=1 python3 dev.py test tests/gallery/test_gallery_verified.py -s

Results are kept in UNFOLD_VERIFIED (a folder; `verified` by default), so that a second night only trains what changed.
"""

from __future__ import annotations

import os
from pathlib import Path

import pytest

from core.cli.telling import print_table
from core.cli.verify import HEAD, cells, heard
from core.project.gallery import gallery, shipped
from core.project.systems import unserved
from core.specs.registry import default_registry
from core.trials.verify import verify
from core.words import say

NIGHTLY = pytest.mark.skipif(not os.environ.get("UNFOLD_NIGHTLY"), reason="trains for hours; set UNFOLD_NIGHTLY=1")
KEPT = Path(os.environ.get("UNFOLD_VERIFIED", "verified"))


@NIGHTLY
@pytest.mark.slow
@pytest.mark.timeout(0)
@pytest.mark.parametrize("name", [p.name for p in gallery()])
def test_four_of_five_seeds_reach_the_band_in_time(name: str) -> None:
    (row,) = verify([shipped(name)], range(5), default_registry(), KEPT, os.cpu_count() or 1, heard=heard)
    print_table([say(t) for t in HEAD], [cells(row)])
    assert row.ok, row.problem or [f"seed {n}: {s.at.metrics} {s.problem}" for n, s in row.seeds.items() if not s.ok]


@NIGHTLY
def test_every_system_has_a_project() -> None:
    assert not unserved(s for p in gallery() for s in p.project.systems)
