"""Keeping time inside a network: a value held over a sequence, and gates that open every so many steps."""

from core.api import Builder, InitRule, NodeSpec, ParamSpec, PortSpec, Text


def build_repeat(b: Builder) -> None:
    x, like = b.input("x"), b.input("like")
    assert x is not None and like is not None
    b.output("y", b.op("repeat", x, like))


def build_every(b: Builder) -> None:
    count = b.input("count")
    assert count is not None
    rule = InitRule("periods", b.number("base"), count=b.integer("groups"))
    periods = b.weight("periods", (count.sig.size,), rule, False)
    b.output("gate", b.op("every", count, weights=(periods,)))


repeat = NodeSpec(
    "repeat",
    Text("Repeat", "Repetir"),
    "time",
    Text(
        "Gives one value per sequence to every step of another wire: a constant that goes along with a sequence, a context "
        "that a decoder sees at each step.",
        "Da un valor por secuencia a cada paso de otro cable: una constante que acompaña a una secuencia, un contexto que "
        "un decodificador ve en cada paso.",
    ),
    r"y_t = x",
    (
        PortSpec("x", "features", Text("value", "valor")),
        PortSpec("like", "any", Text("whose steps", "pasos de quién")),
    ),
    (PortSpec("y", "features", Text("sequence", "secuencia")),),
    build=build_repeat,
    keywords=("broadcast", "hold", "copy", "difundir", "mantener", "copiar"),
)

every = NodeSpec(
    "every",
    Text("Every", "Cada"),
    "time",
    Text(
        "A gate for each unit that opens where its period divides the count, and is shut otherwise. The units form equal "
        "groups with periods 1, base, base² … Wire a counter to it: a sum of ones with a delay.",
        "Una puerta por unidad que se abre cuando su periodo divide la cuenta, y si no está cerrada. Las unidades forman "
        "grupos iguales con periodos 1, base, base² … Conecte un contador: una suma de unos con un retardo.",
    ),
    r"g_{t,i} = 1 \; \mathrm{if} \; n_t \bmod T_i = 0, \; \mathrm{else} \; 0",
    (PortSpec("count", "features", Text("count", "cuenta")),),
    (PortSpec("gate", "features", Text("gate", "puerta")),),
    (
        ParamSpec("groups", "int", 8, Text("Groups", "Grupos"),
                  Text("Into how many groups the units are cut.", "En cuántos grupos se cortan las unidades."), 1, 64),
        ParamSpec("base", "float", 2.0, Text("Base", "Base"),
                  Text("Group k opens every base to the power k steps, from 0.",
                       "El grupo k se abre cada base elevado a k pasos, desde 0."), 1.0, 1000.0),
    ),
    build_every,
    keywords=("clock", "period", "modulo", "gate", "reloj", "periodo", "módulo", "puerta"),
)  # fmt: skip
