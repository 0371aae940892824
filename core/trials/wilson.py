"""The confidence band of a success rate (E. B. Wilson 1927): honest at 0 and at 1, where the usual one has no width."""

from __future__ import annotations

import math

Z95 = 1.959963984540054  # normal quantile of 97.5 %


def wilson(successes: int, runs: int, z: float = Z95) -> tuple[float, float]:
    """(low, high) for `successes` of `runs`; everything is possible where there was no run."""
    if not runs:
        return 0.0, 1.0
    rate, more = successes / runs, z * z / runs
    middle = (rate + more / 2) / (1 + more)
    half = z / (1 + more) * math.sqrt(rate * (1 - rate) / runs + more / (4 * runs))
    return (0.0 if not successes else middle - half), (1.0 if successes == runs else middle + half)
