"""The children of one window: one that is idle is kept a while, so that nobody waits for torch twice."""

from __future__ import annotations

import threading

from core.process.child import Child

KEPT_SECONDS = 300.0  # an idle child holds a few hundred megabytes


class Crew:
    """Thread-safe. A child belongs to who took it until it is given back or ended."""

    def __init__(self, kept_seconds: float = KEPT_SECONDS) -> None:
        self._kept_seconds = kept_seconds
        self._lock = threading.Lock()
        self._idle: Child | None = None
        self._out: set[Child] = set()
        self._timer: threading.Timer | None = None
        self._open = True

    def take(self) -> Child:
        """The idle child, or a new one. Raises OSError where none can be started."""
        with self._lock:
            child, self._idle = self._idle, None
            if child is not None and not child.alive:
                child.end()
                child = None
            child = child or Child()
            self._out.add(child)
            return child

    def give(self, child: Child) -> None:
        """Back, idle and sound. One is kept, for a few minutes."""
        with self._lock:
            self._out.discard(child)
            if self._idle is not None or not self._open:
                child.leave()
                return
            self._keep(child)

    def part(self, child: Child) -> None:
        """It may end by itself: a training with a checkpoint, of which nobody hears."""
        with self._lock:
            self._out.discard(child)
        child.leave()

    def lose(self, child: Child) -> None:
        """It has ended, or shall."""
        with self._lock:
            self._out.discard(child)
        child.end()

    def warm(self) -> None:
        """Have a child ready that has loaded torch, unless there is one already. Raises OSError."""
        with self._lock:
            if self._idle is None and not self._out and self._open:
                child = Child()
                child.send({"do": "warm"})
                self._keep(child)

    @property
    def children(self) -> int:
        """How many there are, idle or not."""
        with self._lock:
            return len(self._out) + (self._idle is not None)

    def close(self) -> None:
        """Let all go: who trains leaves a checkpoint first."""
        with self._lock:
            self._open = False
            if self._timer is not None:
                self._timer.cancel()
            for child in self._out:
                child.hush()
            if self._idle is not None:
                self._idle.leave()
            self._idle = None

    def _keep(self, child: Child) -> None:
        self._idle = child
        if self._timer is not None:
            self._timer.cancel()
        self._timer = threading.Timer(self._kept_seconds, self._drop, (child,))
        self._timer.daemon = True
        self._timer.start()

    def _drop(self, child: Child) -> None:
        with self._lock:
            if self._idle is child:
                self._idle = None
                child.leave()
