"""What an exported file says in a process where Unfold cannot be imported."""

from __future__ import annotations

import json
import subprocess
import sys
from pathlib import Path
from typing import Any

from core.export import apart

BEGIN = "import json, runpy, sys\nrunpy.run_path({apart!r})['prove_alone']()\nsys.path.insert(0, {folder!r})\n"


def alone(folder: Path, script: str) -> Any:
    """The value that the script prints as JSON; modules of the folder can be imported in it."""
    text = BEGIN.format(apart=apart.__file__, folder=str(folder)) + script
    done = subprocess.run([sys.executable, "-I", "-c", text], capture_output=True, text=True, check=False, timeout=120)
    assert done.returncode == 0, done.stderr
    return json.loads(done.stdout)
