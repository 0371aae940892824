"""How long training takes, paired with the same task written by hand around torch.nn: `unfold bench`."""

from core.bench.rows import Row, machine
from core.bench.suites import SUITES, run_suites

__all__ = ["SUITES", "Row", "machine", "run_suites"]
