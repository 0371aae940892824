"""Identifiers of emitted code: made from node paths, reduced to [a-z0-9_], unique, never a keyword or a torch name.

A person's ids pass through here and nothing else of theirs ever reaches the text.
"""

from __future__ import annotations

import keyword
import re
from collections.abc import Iterable

from core.compile.support.texts import TEXTS

LONGEST = 48
PLAIN_PORTS = ("", "x", "y", "h", "loss")

# Every public name of nn.Module, and the names that the emitted text itself uses. A test compares with torch.
MODULE_NAMES = frozenset(
    [
        "add_module",
        "apply",
        "bfloat16",
        "buffers",
        "call_super_init",
        "children",
        "compile",
        "cpu",
        "cuda",
        "double",
        "dump_patches",
        "eval",
        "extra_repr",
        "float",
        "forward",
        "get_buffer",
        "get_extra_state",
        "get_parameter",
        "get_submodule",
        "half",
        "ipu",
        "load_state_dict",
        "modules",
        "mtia",
        "named_buffers",
        "named_children",
        "named_modules",
        "named_parameters",
        "parameters",
        "register_backward_hook",
        "register_buffer",
        "register_forward_hook",
        "register_forward_pre_hook",
        "register_full_backward_hook",
        "register_full_backward_pre_hook",
        "register_load_state_dict_post_hook",
        "register_load_state_dict_pre_hook",
        "register_module",
        "register_parameter",
        "register_state_dict_post_hook",
        "register_state_dict_pre_hook",
        "requires_grad_",
        "set_extra_state",
        "set_submodule",
        "share_memory",
        "state_dict",
        "to",
        "to_empty",
        "train",
        "training",
        "type",
        "xpu",
        "zero_grad",
    ]
)
EMITTED_NAMES = frozenset(TEXTS) | frozenset(
    """self torch nn f model loss reset_parameters forward outputs state lengths length taps parts total valid running like
    carried ends_at b t on drawn truth forced steps stepwise rnn super zip len isinstance tuple print exec eval open""".split()  # noqa: SIM905
)
RESERVED = MODULE_NAMES | EMITTED_NAMES | frozenset(k.lower() for k in keyword.kwlist) | frozenset(keyword.softkwlist)


def reduce(text: str) -> str:
    """Any text as an identifier body: lower case ASCII letters, digits, single underscores; may be empty."""
    return re.sub(r"_+", "_", re.sub(r"[^a-z0-9]", "_", text.lower()))[:LONGEST].strip("_")


def stem(path: Iterable[str], port: str = "") -> str:
    """The identifier a place on the canvas would like to have."""
    text = label(path, port)
    return f"{text}_" if text in RESERVED else text


def label(path: Iterable[str], port: str = "") -> str:
    """The same where it becomes a key of a dict, so that no name is taken."""
    parts = [reduce(p) for p in (*path, "" if port in PLAIN_PORTS else port)]
    text = "_".join(p for p in parts if p)[-2 * LONGEST :].strip("_") or "node"
    if text[0].isdigit():
        text = f"n{text}"
    return text


class Names:
    """Hands out identifiers, each once."""

    def __init__(self, *taken: str) -> None:
        self._taken = set(taken)

    def fresh(self, wanted: str) -> str:
        name, n = wanted, 1
        while name in self._taken:
            n += 1
            name = f"{wanted.rstrip('_')}_{n}"
        self._taken.add(name)
        return name
