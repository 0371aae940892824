#!/usr/bin/env python3
"""Set up and start Unfold, or run its tests. Needs nothing but Python 3.11 or newer.

python3 dev.py run [arguments of unfold]     the studio; offscreen, with everything written to out/, without a display
python3 dev.py test [arguments of pytest]    install what tests need and run them all
"""

from __future__ import annotations

import ctypes
import hashlib
import os
import shutil
import subprocess
import sys
import venv
from pathlib import Path

HOME = Path(__file__).resolve().parent
VENV = HOME / ".venv"
BIN = VENV / ("Scripts" if os.name == "nt" else "bin")
PYTHON = BIN / ("python.exe" if os.name == "nt" else "python")
CONSTRAINTS = HOME / "constraints.txt"

OFFSCREEN = {  # shared library -> Debian package
    "libGL.so.1": "libgl1",
    "libEGL.so.1": "libegl1",
    "libxkbcommon.so.0": "libxkbcommon0",
    "libdbus-1.so.3": "libdbus-1-3",
    "libfontconfig.so.1": "libfontconfig1",
    "libglib-2.0.so.0": "libglib2.0-0",
}
WINDOW = {
    "libxcb-cursor.so.0": "libxcb-cursor0",
    "libxkbcommon-x11.so.0": "libxkbcommon-x11-0",
    "libxcb-icccm.so.4": "libxcb-icccm4",
    "libxcb-keysyms.so.1": "libxcb-keysyms1",
    "libxcb-shape.so.0": "libxcb-shape0",
}
FONTS = "fonts-dejavu-core"
MOST_CORES = 8  # each test process loads torch and Qt: half a gigabyte
TEST_PROGRAMS = {"Xvfb": "xvfb", "xdotool": "xdotool"}


def main(arguments: list[str]) -> int:
    if sys.version_info < (3, 11):
        return _refuse(
            f"Unfold needs Python 3.11 or newer; this is {sys.version.split()[0]}. Start dev.py with a newer one."
        )
    if not arguments or arguments[0] not in ("run", "test"):
        print(__doc__)
        return 2
    command, rest = arguments[0], arguments[1:]
    try:
        return run(rest) if command == "run" else test(rest)
    except subprocess.CalledProcessError as error:
        return _refuse(
            f"This step failed: {' '.join(map(str, error.cmd))}\nMend what it says above and start again: nothing is lost."
        )
    except KeyboardInterrupt:
        return 130


def run(arguments: list[str]) -> int:
    """The studio, or any other `unfold` command."""
    install("onnx")
    system_libraries({**OFFSCREEN, **(WINDOW if has_display() else {})})
    if arguments or has_display():
        return subprocess.call([str(BIN / "unfold"), *arguments], cwd=Path.cwd())
    print("No display here: opening the first project offscreen, training it, and writing out/first-run/.", flush=True)
    offscreen = {**os.environ, "QT_QPA_PLATFORM": "offscreen"}
    return subprocess.call(
        [str(PYTHON), "-m", "studio.firstrun", str(HOME / "out" / "first-run")], cwd=HOME, env=offscreen
    )


def test(arguments: list[str]) -> int:
    """Style, types and every test."""
    install("onnx,test")
    system_libraries({**OFFSCREEN, **WINDOW}, {p: d for p, d in TEST_PROGRAMS.items() if shutil.which(p) is None})
    if not arguments:
        for check in (["ruff", "check", "."], ["ruff", "format", "--check", "."], ["mypy"]):
            subprocess.check_call([str(PYTHON), "-m", *check], cwd=HOME)
        return every_test()
    return subprocess.call([str(PYTHON), "-m", "pytest", *arguments], cwd=HOME)


def every_test() -> int:
    """A file on each core, one thread in each; then those that measure time, one after the other."""
    one_thread = {**os.environ, "OMP_NUM_THREADS": "1"}
    cores = min(os.cpu_count() or 1, MOST_CORES)
    side_by_side = ["-n", str(cores), "--dist", "loadfile", "-m", "not alone"]
    codes = [
        subprocess.call([str(PYTHON), "-m", "pytest", *how], cwd=HOME, env=one_thread)
        for how in (side_by_side, ["-m", "alone"])
    ]
    return max(codes)


def install(extras: str) -> None:
    """Make .venv and install, unless it was done for exactly these files, extras and this Python."""
    stamp = VENV / f"installed-{extras.replace(',', '-')}"
    wanted = hashlib.sha256(
        b"".join((HOME / f).read_bytes() for f in ("pyproject.toml", "constraints.txt"))
        + f"{sys.version} {HOME}".encode()
    ).hexdigest()
    if PYTHON.exists() and stamp.exists() and stamp.read_text() == wanted:
        return
    if not PYTHON.exists():
        print("Making .venv …", flush=True)
        make_venv()
    print("Installing Unfold and what it needs (a few minutes the first time) …", flush=True)
    pip = [str(PYTHON), "-m", "pip", "install", "--quiet", "--disable-pip-version-check", "-c", str(CONSTRAINTS)]
    subprocess.check_call([*pip, "-e", f"{HOME}[{extras}]"])
    stamp.write_text(wanted)


def make_venv() -> None:
    try:
        venv.create(VENV, with_pip=True)
    except (subprocess.CalledProcessError, OSError):  # Debian ships Python without ensurepip
        shutil.rmtree(VENV, ignore_errors=True)
        name = f"python{sys.version_info.major}.{sys.version_info.minor}-venv"
        if not apt_install([name]):
            raise SystemExit(
                _refuse(f"Python cannot make a virtual environment here. Run: sudo apt-get install {name}")
            ) from None
        venv.create(VENV, with_pip=True)


def system_libraries(wanted: dict[str, str], programs: dict[str, str] | None = None) -> None:
    """Install the missing libraries as root with apt; otherwise name the one line that does it."""
    if not sys.platform.startswith("linux"):
        return
    missing = [package for library, package in wanted.items() if not loads(library)]
    if not any(d.is_dir() and any(d.rglob("*.ttf")) for d in map(Path, ("/usr/share/fonts", "/usr/local/share/fonts"))):
        missing.append(FONTS)
    missing += (programs or {}).values()
    if missing and not apt_install(missing):
        print(
            f"Missing system libraries. Run:\n  sudo apt-get install -y {' '.join(missing)}",
            file=sys.stderr,
            flush=True,
        )


def loads(library: str) -> bool:
    try:
        ctypes.CDLL(library)
    except OSError:
        return False
    return True


def apt_install(packages: list[str]) -> bool:
    """True when they are installed now."""
    if shutil.which("apt-get") is None or not hasattr(os, "geteuid") or os.geteuid() != 0:
        return False
    print(f"Installing system packages: {' '.join(packages)} …", flush=True)
    quiet = {"stdout": subprocess.DEVNULL, "env": {**os.environ, "DEBIAN_FRONTEND": "noninteractive"}}
    subprocess.call(["apt-get", "update", "-qq"], **quiet)
    return subprocess.call(["apt-get", "install", "-y", "-qq", "--no-install-recommends", *packages], **quiet) == 0


def has_display() -> bool:
    """A screen to open a window on."""
    if not sys.platform.startswith("linux"):
        return True
    return bool(os.environ.get("DISPLAY") or os.environ.get("WAYLAND_DISPLAY"))


def _refuse(message: str) -> int:
    print(message, file=sys.stderr)
    return 2


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
