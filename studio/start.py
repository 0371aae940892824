"""The `unfold` command: alone, or with a project file, it opens the window; anything else is the headless command line."""

from __future__ import annotations

import gc
import sys
from pathlib import Path


def main() -> int:
    arguments = sys.argv[1:]
    wants_window = not arguments or (len(arguments) == 1 and arguments[0].endswith(".unfold"))
    if wants_window:
        gc.disable()  # what is imported now stays; `Tidy` collects once the window stands
        from studio.app import main as window

        return window(Path(arguments[0]) if arguments else None)
    from core.cli.door import run

    return run(arguments)


if __name__ == "__main__":
    sys.exit(main())
