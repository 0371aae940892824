"""The near end: a child process as whoever started it sees it, an outbox that never blocks and letters that are read."""

from __future__ import annotations

import contextlib
import json
import os
import queue
import signal
import subprocess
import sys
import threading
from pathlib import Path
from typing import Any

from core.process.letter import Arrays, read, write
from core.words import language

HOME = Path(__file__).resolve().parents[2]
BOOT = "import json, sys; sys.path[:] = json.loads(sys.argv[1]); from core.process.worker import main; main()"
ALLOWED = frozenset({
    "PATH", "HOME", "USER", "LOGNAME", "LANG", "LANGUAGE", "TZ", "TMPDIR", "TEMP", "TMP", "SYSTEMROOT", "SYSTEMDRIVE", "WINDIR",
    "COMSPEC", "PATHEXT", "USERPROFILE", "APPDATA", "LOCALAPPDATA", "PROGRAMDATA", "NUMBER_OF_PROCESSORS", "PROCESSOR_ARCHITECTURE",
    "LD_LIBRARY_PATH", "DYLD_LIBRARY_PATH", "GOMP_CPU_AFFINITY", "KMP_AFFINITY", "ATEN_CPU_CAPABILITY", "PYTORCH_CUDA_ALLOC_CONF",
    "PYTORCH_ENABLE_MPS_FALLBACK",
})  # fmt: skip
FAMILIES = ("LC_", "XDG_", "UNFOLD_", "OMP_", "MKL_", "OPENBLAS_", "ONEDNN_", "CUDA_", "NVIDIA_", "HIP_", "ROCR_")


def environment() -> dict[str, str]:
    """What a child may know: nothing that makes Python or torch run or believe other things than they would."""
    return {k: v for k, v in os.environ.items() if k.upper() in ALLOWED or k.upper().startswith(FAMILIES)}


def places() -> list[str]:
    """Where a child finds Python's modules: where this process found them, but never where it happens to stand."""
    return [str(HOME), *(p for p in sys.path if p and p != str(HOME))]


class Child:
    """One process. Its letters are read by one thread at a time. Raises OSError where none can be started."""

    def __init__(self) -> None:
        self._process = subprocess.Popen(
            [sys.executable, "-I", "-c", BOOT, json.dumps(places())],
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            env=environment(),
            **_of_its_own(),
        )
        self._outbox: queue.SimpleQueue[dict[str, Any] | None] = queue.SimpleQueue()
        threading.Thread(target=self._post, name="letters", daemon=True).start()

    @property
    def id(self) -> int:
        """The number of the process."""
        return self._process.pid

    @property
    def alive(self) -> bool:
        return self._process.poll() is None

    def send(self, head: dict[str, Any]) -> None:
        """Never waits; what a process that is gone does not read is lost. Whatever is asked is answered in the language of now."""
        self._outbox.put({**head, "language": language()})

    def read(self) -> tuple[Any, Arrays] | None:
        """The next letter; None once the process is gone. Raises Strange."""
        assert self._process.stdout is not None
        if self._process.stdout.closed:
            return None
        try:
            letter = read(self._process.stdout)  # type: ignore[arg-type]
        except OSError:  # as a pipe may end on Windows
            letter = None
        if letter is None:
            self._process.stdout.close()
        return letter

    def ended(self, patience: float) -> int | None:
        """How it ended, waiting for it; None where it goes on."""
        try:
            return self._process.wait(patience)
        except subprocess.TimeoutExpired:
            return None

    def terminate(self) -> None:
        """Ask the system to ask it."""
        self._process.terminate()

    def kill(self) -> None:
        """End it and whatever it started."""
        with contextlib.suppress(OSError):  # gone already
            if os.name == "posix":
                os.killpg(self._process.pid, signal.SIGKILL)
            else:
                self._process.kill()

    def hush(self) -> None:
        """Say nothing more to it: it ends by itself, a training with a checkpoint."""
        self._outbox.put(None)

    def leave(self) -> None:
        """Need it no more, nor what it may still say. For who reads it, or where nobody does."""
        self.hush()
        assert self._process.stdout is not None
        self._process.stdout.close()

    def end(self) -> None:
        """Kill it and be done with it."""
        if self.alive:
            self.kill()
        self.hush()
        self._process.wait()
        assert self._process.stdout is not None
        self._process.stdout.close()

    def _post(self) -> None:
        assert self._process.stdin is not None
        with contextlib.suppress(OSError):  # gone: who reads its letters finds that out
            while (head := self._outbox.get()) is not None:
                write(self._process.stdin, head)  # type: ignore[arg-type]
        with contextlib.suppress(OSError):
            self._process.stdin.close()
        self._process.wait()


def _of_its_own() -> dict[str, Any]:
    """No part of the terminal's group: Ctrl-C and a closed terminal are for the window."""
    if os.name == "posix":
        return {"start_new_session": True}
    return {"creationflags": getattr(subprocess, "CREATE_NEW_PROCESS_GROUP", 0) | getattr(subprocess, "CREATE_NO_WINDOW", 0)}  # fmt: skip
