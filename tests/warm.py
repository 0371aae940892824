"""A process that has torch loaded already and is forked for every program that wants one of its own: as apart as a fresh
one, killed like a fresh one, without paying seconds for the libraries each time.

The server imports what it is told and computes nothing; only its children do. Run by Warm:  python warm.py MODULE...
"""

from __future__ import annotations

import json
import os
import subprocess
import sys
import time
import traceback
from pathlib import Path
from typing import Any

RUNNING = "running"


class Warm:
    """`isolated` as python -I is: neither this folder nor PYTHONPATH is searched for modules."""

    def __init__(self, *modules: str, isolated: bool = False) -> None:
        command = [sys.executable, *(["-I"] if isolated else []), __file__, *modules]
        place = {**os.environ, "OMP_NUM_THREADS": "1"}
        if not isolated:
            place["PYTHONPATH"] = os.pathsep.join(p or "." for p in sys.path)
        self._server = subprocess.Popen(command, stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True, env=place)

    def start(self, code: str, *arguments: str, said: Path, folder: Path | None = None) -> int:
        """Run Python text in a child; what it writes goes to `said`. Gives its process id."""
        asked = {"code": code, "argv": ["warm", *arguments], "said": str(said), "folder": str(folder or Path.cwd())}
        return int(self._ask(asked))

    def ended(self, child: int) -> int | None:
        """The exit code, None while it runs; what a signal ended is below zero."""
        code = self._ask({"child": child})
        return None if code == RUNNING else int(code)

    def wait(self, child: int, seconds: float = 120.0) -> int:
        end = time.monotonic() + seconds
        while (code := self.ended(child)) is None:
            assert time.monotonic() < end, "it does not end"
            time.sleep(0.005)
        return code

    def close(self) -> None:
        assert self._server.stdin is not None
        self._server.stdin.close()
        self._server.wait(20)

    def _ask(self, request: dict[str, Any]) -> Any:
        assert self._server.stdin is not None and self._server.stdout is not None
        self._server.stdin.write(json.dumps(request) + "\n")
        self._server.stdin.flush()
        return json.loads(self._server.stdout.readline())


def serve() -> None:
    for line in sys.stdin:
        request = json.loads(line)
        answer = _fork(request) if "code" in request else _look(request["child"])
        print(json.dumps(answer), flush=True)


def _look(child: int) -> int | str:
    done, status = os.waitpid(child, os.WNOHANG)
    return os.waitstatus_to_exitcode(status) if done else RUNNING


def _fork(request: dict[str, Any]) -> int:
    child = os.fork()
    if child:
        return child
    code = 1
    try:
        out = os.open(request["said"], os.O_WRONLY | os.O_CREAT | os.O_TRUNC)
        os.dup2(os.open(os.devnull, os.O_RDONLY), 0)
        os.dup2(out, 1)
        os.dup2(out, 2)
        os.chdir(request["folder"])
        sys.argv = request["argv"]
        exec(compile(request["code"], "<warm>", "exec"), {"__name__": "__main__"})
        code = 0
    except SystemExit as end:
        code = end.code if isinstance(end.code, int) else int(end.code is not None)
    except BaseException:
        traceback.print_exc()
    finally:
        sys.stdout.flush()
        sys.stderr.flush()
        os._exit(code)


if __name__ == "__main__":
    for module in sys.argv[1:]:
        __import__(module)
    serve()
