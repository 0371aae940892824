"""The drawing as TikZ, for LaTeX documents: nodes, wires and delays as text that a person can go on editing.

It needs \\usepackage{tikz} and \\usepackage{amsmath} and nothing of ours; coordinates are those of the canvas.
"""

from __future__ import annotations

from PySide6.QtCore import QRectF
from PySide6.QtGui import QColor, QPainterPath

from core.words import worded
from studio.canvas.look import Look
from studio.canvas.scene import CanvasScene
from studio.canvas.wire import WireItem
from studio.theme import mix

UNIT = 0.018  # cm for one of the canvas
SPECIAL = {
    "\\": r"\textbackslash{}", "{": r"\{", "}": r"\}", "$": r"\$", "&": r"\&", "#": r"\#", "_": r"\_", "%": r"\%",
    "~": r"\textasciitilde{}", "^": r"\textasciicircum{}", "<": r"\textless{}", ">": r"\textgreater{}", "|": r"\textbar{}",
    '"': r"\textquotedbl{}",
}  # fmt: skip
MATHS = {
    "σ": r"\sigma", "θ": r"\theta", "×": r"\times", "−": "-", "⧺": r"\Vert", "⋔": r"\pitchfork", "∑": r"\Sigma", "ℓ": r"\ell",
    "α": r"\alpha", "β": r"\beta", "γ": r"\gamma", "λ": r"\lambda", "μ": r"\mu", "φ": r"\phi", "ε": r"\epsilon", "·": r"\cdot",
    "→": r"\rightarrow", "←": r"\leftarrow", "↑": r"\uparrow", "↓": r"\downarrow", "≤": r"\leq", "≥": r"\geq", "∈": r"\in",
    "⊙": r"\odot", "⊕": r"\oplus", "√": r"\surd", "∞": r"\infty", "ρ": r"\rho", "τ": r"\tau", "δ": r"\delta", "Δ": r"\Delta",
}  # fmt: skip
LOW = dict(zip("₀₁₂₃₄₅₆₇₈₉ₜ", "0123456789t", strict=True))
HIGH = dict(zip("⁻⁰¹²³⁴⁵⁶⁷⁸⁹ᵀᵏ", "-0123456789Tk", strict=True))


def tikz(scene: CanvasScene) -> str:
    """A whole tikzpicture: frames behind, then wires, then nodes."""
    groups = {item.look.group for item in scene.nodes.values()}
    lines = [
        "% needs \\usepackage{tikz,amsmath}",
        *(_colour(f"unfold-{g}", mix(scene.tokens.group(g), QColor("white"), 0.22)) for g in sorted(groups)),
        f"\\begin{{tikzpicture}}[x={UNIT}cm, y=-{UNIT}cm, font=\\sffamily\\scriptsize, >=stealth,",
        "  card/.style={draw=black!55, rounded corners=2pt}, wire/.style={draw=black!70, semithick},",
        "  delay/.style={draw=black!55, fill=yellow!30, rounded corners=3pt, inner sep=1.5pt}]",
        *(_frame(f.box, worded(f.frame.text)) for f in scene.frames.values()),
        *(_wire(w) for w in scene.wires.values()),
        *(_node(n.look, n.x(), n.y()) for n in scene.nodes.values()),
        *(_delay(w) for w in scene.wires.values() if w.edge.delay),
        "\\end{tikzpicture}",
    ]
    return "\n".join(lines) + "\n"


def escaped(text: str) -> str:
    """A person's words for LaTeX: nothing in them is a command; signs of formulas stand in mathematics."""
    return "".join(_letter(c) for c in " ".join(text.split()))


def _letter(c: str) -> str:
    if c in SPECIAL:
        return SPECIAL[c]
    if c in MATHS:
        return f"${MATHS[c]}$"
    if c in LOW:
        return f"$_{LOW[c]}$"
    if c in HIGH:
        return f"$^{{{HIGH[c]}}}$"
    return c if c.isprintable() and ord(c) < 0x250 else "?"


def _colour(name: str, colour: QColor) -> str:
    return f"\\definecolor{{{name}}}{{RGB}}{{{colour.red()},{colour.green()},{colour.blue()}}}"


def _at(x: float, y: float) -> str:
    return f"({x:.1f},{y:.1f})"


def _frame(box: QRectF, words: str) -> str:
    corners = f"{_at(box.left(), box.top())} rectangle {_at(box.right(), box.bottom())}"
    title = f"node[below right, inner sep=2pt, text=black!60] at {_at(box.left(), box.top())} {{{escaped(words)}}}"
    return f"\\draw[dashed, black!35, rounded corners=3pt] {corners} {title};"


def _node(look: Look, x: float, y: float) -> str:
    corner = "" if look.shape == "card" else f", rounded corners={min(look.height / 2, 20.0) * UNIT:.2f}cm"
    box = f"{_at(x, y)} rectangle {_at(x + look.width, y + look.height)}"
    middle = _at(x + look.width / 2, y + look.height / 2)
    words = f"\\textbf{{{escaped(look.title)}}}"
    return f"\\filldraw[card{corner}, fill=unfold-{look.group}] {box} node at {middle} {{{words}}};"


def _wire(item: WireItem) -> str:
    return f"\\draw[wire, ->] {_path(item.route.path)};"


def _path(path: QPainterPath) -> str:
    """Lines as `--`, cubic curves as `.. controls ..`."""
    kinds = QPainterPath.ElementType
    said: list[str] = []
    i = 0
    while i < path.elementCount():
        e = path.elementAt(i)
        if e.type == kinds.CurveToElement:
            second, end = path.elementAt(i + 1), path.elementAt(i + 2)
            said.append(f".. controls {_at(e.x, e.y)} and {_at(second.x, second.y)} .. {_at(end.x, end.y)}")
            i += 3
            continue
        said.append(_at(e.x, e.y) if e.type == kinds.MoveToElement else f"-- {_at(e.x, e.y)}")
        i += 1
    return " ".join(said)


def _delay(item: WireItem) -> str:
    at = item.route.chip
    return f"\\node[delay] at {_at(at.x(), at.y())} {{$z^{{-{item.edge.delay}}}$}};"
