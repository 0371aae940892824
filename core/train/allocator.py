"""Keep glibc from giving memory back to the kernel between training steps: a plain LSTM then trains 1.3 times faster.

The four settings only count when made before the first thread starts, so the window and the command line call `tune`
as they start.
"""

from __future__ import annotations

import ctypes
import platform
import sys

M_TRIM_THRESHOLD, M_TOP_PAD, M_MMAP_THRESHOLD, M_ARENA_MAX = -1, -2, -3, -8
SETTINGS = (
    (M_ARENA_MAX, 1),  # a worker thread's own arena would ignore the rest
    (M_MMAP_THRESHOLD, 1 << 30),
    (M_TRIM_THRESHOLD, 2**31 - 1),
    (M_TOP_PAD, 64 << 20),
)


def tune() -> bool:
    """Set the allocator for training; True where all settings were taken. Elsewhere than Linux with glibc: False."""
    if sys.platform != "linux" or platform.libc_ver()[0] != "glibc":
        return False
    try:
        mallopt = ctypes.CDLL("libc.so.6").mallopt
    except (OSError, AttributeError):
        return False  # a faster start is lost, nothing else
    taken = [mallopt(name, value) for name, value in SETTINGS]  # every one, even after a refusal
    return all(result == 1 for result in taken)
