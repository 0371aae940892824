"""Shape inference: the flat network built op by op, sizes unified through cycles, time axes joined to a fixpoint.

Requires nothing of the graph. Ensures, where no error is found, that every size is a number, every delay reads a value
over time, and only delays read values made later.
"""

from __future__ import annotations

from collections.abc import Iterator

from core.graph.model import Graph, Path
from core.problems import Place, Problem
from core.shapes import tell
from core.shapes.axes import check_axes, join_axes
from core.shapes.delays import Delays
from core.shapes.draft import Network, NodeBuild
from core.shapes.finish import finished, sig_of, solve
from core.shapes.flatten import Flat, Source, flatten
from core.shapes.kinds import pick_field, wrong_wires
from core.shapes.loops import cycle_among, drawing_order
from core.shapes.tables import embedding_of
from core.shapes.typed import Typed, Wire
from core.shapes.unify import settled
from core.shapes.ways import lost_ways
from core.specs.fields import DataField, Fields
from core.specs.ops import Value
from core.specs.registry import Registry
from core.specs.sig import Sig


def infer(graph: Graph, fields: Fields, registry: Registry) -> Typed:
    """Sizes and axes of everything in a drawing, and the flat ops to compile."""
    return infer_flat(flatten(graph, registry), fields)


def infer_flat(flat: Flat, fields: Fields) -> Typed:
    """The same, of a network already flattened."""
    work = _Inference(flat, fields)
    work.build_all()
    work.delays.close()
    wrong = solve(work.network)
    axes = join_axes(work.network)
    problems = [*flat.problems, *work.problems, *tell.clashes(flat, work.network), *work.network.problems]
    problems += tell.sums(flat, wrong)
    problems += lost_ways(flat)
    problems += check_axes(flat, work.network, axes)
    if not any(p.severity == "error" for p in problems):
        problems += tell.undetermined(flat, work.network)
    problems += tell.odd_starts(flat, work.network)
    sigs = {d.output.id: sig_of(d, axes) for d in work.network.drafts}
    return Typed(finished(work.network, sigs), work.ports(), tuple(work.wires(sigs)), tuple(problems), sigs)


class _Inference:
    """The state of one inference. `built` holds each leaf's outputs; a leaf that cannot be built has none."""

    def __init__(self, flat: Flat, fields: Fields) -> None:
        self.flat = flat
        self.fields = fields
        self.network = Network()
        self.problems, self._bad = wrong_wires(flat, fields)
        self.built: dict[tuple[Path, str], Value] = {}
        self.cut: set[tuple[Path, Path]] = set()  # links of algebraic loops, already reported: (source, user)
        self.delays = Delays(flat, fields, self.network, self.built)

    def build_all(self) -> None:
        for path in self._order():
            self._build(path)

    def _order(self) -> list[Path]:
        paths = list(self.flat.leaves)
        while True:
            order, left = drawing_order(paths, self._needs)
            if not left:
                return order
            around = cycle_among(left, self._needs)
            self.problems.append(tell.algebraic(self.flat, around))
            self.cut.add((around[-1], around[0]))

    def _needs(self, path: Path) -> Iterator[Path]:
        """The leaves whose values this one reads at the same step."""
        for port in self.flat.scopes[path[:-1]].inputs[path[-1]]:
            for arrival in self.flat.arrivals[path, port.name]:
                if isinstance(arrival, Source):
                    for other in self.delays.needs(arrival):
                        if (other, path) not in self.cut:
                            yield other

    def _build(self, path: Path) -> None:
        leaf = self.flat.leaves[path]
        scope = self.flat.scopes[path[:-1]]
        field = self._field(path)
        if isinstance(field, Problem):
            self.problems.append(field)
            return
        if field is not None:
            leaf = type(leaf)(leaf.path, leaf.node, leaf.spec, {**leaf.params, "field": field.name})
        arriving: dict[str, list[tuple[Source, Value]]] = {}
        for port in scope.inputs[path[-1]]:
            for arrival in self.flat.arrivals[path, port.name]:
                value = self._value(path, arrival) if isinstance(arrival, Source) else None
                if value is None:
                    return
                assert isinstance(arrival, Source)
                arriving.setdefault(port.name, []).append((arrival, value))

        def where(port: str, param: str) -> Place:
            return scope.at_node(path[-1], port, param)

        def tables(param: str) -> Path | Problem:
            return embedding_of(scope, path, param, str(leaf.params[param]), self.flat.registry)

        build = NodeBuild(self.network, leaf, arriving, self._field_sig, where, tables)
        assert leaf.spec.build is not None
        leaf.spec.build(build)
        self.built |= {(path, port): value for port, value in build.outputs.items()}

    def _field(self, path: Path) -> DataField | Problem | None:
        role = self.flat.leaves[path].spec.role
        return pick_field(self.flat, self.fields, path) if role in ("input", "target") else None

    def _field_sig(self, name: str) -> Sig:
        field = self.fields.get(name)
        assert field is not None  # picked before the node was built
        return field.sig

    def _value(self, path: Path, source: Source) -> Value | None:
        if any((h.path, h.edge.id) in self._bad for h in source.hops):
            return None
        return self.delays.value(source, cut=(source.path, path) in self.cut)

    def ports(self) -> dict[tuple[Path, str], int]:
        """Where each output port's value is, also of cells and of their inputs."""
        found = {key: value.id for key, value in self.built.items()}
        for key, arrival in self.flat.ports.items():
            value = self.delays.existing(arrival) if isinstance(arrival, Source) else None
            if value is not None:
                found[key] = value
        return found

    def wires(self, sigs: dict[int, Sig]) -> Iterator[Wire]:
        for (path, id), arrival in self.flat.wires.items():
            value = self.delays.existing(arrival) if isinstance(arrival, Source) else None
            if value is not None:
                edge = self.flat.scopes[path].graph.edges[id]
                yield Wire(path, id, edge.source, edge.target, settled(sigs[value]))
