"""What a person may do to a run while it trains. Any thread sets; the worker reads between two steps."""

from __future__ import annotations

import threading


class Controls:
    """Thread-safe. Nothing here ever waits except `wait_turn`, which only the worker calls."""

    def __init__(self) -> None:
        self._changed = threading.Condition()
        self._paused = False
        self._allowed = 0  # single steps still owed while paused
        self._stopping = False
        self._learning_rate: float | None = None
        self._keys: tuple[str, ...] = ()
        self._beside: tuple[str, ...] = ()
        self._probing = True

    def pause(self) -> None:
        with self._changed:
            self._paused, self._allowed = True, 0

    def go(self) -> None:
        with self._changed:
            self._paused, self._allowed = False, 0
            self._changed.notify_all()

    def step_once(self) -> None:
        """Pause after one more step."""
        with self._changed:
            self._paused = True
            self._allowed += 1
            self._changed.notify_all()

    def stop(self) -> None:
        """End after the step at hand, with a checkpoint. For good: a stopped run is resumed by a new one."""
        with self._changed:
            self._stopping = True
            self._changed.notify_all()

    def set_learning_rate(self, value: float) -> None:
        """Replace the base learning rate; warm-up and schedule go on multiplying it."""
        if not 0.0 <= value < float("inf"):
            raise ValueError(f"learning rate {value!r}")
        with self._changed:
            self._learning_rate = value

    def watch(self, keys: tuple[str, ...], beside: tuple[str, ...] = ()) -> None:
        """Probe these keys of Program.probes from now on; () leaves the choice to the probes. Of `beside` the values alone."""
        with self._changed:
            self._keys, self._beside = tuple(keys), tuple(beside)

    def probes(self, on: bool) -> None:
        with self._changed:
            self._probing = on

    @property
    def stopping(self) -> bool:
        return self._stopping

    @property
    def paused(self) -> bool:
        """Whether the next step has to wait."""
        return self._paused and not self._allowed and not self._stopping

    @property
    def stepping(self) -> bool:
        """Whether the step at hand is one that a person asked for by itself."""
        return self._paused

    @property
    def keys(self) -> tuple[str, ...]:
        return self._keys

    @property
    def beside(self) -> tuple[str, ...]:
        return self._beside

    @property
    def probing(self) -> bool:
        return self._probing

    def take_learning_rate(self) -> float | None:
        """A new base learning rate, once."""
        with self._changed:
            value, self._learning_rate = self._learning_rate, None
            return value

    def wait_turn(self) -> bool:
        """Block while paused. True when a step may be made, False when the run is to stop."""
        with self._changed:
            while self.paused:
                self._changed.wait()
            if self._paused and self._allowed:
                self._allowed -= 1
            return not self._stopping
