"""The last gate before an emitted text is executed: only known syntax, only calls to known functions.

It knows nothing of how the text was made, so a mistake in the writer cannot carry a stranger's code past it.
"""

from __future__ import annotations

import ast

SYNTAX: frozenset[type[ast.AST]] = frozenset(
    {
        ast.Module, ast.Expr, ast.Constant, ast.Name, ast.Load, ast.Store, ast.Attribute, ast.Call, ast.keyword,
        ast.Import, ast.ImportFrom, ast.alias, ast.ClassDef, ast.FunctionDef, ast.arguments, ast.arg, ast.Return,
        ast.Assign, ast.For, ast.If, ast.IfExp, ast.Pass, ast.Tuple, ast.List, ast.Dict, ast.Starred, ast.Subscript,
        ast.Slice, ast.ListComp, ast.comprehension, ast.BinOp, ast.Add, ast.Sub, ast.Mult, ast.Div, ast.UnaryOp,
        ast.USub, ast.Not, ast.Invert, ast.BoolOp, ast.And, ast.Or, ast.Compare, ast.Is, ast.IsNot, ast.Lt, ast.LtE, ast.Eq,
        ast.NotEq, ast.Gt, ast.GtE, ast.FloorDiv,
    }
)  # fmt: skip
IMPORTS = ("import torch", "from torch import nn", "from torch.nn import functional as F")
BUILT_IN = frozenset({"super", "zip", "len", "isinstance", "tuple"})
HANDED = frozenset({"rnn", "pattern"})  # arguments of supporting functions that are called
_OF = {
    "torch": "arange where cat stack zeros zeros_like addmm sigmoid tanh exp log abs square sqrt sin cos sign atanh no_grad inf long"
    " rand_like randn_like linspace remainder pow matmul bincount",
    "torch.linalg": "eigvals",
    "nn": "Module Parameter Linear Embedding LayerNorm LSTM GRU RNN",
    "nn.init": "uniform_ normal_ constant_ zeros_ orthogonal_ eye_",
    "nn.utils.rnn": "pack_padded_sequence pad_packed_sequence",
    "F": "pad linear embedding one_hot dropout layer_norm leaky_relu relu elu gelu softplus softsign hardsigmoid cross_entropy"
    " binary_cross_entropy_with_logits",
}
TORCH = frozenset(f"{place}.{function}" for place, functions in _OF.items() for function in functions.split())
_ATTRIBUTES = """
    shape dtype device weight bias weight_ih_l0 weight_hh_l0 bias_ih_l0 bias_hh_l0 training reset_parameters
    unsqueeze squeeze unbind expand flatten unflatten repeat_interleave index_copy bincount tolist view view_as flip gather select narrow transpose t contiguous to cpu sum mean amax argmax
    clamp dim masked_fill softmax log_softmax split square append pop setdefault get new_zeros new_full new_empty copy_
    mul_ add_ neg_ requires_grad_ register_hook clone abs log exp max argsort
"""
ATTRIBUTES = frozenset(_ATTRIBUTES.split())
PREFIXES = frozenset({"torch", "nn", "F"})


class Forbidden(Exception):
    """Emitted text holds something that no compiled graph needs: a bug of the compiler, or an attack on it."""


def check_text(source: str) -> ast.Module:
    """Parse emitted text. Raises Forbidden where anything is not on the lists."""
    tree = ast.parse(source)
    own = _own_names(tree)
    for node in ast.walk(tree):
        if type(node) not in SYNTAX:
            raise Forbidden(f"line {getattr(node, 'lineno', 0)}: {type(node).__name__}")
        _check(node, own)
    return tree


def _own_names(tree: ast.Module) -> frozenset[str]:
    """Functions, classes and methods that the text defines, and the attributes that it gives to self."""
    own = {n.name for n in ast.walk(tree) if isinstance(n, ast.FunctionDef | ast.ClassDef)}
    for node in ast.walk(tree):
        if isinstance(node, ast.Attribute) and isinstance(node.ctx, ast.Store) and _dotted(node.value) == "self":
            own.add(f"self.{node.attr}")
    return frozenset(own)


def _check(node: ast.AST, own: frozenset[str]) -> None:
    match node:
        case ast.Import() | ast.ImportFrom():
            _demand(ast.unparse(node) in IMPORTS, node, ast.unparse(node))
        case ast.Name(id=name):
            _demand(not name.startswith("_"), node, name)
        case ast.arg(arg=name) | ast.FunctionDef(name=name) | ast.ClassDef(name=name):
            _demand(not name.startswith("_") or name == "__init__", node, name)
            if isinstance(node, ast.FunctionDef):
                _demand(all(ast.unparse(d) == "torch.no_grad()" for d in node.decorator_list), node, "decorator")
            if isinstance(node, ast.ClassDef):
                _demand([ast.unparse(b) for b in node.bases] == ["nn.Module"] and not node.keywords, node, "bases")
                _demand(not node.decorator_list, node, "decorator")
        case ast.Attribute():
            _check_attribute(node, own)
        case ast.Call():
            _check_call(node, own)
        case ast.Constant(value=value):
            _demand(value is None or isinstance(value, bool | int | float | str), node, type(value).__name__)
        case _:
            pass


def _check_attribute(node: ast.Attribute, own: frozenset[str]) -> None:
    text = _dotted(node)
    if text == "super().__init__":
        return
    head = text.partition(".")[0]
    if head in PREFIXES:
        known = TORCH | {t.rpartition(".")[0] for t in TORCH} | {"nn.utils"}
        _demand(text in known, node, text)
        return
    _demand(not node.attr.startswith("_"), node, text)
    if _dotted(node.value) == "self":
        _demand(f"self.{node.attr}" in own or node.attr in own or node.attr == "training", node, text)
    else:
        _demand(node.attr in ATTRIBUTES, node, text)


def _check_call(node: ast.Call, own: frozenset[str]) -> None:
    match node.func:
        case ast.Name(id=name):
            _demand(name in own or name in BUILT_IN or name in HANDED, node, name)
        case ast.Attribute():
            pass  # its name was checked
        case _:
            raise Forbidden(f"line {node.lineno}: a call of {type(node.func).__name__}")


def _dotted(node: ast.AST) -> str:
    """`a.b.c` as text; what is not made of names becomes `?`."""
    match node:
        case ast.Name(id=name):
            return name
        case ast.Attribute(value=value, attr=attr):
            return f"{_dotted(value)}.{attr}"
        case ast.Call(func=ast.Name(id="super"), args=[], keywords=[]):
            return "super()"
        case _:
            return "?"


def _demand(ok: bool, node: ast.AST, what: str) -> None:
    if not ok:
        raise Forbidden(f"line {getattr(node, 'lineno', 0)}: {what[:80]!r}")
