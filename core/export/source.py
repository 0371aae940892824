"""The model as a Python file of its own: what trained, word for word, with a loader for its weights beside it."""

from __future__ import annotations

from collections.abc import Iterable
from pathlib import Path as FilePath
from types import ModuleType
from typing import TYPE_CHECKING

from core.compile.program import Argument, Output, Program, Teacher
from core.data import spelling
from core.data.spelling import of_words
from core.export.exporter import Verified
from core.export.mark import MARK
from core.export.symbols import read, said
from core.export.tensors import save_weights
from core.export.verify import verify
from core.specs.sig import TREE
from core.train.generation import can_generate, goes_on, loop_of

if TYPE_CHECKING:
    from core.export.bundle import Bundle

LOADER = '''

def load(weights=None):
    """The model with trained weights (a safetensors file; by default the one beside this file), ready to answer."""
    from pathlib import Path

    from safetensors.torch import load_file

    model = {name}()
    model.load_state_dict(load_file(weights or Path(__file__).with_suffix(".safetensors")))
    return model.eval()
'''

SHAPES = """

if __name__ == "__main__":
    with torch.no_grad():
        outputs, state = load()({example})
    for name, value in outputs.items():
        print(name, tuple(value.shape))
"""

GENERATE = '''

led = {loop}


def generate(*inputs, most=100, choice=Choice(), seed=0, prompt=(), lengths=None, weights=None):
    """What the model writes by itself to one example (inputs of batch 1), as numbers of symbols; how, says `choice`. A model
    without a teacher has no inputs but a prompt: the symbols that it goes on from."""
    return write(load(weights), led, inputs, most, choice, seed, prompt, lengths)
'''

SPELLED = '''

reads = {{{reads}}}
says = {{{says}}}


def encode(text, symbols={first}):
    """The numbers of a text's symbols, {split} each."""
    return numbers_of(text, symbols)


def decode(numbers, symbols={last}):
    """The text that some numbers stand for."""
    return text_of(numbers, symbols)
'''

GOES_ON = '''

def write_text(prompt="", most=100, choice=Choice(), seed=0, weights=None):
    """The text that the model writes after a prompt; how, says `choice`."""
    begun = encode(prompt) or [0]
    return decode(generate(most=most, choice=choice, seed=seed, prompt=begun, weights=weights).symbols)
'''
WRITES = """

if __name__ == "__main__":
    import sys

    try:
        print(write_text(" ".join(sys.argv[1:])))
    except ValueError as error:
        sys.exit(str(error))
"""
WIDE = 110  # characters of a line of symbols


def write_source(bundle: Bundle, target: FilePath) -> tuple[FilePath, ...]:
    """A module file and its weights. A target without a suffix is a folder for both."""
    if not target.suffix:
        target.mkdir()
        target = target / "model.py"
    target.write_text(standalone(bundle.program), "utf-8")
    weights = target.with_suffix(".safetensors")
    save_weights(bundle, weights)
    return target, weights


def verify_source(bundle: Bundle, files: tuple[FilePath, ...]) -> Verified:
    return verify(bundle, "source", files)


def standalone(program: Program) -> str:
    """The program's own text between a head that says how to call it and a loader. The head is a comment, so that the
    text in the middle may open as it likes."""
    return (
        "\n".join(f"# {line}".rstrip() for line in _head(program))
        + "\n"
        + program.source.rstrip("\n")
        + "\n"
        + _generating(program)
        + _spelling(program)
        + LOADER.replace("{name}", program.class_name)
        + _begun_by_itself(program)
    )


def _generating(program: Program) -> str:
    """The very text that writes here, where the model can write; Python wants its first import elsewhere."""
    if not (can_generate(program) or any(t.said and t.field.sig.kind == "tokens" for t in program.teachers)):
        return ""
    from core.train import decoding

    return _whole(decoding) + GENERATE.replace("{loop}", repr(loop_of(program)))


def _whole(module: ModuleType) -> str:
    """A module's own text."""
    text = FilePath(str(module.__file__)).read_text("utf-8").replace("from __future__ import annotations\n\n", "")
    return f"\n\n{text}"


def _spelling(program: Program) -> str:
    """The symbols, each set of them once, and the very text that reads and writes by them here."""
    reads, says = read(program), said(program)
    if not reads and not says:
        return ""
    tables = list(dict.fromkeys([*reads.values(), *says.values()]))
    names = {symbols: f"symbols_{n}" for n, symbols in enumerate(tables, 1)}
    first, last = (next(iter(s.values()), tables[0]) for s in (reads or says, says or reads))
    filled = SPELLED.format(
        reads=", ".join(f"{name!r}: {names[s]}" for name, s in reads.items()),
        says=", ".join(f"{name!r}: {names[s]}" for name, s in says.items()),
        first=names[first],
        last=names[last],
        split="one word or mark" if of_words(first) else "one character",
    )
    listed = "".join(f"\n{name} = {_listed(symbols)}" for symbols, name in names.items())
    return _whole(spelling) + "\n" + listed + filled + (GOES_ON if goes_on(program) else "")


def _begun_by_itself(program: Program) -> str:
    """What the file does when it is run: it goes on from the words after its name, or shows the shapes of its answers."""
    if goes_on(program) and read(program):
        return WRITES
    example = ", ".join([*(_example(a) for a in program.inputs), *(["steps=7"] if program.teachers else [])])
    return SHAPES.replace("{example}", example)


def _listed(symbols: tuple[str, ...]) -> str:
    """A tuple over several lines; whatever cannot be printed stands escaped."""
    lines = ["   "]
    for piece in (f" {s!r}," for s in symbols):
        if len(lines[-1] + piece) > WIDE:
            lines.append("   ")
        lines[-1] += piece
    return "\n".join(["(", *lines, ")"])


def _head(program: Program) -> list[str]:
    """Only names that the compiler made stand here, never a person's words."""
    axes = dict.fromkeys(axis for a in program.inputs for axis in a.field.sig.axes)
    return [
        f"{MARK}: a PyTorch model. The class itself needs torch alone; load(), which reads its weights, safetensors too.",
        "",
        f"    model = load()    # {program.class_name} with the weights beside this file",
        f"    outputs, state = model({', '.join(a.name for a in program.inputs)}, lengths=None, state=None{_taught(program)})",
        *_spelled(program),
        "",
        *(f"{a.name}: {_input(a)}" for a in program.inputs),
        f"lengths: dict of long tensors (B,), the true lengths along {', '.join(axes) or 'no axis'}; left out = full",
        *_structure(axes),
        *_teaching(program),
        *(f'outputs["{o.name}"]: {_output(o)}' for o in program.outputs),
        *(f'state["{s.name}"]: float (B, {s.delay}, {s.sig.size}); give it back to go on' for s in program.states),
        "",
    ]


def _spelled(program: Program) -> list[str]:
    """How texts get in and out."""
    if not read(program) and not said(program):
        return []
    both = "    numbers = encode(text); text = decode(numbers)    # by the symbols in reads and says"
    goes = "    text = write_text(prompt)    # goes on from a prompt; so does `python` with this file's name and the prompt"
    return [both, *([goes] if goes_on(program) else [])]


def _taught(program: Program) -> str:
    return ", truth=None, forced=None, steps=None" if program.teachers else ""


def _teaching(program: Program) -> list[str]:
    """How a model that hears its own answers is run."""
    if not program.teachers:
        return []
    return [
        "steps: how many steps it goes on by itself, hearing what it said; only this is needed to get answers",
        *(f'truth["{t.name}"]: {_input(t)}, what it is told instead' for t in program.teachers),
        "forced: bool (B, steps), where it is told the truth; left out = everywhere, and all steps are worked out at once",
    ]


def _structure(axes: Iterable[str]) -> list[str]:
    """What trees need beside their lengths."""
    if TREE not in axes:
        return []
    return [
        f'lengths["{TREE}/children"]: long (B, {TREE}, 2), the left and right child of each node, -1 where there is none;',
        "    children stand before their parents, the root last; left out = each node's left child is the one before it",
    ]


def _input(a: Argument | Teacher) -> str:
    sig = a.field.sig
    inner = ", ".join(("B", *sig.axes))
    if sig.kind == "tokens":
        return f"long ({inner}), 0 to {int(str(sig.size)) - 1}"
    return f"float ({inner}, {sig.size})" if sig.kind == "features" else f"float ({inner})"


def _output(o: Output) -> str:
    dims = ", ".join(("B", *o.sig.axes, *((str(o.sig.size),) if o.sig.kind == "features" else ())))
    return f"float ({dims}), zero on padding"


def _example(a: Argument) -> str:
    """A tensor of zeros for a look at the shapes: B = 2, T = 5."""
    sig = a.field.sig
    dims = ", ".join(("2", *("5" for _ in sig.axes), *((str(sig.size),) if sig.kind == "features" else ())))
    return f"torch.zeros({dims}, dtype=torch.long)" if sig.kind == "tokens" else f"torch.zeros({dims})"
