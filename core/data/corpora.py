"""Real text that is on every machine: what Python itself brings along. It changes a little between Python versions."""

from __future__ import annotations

import sysconfig
from functools import lru_cache
from pathlib import Path

from core.data.open import data_place
from core.problems import Problem, Refused
from core.words import Text

SOURCES = (
    "abc", "argparse", "ast", "base64", "bdb", "bisect", "calendar", "cmd", "codecs", "configparser", "contextlib",
    "copy", "csv", "dataclasses", "difflib", "dis", "doctest", "enum", "fileinput", "filecmp", "fnmatch", "fractions",
    "ftplib", "functools", "gettext", "glob", "gzip", "heapq", "inspect", "ipaddress", "keyword", "linecache",
    "locale", "mailbox", "mimetypes", "netrc", "numbers", "operator", "optparse", "pathlib", "pdb", "pickle",
    "pickletools", "platform", "pprint", "pydoc", "queue", "random", "reprlib", "rlcompleter", "sched", "selectors",
    "shelve", "shlex", "shutil", "socket", "socketserver", "statistics", "string", "stringprep", "subprocess",
    "symtable", "tarfile", "tempfile", "textwrap", "threading", "timeit", "token", "tokenize", "trace", "traceback",
    "types", "typing", "uuid", "warnings", "wave", "weakref", "webbrowser", "zipapp", "zipfile",
)  # fmt: skip


@lru_cache(maxsize=1)
def python_help() -> str:
    """The topics of Python's own `help()`: about 0.7 MB of technical English."""
    from pydoc_data.topics import topics

    return "\n\n".join(topics[name].strip() for name in sorted(topics)) + "\n"


@lru_cache(maxsize=1)
def python_source() -> str:
    """Modules of the standard library, about 2.5 MB of Python. Raises Refused where the source is not installed."""
    folder = Path(sysconfig.get_paths()["stdlib"])
    files = [f for f in (folder / f"{name}.py" for name in SOURCES) if f.is_file()]
    if not files:
        raise Refused(_no_source(folder))
    return "\n\n".join(f.read_text("utf-8").strip() for f in files) + "\n"


CORPORA = {"python-help": python_help, "python-source": python_source}


def _no_source(folder: Path) -> Problem:
    return Problem(
        code="data.no_source",
        message=Text(
            f"This Python has no source of its library under {folder}.",
            f"Este Python no trae el código de su biblioteca en {folder}.",
        ),
        where=data_place("corpus"),
        hint=Text("Choose another corpus, or a file of your own.", "Elija otro corpus o un archivo propio."),
    )
