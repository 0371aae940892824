"""Which embedding a tied output shares its table with: named by id or title, or the only one of the same drawing."""

from __future__ import annotations

from core.graph.model import Node, Path
from core.problems import Fix, Problem
from core.shapes import fixes
from core.shapes.mistakes.all import mistake
from core.shapes.scope import Scope
from core.specs.registry import Registry
from core.words import Text

EMBEDDING = "embedding"


def embedding_of(scope: Scope, path: Path, param: str, wanted: str, registry: Registry) -> Path | Problem:
    """The path of the embedding that a node's parameter names, or what is wrong with the name."""
    tables = [n for n in scope.graph.nodes.values() if n.kind == EMBEDDING and not n.bypass]
    named = [n for n in tables if n.id == wanted] or [n for n in tables if wanted and wanted in _titles(n)]
    chosen = named if wanted else tables
    if len(chosen) == 1:
        return (*scope.path, chosen[0].id)
    where = scope.at_node(path[-1], param=param)
    names = ", ".join(scope.shown(n.id) for n in tables)

    def choose(id: str, shown: str) -> Fix:
        spec = registry.node(scope.graph.nodes[path[-1]].kind)
        return fixes.set_param(registry, path, param, id, shown, spec.param(param) if spec is not None else None)

    repairs = tuple(choose(n.id, scope.shown(path[-1])) for n in tables)
    if not tables:
        return mistake("table.none", where)
    return mistake("table.unknown" if wanted else "table.several", where, repairs, got=wanted, expected=names)


def _titles(node: Node) -> tuple[str, ...]:
    return node.title if isinstance(node.title, Text) else (node.title,)
