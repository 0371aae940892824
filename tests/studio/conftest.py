"""As in the app, no other thread may collect garbage: it would destroy Qt objects there."""

from __future__ import annotations

import gc
from collections.abc import Iterator

import pytest


@pytest.fixture(scope="session")
def frozen() -> None:
    """What was imported to find the tests will not be garbage: it is not looked through after each of them."""
    gc.collect()
    gc.freeze()


@pytest.fixture(autouse=True)
def collected_here(frozen: None) -> Iterator[None]:
    """Garbage is collected after each test, in the main thread alone."""
    was = gc.isenabled()
    gc.disable()
    yield
    gc.collect()
    if was:
        gc.enable()
