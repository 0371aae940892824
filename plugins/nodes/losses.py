"""What training makes small: how far the prediction is from the answer, per step, then as one number."""

from core.api import Builder, NodeSpec, ParamSpec, PortSpec, Text

LOSS = (PortSpec("loss", "scalar", Text("loss", "pérdida")),)
PARAMS = (
    ParamSpec("over", "choice", "mean", Text("Over time", "En el tiempo"),
              Text("Mean or sum over the true steps. The mean does not grow with the length.",
                   "Media o suma sobre los pasos reales. La media no crece con la longitud."),
              choices=(("mean", Text("mean", "media")), ("sum", Text("sum", "suma")))),
    ParamSpec("weight", "float", 1.0, Text("Weight", "Peso"),
              Text("Its share where a model has several losses.", "Su parte cuando un modelo tiene varias pérdidas."),
              0.0, 1e6),
    ParamSpec("skip", "int", 0, Text("Skip first steps", "Saltar los primeros pasos"),
              Text("Steps at the start of each sequence, while the state still settles, that loss and measures leave out.",
                   "Pasos al inicio de cada secuencia, mientras el estado se asienta, que pérdida y medidas no cuentan."),
              0, 10**6),
)  # fmt: skip


def loss(
    kind: str,
    prediction: PortSpec,
    target: PortSpec,
    name: Text,
    help: Text,
    equation: str,
    *keywords: str,
) -> NodeSpec:
    """A node of one loss primitive, its values per step given out, their reduction to one number added."""

    def build(b: Builder) -> None:
        said, true = b.input(prediction.name), b.input(target.name)
        assert said is not None and true is not None
        steps = b.op(kind, said, true)
        b.output("loss", steps)
        b.op("reduce_loss", steps, over=b.text("over"), weight=b.number("weight"), skip=b.integer("skip"))

    return NodeSpec(
        kind, name, "loss", help, equation, (prediction, target), LOSS, PARAMS, build, role="loss",
        keywords=("loss", "error", "pérdida", "coste", *keywords),
    )  # fmt: skip


cross_entropy = loss(
    "cross_entropy",
    PortSpec("logits", "features", Text("logits", "logits")),
    PortSpec("target", "tokens", Text("right symbol", "símbolo correcto")),
    Text("Cross-entropy", "Entropía cruzada"),
    Text(
        "How surprised the model is by the right symbol: −ln of the probability it gave it. It takes logits, the "
        "numbers before the softmax. Guessing evenly among V symbols scores ln V.",
        "Cuánto sorprende al modelo el símbolo correcto: −ln de la probabilidad que le dio. Toma logits, los números de "
        "antes del softmax. Acertar al azar entre V símbolos da ln V.",
    ),
    r"L_t = -\ln \frac{e^{x_{y_t}}}{\sum_j e^{x_j}}",
    "classification",
    "clasificación",
    "nll",
)
mse = loss(
    "mse",
    PortSpec("prediction", "features", Text("prediction", "predicción")),
    PortSpec("target", "features", Text("right value", "valor correcto")),
    Text("Squared error", "Error cuadrático"),
    Text(
        "The mean square of the difference between prediction and answer: for numbers. Predicting the mean scores the "
        "variance of the answers.",
        "La media del cuadrado de la diferencia entre predicción y respuesta: para números. Predecir la media da la "
        "varianza de las respuestas.",
    ),
    r"L_t = \frac{1}{n} \sum_i (x_i - y_i)^2",
    "regression",
    "regresión",
    "mse",
)
bce = loss(
    "bce",
    PortSpec("logits", "features", Text("logits", "logits")),
    PortSpec("target", "features", Text("0 or 1", "0 o 1")),
    Text("Binary cross-entropy", "Entropía cruzada binaria"),
    Text(
        "For yes-or-no answers, one per unit. It takes logits, the numbers before a sigmoid.",
        "Para respuestas de sí o no, una por unidad. Toma logits, los números de antes de una sigmoide.",
    ),
    r"L_t = -\frac{1}{n} \sum_i \left( y_i \ln \sigma(x_i) + (1 - y_i) \ln(1 - \sigma(x_i)) \right)",
    "binary",
    "binaria",
)
