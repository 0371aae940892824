"""Writes the module: sizes at the top, `__init__`, the drawn initial values, `forward`, `loss`, one method per scan.

The twin is written by the same code with taps, each op on its own, over the same storage.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field

from core.compile.begin import write_init, write_reset
from core.compile.expressions import Arg, Place, expression
from core.compile.names import Names, label, stem
from core.compile.plan import FusedStep, PackedStep, Plan, ScanStep, Step, VectorStep, WeightKey, number, weight_key
from core.compile.support import supporting
from core.compile.writer import Code, Writer, code, key, listed, lit, name
from core.graph.model import Path
from core.specs.ops import Op
from core.specs.sig import Sig

CLASS = "Model"


@dataclass(frozen=True)
class Carried:
    """One entry of the state dict and the delay that keeps it."""

    name: str
    delay: int  # value id of the delay op
    source: int
    k: int
    sig: Sig


@dataclass(frozen=True)
class Emitted:
    """The text and what its names stand for."""

    source: str
    lines: Mapping[int, Path]
    arguments: Mapping[int, str]  # input or target value -> argument
    results: Mapping[int, str]  # value -> key in the outputs
    states: tuple[Carried, ...]


@dataclass
class Method:
    """One method being written: the variable of each value in it."""

    writer: Writer
    names: Names
    timed: bool = True
    vars: dict[int, Code] = field(default_factory=dict)
    weights: dict[WeightKey, Code] = field(default_factory=dict)
    ends: dict[int, Code] = field(default_factory=dict)  # what each delay holds after the last step
    sequence: set[int] = field(default_factory=set)  # values whose variable holds the whole time axis
    aids: set[str] = field(default_factory=set)  # local aids that the body asked for: valid, length, like...


def emit(plan: Plan, steps: Sequence[Step], taps: Mapping[int, tuple[str, ...]] | None = None) -> Emitted:
    """The module's text. `taps` (twin) are the keys under which each value is shown."""
    return _Emitter(plan, steps, taps).emit()


class _Emitter:
    def __init__(self, plan: Plan, steps: Sequence[Step], taps: Mapping[int, tuple[str, ...]] | None) -> None:
        self.plan, self.steps, self.taps = plan, steps, taps
        self.flow = plan.flow
        self.ops = {op.output.id: op for step in steps for op in _ops_of(step, plan)} | plan.flow.of()
        self.used: set[str] = set()
        self.methods = Names("forward", "loss", "reset_parameters")
        self.parts = {p.name: p for p in plan.storage.parts}
        timed = [op.output.sig.axes for op in self.ops.values() if op.output.sig.axes]
        self.axes = tuple(dict.fromkeys(a for axes in timed for a in axes))
        self.arguments = self._arguments()
        self.states = self._states()
        self.results = self._results()
        self.scans: list[Writer] = []

    # names -------------------------------------------------------------------------------------------------------

    def _arguments(self) -> dict[int, str]:
        names = Names()
        ops = [op for op in self.flow.ops if op.name in ("input", "target")]
        return {op.output.id: names.fresh(stem(op.path)) for op in ops}

    def _states(self) -> tuple[Carried, ...]:
        names, out = Names(), []
        for op in self.flow.ops:
            if op.name == "delay" and op.output.id not in self.flow.late:
                source = self.ops[op.inputs[0]]
                own = names.fresh(self._called(source).rstrip("_"))
                k = int(str(op.attrs["k"]))
                out.append(Carried(own, op.output.id, op.inputs[0], k, op.output.sig))
        return tuple(out)

    def _results(self) -> dict[int, str]:
        names = Names()
        return {r.value: names.fresh(label(r.path, "" if r.port == "logits" else r.port)) for r in self.flow.results}

    def axis(self, sig: Sig, what: str) -> Code:
        """The local name of an axis' step count, length or mask."""
        n = self.axes.index(sig.axes[0]) if sig.axes else 0
        return name(f"{what}{_suffix(n)}")

    # the whole text ------------------------------------------------------------------------------------------------

    def emit(self) -> Emitted:
        forward = self._forward()
        loss = self._loss()
        init = write_init(self.plan.storage, CLASS, self.used)
        reset = write_reset(self.plan.storage)
        out = Writer()
        out.block('"""A model drawn in Unfold. It needs PyTorch and nothing else."""\n')
        out.blank()
        out.block("import torch\nfrom torch import nn\nfrom torch.nn import functional as F")
        for text in supporting(self.used):
            out.blank(2)
            out.block(text)
        out.blank(2)
        for n, part in enumerate((init, reset, forward, *self.scans, loss)):
            if n:
                out.blank()
            out.extend(part)
        return Emitted(out.text(), out.map(), self.arguments, self.results, self.states)

    # forward -------------------------------------------------------------------------------------------------------

    def _forward(self) -> Writer:
        inputs = [op for op in self.flow.ops if op.name == "input"]
        taps = ", taps=None" if self.taps is not None else ""
        method = self._method(inputs)
        body = method.writer
        for step in self.steps:
            if not self._late(step):
                self._step(step, method)
        entries = []
        for r in self.flow.results:
            value = method.vars[r.value]
            sig = self.ops[r.value].output.sig
            if sig.axes:
                self.used.add("blank")
                method.aids.add("valid")
                value = code("blank({x}, {v})", x=value, v=self.axis(sig, "valid"))
            entries.append(code("{k}: {v}", k=key(self.results[r.value]), v=value))
        body.say("outputs = {{{e}}}", e=listed(entries))
        ends = [code("{k}: {v}", k=key(s.name), v=method.ends[s.delay]) for s in self.states]
        if ends:
            method.aids.update(("length", "exact"))
            body.say("carried = {{{e}}}", e=listed(ends))
            body.say("return outputs, carried if exact else {{}}")
        else:
            body.say("return outputs, {{}}")
        args = listed([name("self"), *(name(self.arguments[op.output.id]) for op in inputs)])
        head = code("def forward({a}, lengths=None, state=None" + taps + "):", a=args)
        return self._assembled(head, [(name(self.arguments[op.output.id]), op.output.sig) for op in inputs], method)

    def _method(self, arguments: Sequence[Op]) -> Method:
        method = Method(Writer(), Names("self", "lengths", "state", "taps", "outputs", "carried", "exact", "like", "B"))
        for n in range(len(self.axes)):
            for what in ("T", "length", "valid", "running"):
                method.names.fresh(f"{what}{_suffix(n)}")
        for op in arguments:
            method.names.fresh(self.arguments[op.output.id])
            method.vars[op.output.id] = name(self.arguments[op.output.id])
            method.sequence.update([op.output.id] if op.output.sig.axes else [])
        method.writer.depth = 2
        return method

    def _assembled(self, head: Code, sources: Sequence[tuple[Code, Sig]], method: Method) -> Writer:
        """The method's first lines, now that it is known what its body needs. Sizes are read from `sources`."""
        out, aids = Writer(), method.aids
        out.depth = 1
        out.line(head)
        out.depth = 2
        for variable, sig in sources:
            out.say("# {a} {s}", a=variable, s=shape(sig))
        if aids & {"like", "running", "valid"}:
            out.say("like = {x}", x=self._like(sources))
        if sources:
            out.say("B = {x}.shape[0]", x=sources[0][0])
        for n, axis in enumerate(self.axes):
            self._axis_lines(out, aids, _suffix(n), axis, sources)
        if "exact" in aids:
            full = Code(" and ".join(f"length{_suffix(n)} is None" for n in range(len(self.axes))))
            full = full if len(self.axes) == 1 else code("({f})", f=full)
            note = Code("through padding, states are followed only when asked for")
            out.say("exact = state is not None or {f}", note=note, f=full)
        if "running" in aids:
            self.used.add("running_steps")
            for n in range(len(self.axes)):
                s = _suffix(n)
                out.say(f"running{s} = running_steps(length{s} if exact else None, T{s}, like)")
        out.extend(method.writer)
        return out

    def _axis_lines(
        self, out: Writer, aids: set[str], suffix: str, axis: str, sources: Sequence[tuple[Code, Sig]]
    ) -> None:
        sized = next((v for v, sig in sources if sig.axes[:1] == (axis,)), None)
        if sized is None:
            return
        out.say(f"T{suffix} = {{x}}.shape[1]", x=sized)
        if aids & {"length", "valid", "running", "exact"}:
            out.say(f"length{suffix} = None if lengths is None else lengths.get({{k}})", k=key(axis))
        if "valid" in aids:
            self.used.add("valid_steps")
            out.say(f"valid{suffix} = valid_steps(length{suffix}, T{suffix}, like)")

    def _like(self, sources: Sequence[tuple[Code, Sig]]) -> Code:
        """A tensor whose dtype and device new ones take."""
        for part in self.plan.storage.parts:
            attribute = {"parameter": "", "lstm": ".weight_ih_l0", "gru": ".weight_ih_l0"}.get(part.kind, ".weight")
            attribute = ".weight_ih_l0" if part.kind.startswith("rnn") else attribute
            return code("self.{p}" + attribute, p=name(part.name))
        return next((v for v, sig in sources if sig.kind != "tokens"), sources[0][0])

    def _late(self, step: Step) -> bool:
        return any(op.output.id in self.flow.late for op in _ops_of(step, self.plan))

    # steps ---------------------------------------------------------------------------------------------------------

    def _step(self, step: Step, method: Method) -> None:
        match step:
            case VectorStep(op) if op.name == "delay":
                self._shift(op, method)
            case VectorStep(op):
                self._vector(op, method)
            case PackedStep():
                self._packed(step, method)
            case ScanStep():
                self._scan(step, method)
            case FusedStep():
                self._fused(step, method)

    def _vector(self, op: Op, method: Method) -> None:
        if op.name in ("input", "target"):
            self._tap(op.output.id, method)
            return
        if op.name == "reduce_loss":
            return
        self._assign(op, method, timed=True)

    def _assign(self, op: Op, method: Method, timed: bool) -> None:
        """One op as one line, in a sequence (timed) or in one step of a scan."""
        place = self._place(op, method, timed)
        args = [Arg(method.vars[i], self.ops[i].output.sig, i in method.sequence) for i in op.inputs]
        right = expression(op, args, place)
        self.used |= place.used
        method.aids |= place.aids
        left = self._variable(op, method)
        note = shape(op.output.sig) if timed else shape(op.output.sig, step=True)
        method.writer.say("{a} = {b}", op.path, note, a=left, b=right)
        if timed and op.output.sig.axes:
            method.sequence.add(op.output.id)
        self._tap(op.output.id, method)

    def _variable(self, op: Op, method: Method) -> Code:
        left = name(method.names.fresh(self._called(op)))
        method.vars[op.output.id] = left
        return left

    def _called(self, op: Op) -> str:
        """What the canvas calls the value of an op."""
        place = self.flow.places.get(op.output.id)
        if place:
            return stem(*place)
        return stem(op.path, op.port or ("" if op.name == "linear" else op.name))

    def _place(self, op: Op, method: Method, timed: bool) -> Place:
        sig = op.output.sig
        for i in op.inputs:
            sig = self.ops[i].output.sig if self.ops[i].output.sig.axes and not sig.axes else sig
        return Place(
            timed,
            tuple(self._weight(weight_key(w), method) for w in op.weights),
            self._own_module(op),
            name("B"),
            self.axis(sig, "T"),
            self.axis(sig, "length"),
            self.axis(sig, "valid"),
            name("like"),
        )

    def _own_module(self, op: Op) -> Code | None:
        """`self.module` where one nn.Linear or nn.Embedding is exactly this op."""
        if op.name not in ("linear", "embedding"):
            return None
        pieces = self.plan.storage.pieces[weight_key(op.weights[0])]
        module = pieces[0].tensor.partition(".")[0]
        alone = len(pieces) == 1 and pieces[0].rows is None and pieces[0].columns is None
        return code("self.{m}", m=name(module)) if alone and self.parts[module].kind == op.name else None

    def _weight(self, weight: WeightKey, method: Method) -> Code:
        """The tensor that holds a drawn weight: whole, a slice, or pieces put together."""
        if weight in method.weights:
            return method.weights[weight]
        parts = []
        for piece in self.plan.storage.pieces[weight]:
            module, _, tensor = piece.tensor.partition(".")
            text = code("self.{m}", m=name(module))
            if tensor:
                text = code("{x}.{t}", x=text, t=name(tensor))
            parts.append(code("{x}{s}", x=text, s=_slices(piece.rows, piece.columns)))
        return parts[0] if len(parts) == 1 else code("torch.cat([{p}], 1)", p=listed(parts))

    def _packed(self, step: PackedStep, method: Method) -> None:
        """Several products of one input as one."""
        out = [self._variable(op, method) for op in step.ops]
        x = method.vars[step.ops[0].inputs[0]]
        sizes = listed(lit(number(op.output.sig.size)) for op in step.ops)
        if step.ops[0].output.sig.axes and method.timed:
            method.sequence.update(op.output.id for op in step.ops)
        method.writer.say(
            "{o} = self.{m}({x}).split([{s}], -1)",
            step.ops[0].path, o=listed(out, tuple_=False), m=name(step.module), x=x, s=sizes,
        )  # fmt: skip

    def _fused(self, step: FusedStep, method: Method) -> None:
        self.used.add("recur")
        method.aids.update(("length", "exact"))
        sources = [method.vars[v] for v in step.sources]
        x = sources[0] if len(sources) == 1 else code("torch.cat([{s}], -1)", s=listed(sources))
        starts = [self._start(op, method) for op in step.delays]
        hidden = self.ops[step.hidden]
        h = name(method.names.fresh(stem(step.path)))
        method.vars[step.hidden] = h
        ends = [name(method.names.fresh(f"{s.removesuffix('_start')}_end")) for s in starts]
        method.writer.say(
            "{h}, [{e}] = recur(self.{m}, {x}, [{s}], {l} if exact else None)",
            step.path, shape(hidden.output.sig),
            h=h, e=listed(ends), m=name(step.module), x=x, s=listed(starts), l=self.axis(hidden.output.sig, "length"),
        )  # fmt: skip
        method.sequence.add(step.hidden)
        for op, end in zip(step.delays, ends, strict=True):
            self._ended(op, end, method)

    def _ended(self, delay: Op, end: Code, method: Method) -> None:
        method.ends[delay.output.id] = end

    def _start(self, delay: Op, method: Method) -> Code:
        """A line that finds what a delay holds before the first step, (B, k, size); its variable."""
        sig, k = delay.output.sig, int(str(delay.attrs["k"]))
        state = next((s for s in self.states if s.delay == delay.output.id), None)
        wanted = f"{state.name}_start" if state else "start"
        variable = name(method.names.fresh(wanted))
        wide = code(", {n}", n=lit(number(sig.size))) if sig.kind == "features" else Code("")
        rest = Code(", -1") if sig.kind == "features" else Code("")
        if len(delay.inputs) > 1:
            fed = method.vars[delay.inputs[1]]
            first = code("{x}.unsqueeze(1).expand(-1, {k}{r})", x=fed, k=lit(k), r=rest)
        elif delay.weights:
            flat = len(delay.weights[0].shape) == 1
            w = self._weight(weight_key(delay.weights[0]), method)
            first = code("{w}.expand(B, {k}, -1)", w=w, k=lit(k) if flat else lit(-1))
        elif sig.kind == "tokens":
            method.aids.add("like")
            first = code("torch.zeros((B, {k}), dtype=torch.long, device=like.device)", k=lit(k))
        else:
            method.aids.add("like")
            first = code("like.new_zeros((B, {k}{w}))", k=lit(k), w=wide)
        note = shape(Sig(sig.kind, sig.size), past=k)
        if state:
            first = code("state[{k}] if state else {z}", k=key(state.name), z=first)
        method.writer.say("{v} = {x}", delay.path, note, v=variable, x=first)
        return variable

    def _shift(self, op: Op, method: Method) -> None:
        """A delay outside every cycle: the sequence moved along time."""
        k = lit(int(str(op.attrs["k"])))
        start = self._start(op, method)
        x = method.vars[op.inputs[0]]
        joined = name(method.names.fresh(f"{start}_joined"))
        method.writer.say("{j} = torch.cat([{s}, {x}], 1)", op.path, j=joined, s=start, x=x)
        left = name(method.names.fresh(f"{self._called(self.ops[op.inputs[0]])}_past"))
        t = self.axis(op.output.sig, "T")
        method.writer.say("{v} = {j}.narrow(1, 0, {t})", op.path, shape(op.output.sig), v=left, j=joined, t=t)
        method.vars[op.output.id] = left
        method.sequence.add(op.output.id)
        if op.output.id not in self.flow.late:
            self.used.add("tail")
            method.aids.update(("length", "exact"))
            length = self.axis(op.output.sig, "length")
            end = name(method.names.fresh(f"{start.removesuffix('_start')}_end"))
            method.writer.say("{e} = tail({j}, {k}, {l} if exact else None)", e=end, j=joined, k=k, l=length)
            self._ended(op, end, method)
        self._tap(op.output.id, method)

    # scans ---------------------------------------------------------------------------------------------------------

    def _scan(self, step: ScanStep, method: Method) -> None:
        """The call of a scan in the method it stands in, and the scan's own method."""
        starts = [self._start(op, method) for op in step.delays]
        called = name(self.methods.fresh(f"scan_{step.name}"))
        out = [self._variable(self.ops[v], method) for v in step.exports]
        method.sequence.update(step.exports)
        ends = [name(method.names.fresh(f"{s.removesuffix('_start')}_end")) for s in starts]
        args = [method.vars[v] for v in step.imports]
        sig = next(op.output.sig for op in step.ops if op.output.sig.axes)
        running = self.axis(sig, "running")
        late = step.delays[0].output.id in self.flow.late
        if late:
            running = code("[None] * {t}", t=self.axis(sig, "T"))
        else:
            method.aids.update(("running", "length", "exact"))
        if self.taps is not None:
            extra = [running, Code("None") if late else Code("taps")]
        else:
            extra = [running]
        method.writer.say(
            "{o} = self.{f}({a})",
            common(step), o=listed([*out, *ends], tuple_=False) if len(out) + len(ends) > 1 else listed([*out, *ends], tuple_=True),
            f=called, a=listed([*args, *starts, *extra]),
        )  # fmt: skip
        for op, end in zip(step.delays, ends, strict=True):
            self._ended(op, end, method)
        self._scan_method(step, called, method)

    def _scan_method(self, step: ScanStep, called: Code, outer: Method) -> None:
        method = Method(
            Writer(), Names("self", "B", "T", "on", "running", "taps", "length", "valid", "like", "zip"), False
        )
        body = method.writer
        body.depth = 1
        sequences = [v for v in step.imports if v in outer.sequence]
        params = {v: name(method.names.fresh(str(outer.vars[v]))) for v in step.imports}
        starts = [name(method.names.fresh(f"{self._called(self.ops[d.inputs[0]])}_start")) for d in step.delays]
        taps = [name("taps")] if self.taps is not None else []
        body.say("def {f}({a}):", f=called, a=listed([name("self"), *params.values(), *starts, name("running"), *taps]))
        body.depth = 2
        for v in step.imports:
            body.say("# {v} {s}", v=params[v], s=shape(self.ops[v].output.sig))
        past = {}
        for op, start in zip(step.delays, starts, strict=True):
            source = self.ops[op.inputs[0]]
            past[op.output.id] = name(method.names.fresh(f"{self._called(source)}_past"))
            one = op.attrs["k"] == 1
            left = code("({p},)", p=past[op.output.id]) if one else past[op.output.id]
            body.say("{p} = {s}.unbind(1)", op.path, p=left, s=start, note=shape(op.output.sig, step=True))
        self._hoist_weights(step, method)
        lists = {v: name(method.names.fresh(f"all_{n + 1}")) for n, v in enumerate(step.exports)}
        for v in step.exports:
            body.say("{l} = []", l=lists[v])
        for v in step.imports:
            method.vars[v] = name(method.names.fresh(f"{params[v]}_t")) if v in sequences else params[v]
        loop = [name("on"), *(method.vars[v] for v in sequences)]
        over = [name("running"), *(code("{v}.unbind(1)", v=params[v]) for v in sequences)]
        if sequences:
            body.say("for {l} in zip({o}):", l=listed(loop), o=listed(over))
        else:
            body.say("for on in running:")
        body.depth = 3
        for op in step.delays:
            one = op.attrs["k"] == 1
            method.vars[op.output.id] = past[op.output.id] if one else code("{p}[0]", p=past[op.output.id])
            self._tap(op.output.id, method)
        self._loop_body(step, method)
        for v in step.exports:
            body.say("{l}.append({v})", l=lists[v], v=method.vars[v])
        self._advance(step, past, method)
        body.depth = 2
        outs = [code("torch.stack({l}, 1)", l=lists[v]) for v in step.exports]
        ends = [
            code("torch.stack([{p}], 1)" if op.attrs["k"] == 1 else "torch.stack({p}, 1)", p=past[op.output.id])
            for op in step.delays
        ]
        both = [*outs, *ends]
        body.say("return {o}", o=listed(both, tuple_=len(both) == 1))
        self.scans.append(body)

    def _hoist_weights(self, step: ScanStep, method: Method) -> None:
        """Slices of packed tensors are taken once, before the loop."""
        packed = {op.output.id for p in step.packs for op in p.ops}
        for op in step.ops:
            if op.output.id in packed or self._own_module(op):
                continue
            for weight in op.weights:
                right = self._weight(weight_key(weight), method)
                left = name(method.names.fresh(stem(op.path, weight.name.replace(".", "_"))))
                method.writer.say("{a} = {b}", op.path, a=left, b=right)
                method.weights[weight_key(weight)] = left

    def _loop_body(self, step: ScanStep, method: Method) -> None:
        pack_of = {op.output.id: p for p in step.packs for op in p.ops}
        written: set[str] = set()
        for op in step.ops:
            pack = pack_of.get(op.output.id)
            if pack is None:
                self._assign(op, method, timed=False)
            elif pack.module not in written:
                written.add(pack.module)
                self._packed(pack, method)

    def _advance(self, step: ScanStep, past: Mapping[int, Code], method: Method) -> None:
        """All states move on at once: one may read another."""
        self.used.add("hold")
        left, right = [], []
        for op in step.delays:
            p, new = past[op.output.id], method.vars[op.inputs[0]]
            left.append(p)
            if op.attrs["k"] == 1:
                right.append(code("hold({n}, {p}, on)", n=new, p=p))
            else:
                right.append(code("[hold(new, old, on) for new, old in zip([*{p}[1:], {n}], {p})]", n=new, p=p))
        method.writer.say("{a} = {b}", step.delays[0].path, a=listed(left), b=listed(right))

    def _tap(self, value: int, method: Method) -> None:
        for k in (self.taps or {}).get(value, ()):
            self.used.add("tap")
            method.writer.say("tap(taps, {k}, {v})", self.ops[value].path, k=key(k), v=method.vars[value])

    # loss ----------------------------------------------------------------------------------------------------------

    def _loss(self) -> Writer:
        targets = [op for op in self.flow.ops if op.name == "target"]
        method = self._method(targets)
        for r in self.flow.results:
            if any(r.value in op.inputs for op in self.flow.ops if op.output.id in self.flow.late):
                variable = name(method.names.fresh(stem([self.results[r.value]])))
                method.writer.say(
                    "{v} = outputs[{k}]",
                    r.path,
                    shape(self.ops[r.value].output.sig),
                    v=variable,
                    k=key(self.results[r.value]),
                )
                method.vars[r.value] = variable
                method.sequence.update([r.value] if self.ops[r.value].output.sig.axes else [])
        kept, self.taps = self.taps, None if self.taps is None else {}
        for step in self.steps:
            if self._late(step) and not (isinstance(step, VectorStep) and step.op.name == "target"):
                self._step(step, method)
        self.taps = kept
        self._reduce(method)
        answers = [(name(self.arguments[op.output.id]), op.output.sig) for op in targets]
        args = listed([name("self"), name("outputs"), *(variable for variable, _ in answers)])
        known = [
            (code("outputs[{k}]", k=key(self.results[r.value])), self.ops[r.value].output.sig)
            for r in self.flow.results
            if r.value in method.vars
        ]
        return self._assembled(code("def loss({a}, lengths=None):", a=args), [*answers, *known], method)

    def _reduce(self, method: Method) -> None:
        names, terms = Names(), []
        body = method.writer
        reduces = [op for op in self.flow.ops if op.name == "reduce_loss"]
        if not reduces:
            method.aids.add("like")
            body.say("return like.new_zeros(()), {{}}")
            return
        body.say("parts = {{}}")
        for op in reduces:
            k = key(names.fresh(label(op.path)))
            part, sig = method.vars[op.inputs[0]], self.ops[op.inputs[0]].output.sig
            valid = Code("None")
            if sig.axes:
                self.used.add("blank")
                method.aids.add("valid")
                valid = self.axis(sig, "valid")
                part = code("blank({p}, {v})", p=part, v=valid)
            body.say("parts[{k}] = {p}", op.path, shape(sig), k=k, p=part)
            if op.attrs.get("over", "mean") == "mean":
                self.used.add("average")
                term = code("average(parts[{k}], {v})", k=k, v=valid)
            else:
                term = code("parts[{k}].sum() / parts[{k}].shape[0]", k=k)
            weight = float(str(op.attrs.get("weight", 1.0)))
            terms.append(term if weight == 1.0 else code("{w} * {t}", w=lit(weight), t=term))
        body.say("total = {t}", reduces[0].path, t=Code(" + ".join(terms)))
        body.say("return total, parts")


def shape(sig: Sig, step: bool = False, past: int = 0) -> Code:
    """The comment on a line: (B, T, 65)."""
    axes = [Code("B")] + ([lit(past)] if past else [])
    if not step:
        axes += [name(a) for a in sig.axes]
    if sig.kind == "features":
        axes.append(lit(number(sig.size)))
    return code("({a})", a=listed(axes))


def common(step: ScanStep) -> Path:
    return step.ops[0].path


def _suffix(n: int) -> str:
    """Local names of the first axis are plain; those of the second end in 2."""
    return "" if n == 0 else str(n + 1)


def _slices(rows: tuple[int, int] | None, columns: tuple[int, int] | None) -> Code:
    if rows is None and columns is None:
        return Code("")
    first = code("{a}:{b}", a=lit(rows[0]), b=lit(rows[1])) if rows else Code(":")
    if columns is None:
        return code("[{r}]", r=first)
    return code("[{r}, {a}:{b}]", r=first, a=lit(columns[0]), b=lit(columns[1]))


def _ops_of(step: Step, plan: Plan) -> tuple[Op, ...]:
    match step:
        case VectorStep(op):
            return (op,)
        case PackedStep():
            return step.ops
        case ScanStep():
            return (*step.delays, *step.ops)
        case FusedStep():
            return step.delays
