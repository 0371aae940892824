"""The family of activations: one unit at a time, no weights."""

from core.api import Builder, NodeSpec, ParamSpec, PortSpec, Text

X = (PortSpec("x", "features", Text("input", "entrada")),)
Y = (PortSpec("y", "features", Text("output", "salida")),)
SLOPE = ParamSpec(
    "slope",
    "float",
    0.01,
    Text("Slope", "Pendiente"),
    Text("Slope below zero.", "Pendiente por debajo de cero."),
    0.0,
    10.0,
)


def activation(
    kind: str, name: Text, help: Text, equation: str, *keywords: str, params: tuple[ParamSpec, ...] = (), op: str = ""
) -> NodeSpec:
    """A node that applies one primitive to its input; its parameters are the primitive's."""

    def build(b: Builder) -> None:
        x = b.input("x")
        assert x is not None
        b.output("y", b.op(op or kind, x, **{p.name: b.param(p.name) for p in params}))

    return NodeSpec(
        kind, name, "activation", help, equation, X, Y, params, build, keywords=("activation", "activación", *keywords)
    )


sigmoid = activation(
    "sigmoid",
    Text("Sigmoid", "Sigmoide"),
    Text(
        "Squeezes each number between 0 and 1: how far a gate is open. Its slope is at most 1/4, so gradients shrink on "
        "every pass.",
        "Lleva cada número a entre 0 y 1: cuánto se abre una puerta. Su pendiente es como mucho 1/4, así que los "
        "gradientes menguan a cada paso.",
    ),
    r"y = \sigma(x) = \frac{1}{1 + e^{-x}}",
    "gate",
    "logistic",
    "puerta",
    "logística",
)
tanh = activation(
    "tanh",
    Text("Tanh", "Tanh"),
    Text(
        "Squeezes each number between −1 and 1, with slope 1 at zero: the usual activation of a recurrent state.",
        "Lleva cada número a entre −1 y 1, con pendiente 1 en cero: la activación usual de un estado recurrente.",
    ),
    r"y = \tanh(x)",
    "hyperbolic",
    "hiperbólica",
)
relu = activation(
    "relu",
    Text("ReLU", "ReLU"),
    Text(
        "Keeps what is positive, zero elsewhere. In a loop it can keep a gradient whole or make it explode; start such a "
        "loop from the identity.",
        "Deja lo positivo y pone a cero lo demás. En un bucle puede conservar el gradiente o hacerlo explotar; empiece "
        "ese bucle con la identidad.",
    ),
    r"y = \max(0, x)",
    "rectifier",
    "rectificador",
)
leaky_relu = activation(
    "leaky_relu",
    Text("Leaky ReLU", "ReLU con fuga"),
    Text(
        "Like ReLU, but lets a little through below zero, so that no unit stops learning for good.",
        "Como ReLU, pero deja pasar algo por debajo de cero, para que ninguna unidad deje de aprender del todo.",
    ),
    r"y = \max(x, a\,x)",
    "leak",
    "fuga",
    params=(SLOPE,),
)
elu = activation(
    "elu",
    Text("ELU", "ELU"),
    Text(
        "Like ReLU, but bends smoothly towards −1 below zero, which keeps the mean of the units near zero.",
        "Como ReLU, pero se curva hacia −1 por debajo de cero, y así la media de las unidades queda cerca de cero.",
    ),
    r"y = \max(0, x) + \min(0, e^{x} - 1)",
    "exponential",
    "exponencial",
)
gelu = activation(
    "gelu",
    Text("GELU", "GELU"),
    Text(
        "A smooth ReLU: multiplies each number by the chance that a normal number is below it.",
        "Una ReLU suave: multiplica cada número por la probabilidad de que un número normal quede por debajo.",
    ),
    r"y = x\,\Phi(x)",
    "gaussian",
    "gaussiana",
)
softplus = activation(
    "softplus",
    Text("Softplus", "Softplus"),
    Text(
        "A smooth ReLU that is always positive: for rates, deviations and time constants.",
        "Una ReLU suave y siempre positiva: para tasas, desviaciones y constantes de tiempo.",
    ),
    r"y = \ln(1 + e^{x})",
    "positive",
    "positiva",
)
softsign = activation(
    "softsign",
    Text("Softsign", "Softsign"),
    Text(
        "Between −1 and 1 like tanh, but it approaches them slowly, so that large values keep some gradient.",
        "Entre −1 y 1 como tanh, pero se acerca despacio, y así los valores grandes conservan algo de gradiente.",
    ),
    r"y = \frac{x}{1 + |x|}",
    "squash",
)
hard_sigmoid = activation(
    "hard_sigmoid",
    Text("Hard sigmoid", "Sigmoide dura"),
    Text(
        "A sigmoid of three straight lines: quick, and exactly 0 or 1 at its ends.",
        "Una sigmoide de tres rectas: rápida, y exactamente 0 o 1 en sus extremos.",
    ),
    r"y = \min\left(1, \max\left(0, \frac{x}{6} + \frac{1}{2}\right)\right)",
    "gate",
    "puerta",
)
identity = activation(
    "identity",
    Text("Identity", "Identidad"),
    Text(
        "Passes its input on unchanged: a linear unit, or a point on a wire that you want to name and watch.",
        "Pasa su entrada sin cambio: una unidad lineal, o un punto del cable que se quiere nombrar y observar.",
    ),
    r"y = x",
    "linear",
    "lineal",
)
softmax_activation = activation(
    "softmax_activation",
    Text("Softmax (inner)", "Softmax (interior)"),
    Text(
        "Turns numbers into shares that add up to 1, inside a network: weights of a mixture, attention. At the end of "
        "a classifier use the Softmax head, whose logits feed the loss.",
        "Convierte números en partes que suman 1, dentro de una red: pesos de una mezcla, atención. Al final de un "
        "clasificador use la cabeza Softmax, cuyos logits van a la pérdida.",
    ),
    r"y_i = \frac{e^{x_i}}{\sum_j e^{x_j}}",
    "normalise",
    "attention",
    "atención",
    op="softmax",
)
step = activation(
    "step",
    Text("Step", "Escalón"),
    Text(
        "1 above zero, 0 below: a unit that fires or does not. Its slope is zero everywhere, so nothing before it learns: "
        "for reservoirs, of which only the readout is trained.",
        "1 por encima de cero, 0 por debajo: una unidad que dispara o no. Su pendiente es cero en todas partes, así que nada "
        "anterior aprende: para reservorios, de los que solo se entrena la lectura.",
    ),
    r"y = 1 \; \mathrm{if} \; x > 0, \; \mathrm{else} \; 0",
    "threshold",
    "spike",
    "heaviside",
    "umbral",
    "disparo",
)
atanh = activation(
    "atanh",
    Text("Inverse tanh", "Tanh inversa"),
    Text(
        "Undoes a tanh: what must go in for this to come out. It turns answers between −1 and 1 into what a readout "
        "before a tanh has to say.",
        "Deshace una tanh: lo que debe entrar para que salga esto. Convierte respuestas entre −1 y 1 en lo que tiene que "
        "decir una lectura anterior a una tanh.",
    ),
    r"y = \operatorname{artanh}(x)",
    "artanh",
    "inverse",
    "inversa",
)
sign = activation(
    "sign",
    Text("Sign", "Signo"),
    Text(
        "+1 above zero, −1 below: a unit with two states. Its slope is zero everywhere, so nothing before it learns: for "
        "reservoirs, of which only the readout is trained.",
        "+1 por encima de cero, −1 por debajo: una unidad de dos estados. Su pendiente es cero en todas partes, así que nada "
        "anterior aprende: para reservorios, de los que solo se entrena la lectura.",
    ),
    r"y = \mathrm{sign}(x)",
    "threshold",
    "binary",
    "umbral",
    "binaria",
)
