"""Maps torch's libraries into the process before torch is imported, with other threads running meanwhile.

Python's own import of a library holds every thread up: half a second in which a window stands still. A call through
ctypes does not, and the import then finds the libraries in their places.
"""

from __future__ import annotations

import ctypes
import os
import sys
from importlib.util import find_spec
from pathlib import Path

FIRST, THEN = "libtorch_global_deps.so", "libtorch_python.so"  # the order and the flags of torch's own import


def map_torch() -> bool:
    """Whether it was done. Where it was not, importing torch does it all by itself, only with more of a jerk."""
    folder = _libraries()
    if folder is None:
        return False
    system = ctypes.CDLL(None)
    system.dlopen.restype, system.dlopen.argtypes = ctypes.c_void_p, (ctypes.c_char_p, ctypes.c_int)
    steps = ((FIRST, os.RTLD_NOW | os.RTLD_GLOBAL), (THEN, os.RTLD_NOW))
    return all(bool(system.dlopen(os.fsencode(folder / name), flags)) for name, flags in steps)


def _libraries() -> Path | None:
    """Torch's folder of libraries, where mapping them ahead is known to be safe: a build with CUDA wants others first."""
    spec = find_spec("torch") if sys.platform == "linux" and "torch" not in sys.modules else None
    if spec is None or spec.origin is None:
        return None
    folder = Path(spec.origin).parent / "lib"
    return None if (folder / "libtorch_cuda.so").exists() or not (folder / THEN).exists() else folder
