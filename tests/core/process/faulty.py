"""A plugin for tests: `hello` whose third batch, or whose opening, breaks in the way that its parameter says."""

import ctypes
import os
import sys
import time
from dataclasses import replace

from core.api import ParamSpec, Text

HELLO = sys.modules["plugins.datasets.hello"].SPEC


def break_by(fault):
    match fault:
        case "segfault":  # in the middle of the network: where the dense layer is computed next
            functional = sys.modules["torch.nn.functional"]
            functional.linear = lambda *given: ctypes.string_at(0)
        case "leave":
            os._exit(3)
        case "hang":
            time.sleep(3600)
        case "deaf":  # holds on to Python's lock for good, so that no handler of a signal is ever run
            mutex, system = ctypes.create_string_buffer(256), ctypes.PyDLL(None)
            system.pthread_mutex_init(mutex, None)
            for _ in range(2):  # the second time for ever: no signal wakes it, as it would a sleep
                system.pthread_mutex_lock(mutex)


class Stream:
    def __init__(self, stream, fault):
        self._stream, self._fault, self._count = stream, fault, 0

    def next(self):
        self._count += 1
        if self._count == 3:
            break_by(self._fault)
        return self._stream.next()

    def position(self):
        if self._fault == "slow":  # to save
            time.sleep(5)
        return self._stream.position()

    def restore(self, position):
        self._stream.restore(position)


class Data:
    def __init__(self, data, fault):
        self._data, self._fault = data, fault

    def stream(self, seed):
        return Stream(self._data.stream(seed), self._fault)

    def __getattr__(self, name):
        return getattr(self._data, name)


def opened(params, seed):
    """A fault whose name begins with "open" comes before anything is loaded."""
    if params["fault"].startswith("open "):
        break_by(params["fault"].removeprefix("open "))
    return Data(HELLO.open(params, seed), params["fault"])


FAULTY = replace(
    HELLO,
    kind="faulty",
    params=(*HELLO.params, ParamSpec("fault", "text", "", Text("Fault", "Fallo"), Text("How it breaks.", "Cómo se rompe."))),
    open=opened,
)  # fmt: skip
