"""How a run trains, as a value kept in the project. Every field is described so that forms and `--set` follow it."""

from __future__ import annotations

from dataclasses import dataclass

from core.specs.params import ParamSpec
from core.words import Text

AUTO = "auto"


@dataclass(frozen=True)
class Training:
    """Everything a run needs beyond graph and data. Steps are optimizer steps."""

    steps: int = 1000
    seed: int = 0
    optimizer: str = "adam"  # sgd adam adamw rmsprop adagrad adadelta ridge
    learning_rate: float = 1e-3
    momentum: float = 0.0  # sgd, rmsprop
    ridge: float = 0.0  # ridge: how strongly large weights of the readout are held back
    l2: float = 0.0  # penalty l2/2·|w|², added to the gradient
    weight_decay: float = 0.0  # decoupled: w shrinks by rate·decay beside the gradient's step
    schedule: str = "constant"  # constant step cosine linear
    schedule_factor: float = 0.2  # step: factor at 2/3 of the steps; linear, cosine: fraction left at the end
    warmup: int = 0  # steps of linear warm-up
    clip_norm: float = 0.0  # 0 = off
    clip_value: float = 0.0  # 0 = off
    gradient_noise: float = 0.0  # 0 = off; variance noise / step^0.55
    forcing: str = "constant"  # how the share of the truth heard falls: constant linear exponential inverse_sigmoid
    forcing_start: float = 1.0
    forcing_end: float = 0.0
    forcing_pace: float = 0.0  # steps; 0 = from the length of the run
    truncate: str = ""  # "" whole sequences, "35" cut every 35 steps, "20,40" cut before these
    truncate_state: str = "carry"  # carry the state over a cut, or reset it
    validate_every: int = 200  # 0 = only at the end
    stop_metric: str = ""  # end early when the validation metric reaches `stop_value`
    stop_value: float = 0.0
    patience: int = 0  # validations without a better one that end the run; 0 = off
    keep: str = "last"  # last best: which weights are published
    keep_by: str = ""  # validation metric that says which are best; "" = the stop metric, or else the loss
    device: str = AUTO  # auto cpu cuda mps
    precision: str = "fp32"  # fp32 bf16 fp64
    threads: int = 1  # torch's intra-op threads
    probe_budget: float = 0.03  # fraction of training time given to probes; 0 = off
    probe_examples: int = 4
    checkpoint_every: int = 500  # 0 = only at the end
    sample_every: int = 0  # text sampled from the model every n steps; 0 = off
    sample_length: int = 120
    temperature: float = 0.8


def _choice(name: str, default: str, label: Text, help: Text, *choices: tuple[str, Text]) -> ParamSpec:
    return ParamSpec(name, "choice", default, label, help, choices=choices)


def _same(*names: str) -> tuple[tuple[str, Text], ...]:
    return tuple((n, Text(n, n)) for n in names)


FIELDS: tuple[ParamSpec, ...] = (
    ParamSpec("steps", "int", 1000, Text("Steps", "Pasos"), Text("Optimizer steps to train.", "Pasos del optimizador."), 1, 10**9),
    ParamSpec("seed", "int", 0, Text("Seed", "Semilla"), Text("Everything random follows from it.", "Todo lo aleatorio sale de ella."), 0, 2**31 - 1),
    _choice("optimizer", "adam", Text("Optimizer", "Optimizador"), Text("The rule that turns gradients into steps.", "La regla que convierte gradientes en pasos."), ("sgd", Text("SGD", "SGD")), ("adam", Text("Adam", "Adam")), ("adamw", Text("AdamW", "AdamW")), ("rmsprop", Text("RMSprop", "RMSprop")), ("adagrad", Text("Adagrad", "Adagrad")), ("adadelta", Text("Adadelta", "Adadelta")), ("ridge", Text("Ridge: readout in closed form", "Ridge: lectura en forma cerrada"))),
    ParamSpec("learning_rate", "float", 1e-3, Text("Learning rate", "Tasa de aprendizaje"), Text("May be changed while training.", "Se puede cambiar durante el entrenamiento."), 0.0, 1e3),
    ParamSpec("momentum", "float", 0.0, Text("Momentum", "Momento"), Text("For SGD and RMSprop.", "Para SGD y RMSprop."), 0.0, 0.9999, advanced=True),
    ParamSpec("ridge", "float", 0.0, Text("Ridge", "Ridge"), Text("Added to XᵀX of the readout: holds large weights back. 0 is plain least squares.", "Se suma a XᵀX de la lectura: frena los pesos grandes. 0 son mínimos cuadrados."), 0.0, 1e9),
    ParamSpec("l2", "float", 0.0, Text("L2 penalty", "Penalización L2"), Text("Adds l2·w to the gradient, as a term l2/2·|w|² in the loss would. Adam then divides it by the size of the gradients.", "Suma l2·w al gradiente, como haría un término l2/2·|w|² en la pérdida. Adam lo divide después por el tamaño de los gradientes."), 0.0, 10.0, advanced=True),
    ParamSpec("weight_decay", "float", 0.0, Text("Weight decay", "Decaimiento de pesos"), Text("Decoupled: each step shrinks every weight by rate × decay, whatever its gradient. Under plain SGD it is the L2 penalty; under Adam it is AdamW.", "Desacoplado: cada paso encoge cada peso en tasa × decaimiento, sea cual sea su gradiente. Con SGD simple equivale a la penalización L2; con Adam es AdamW."), 0.0, 10.0, advanced=True),
    _choice("schedule", "constant", Text("Schedule", "Programa de la tasa"), Text("How the learning rate changes over the run.", "Cómo cambia la tasa durante el entrenamiento."), ("constant", Text("Constant", "Constante")), ("step", Text("Step at 2/3", "Escalón a 2/3")), ("cosine", Text("Cosine", "Coseno")), ("linear", Text("Linear", "Lineal"))),
    ParamSpec("schedule_factor", "float", 0.2, Text("Schedule factor", "Factor del programa"), Text("What is left of the learning rate after the step or at the end.", "Lo que queda de la tasa tras el escalón o al final."), 0.0, 1.0, advanced=True),
    ParamSpec("warmup", "int", 0, Text("Warm-up steps", "Pasos de calentamiento"), Text("The learning rate rises linearly over these.", "La tasa sube linealmente durante estos pasos."), 0, 10**9, advanced=True),
    ParamSpec("clip_norm", "float", 0.0, Text("Clip by norm", "Recorte por norma"), Text("Largest norm of the whole gradient; 0 is off.", "Norma máxima de todo el gradiente; 0 lo apaga."), 0.0, 1e6),
    ParamSpec("clip_value", "float", 0.0, Text("Clip by value", "Recorte por valor"), Text("Largest absolute value of each gradient entry; 0 is off.", "Valor absoluto máximo de cada entrada; 0 lo apaga."), 0.0, 1e6, advanced=True),
    ParamSpec("gradient_noise", "float", 0.0, Text("Gradient noise", "Ruido en el gradiente"), Text("Gaussian noise of variance η / step^0.55 added after clipping (Neelakantan et al. 2015); 0 is off.", "Ruido gaussiano de varianza η / paso^0,55 sumado tras el recorte (Neelakantan et al. 2015); 0 lo apaga."), 0.0, 1e3, advanced=True),
    _choice("forcing", "constant", Text("Schedule of the truth", "Programa de la verdad"), Text("How the share of the truth that a model with a Teacher hears falls while it trains (Bengio et al. 2015). At 1 all steps train at once; below, step by step.", "Cómo cae, al entrenar, la parte de la verdad que oye un modelo con Profesor (Bengio et al. 2015). Con 1 todos los pasos se entrenan a la vez; por debajo, paso a paso."), ("constant", Text("Constant", "Constante")), ("linear", Text("Linear", "Lineal")), ("exponential", Text("Exponential", "Exponencial")), ("inverse_sigmoid", Text("Inverse sigmoid", "Sigmoide inversa"))),
    ParamSpec("forcing_start", "float", 1.0, Text("Share at the start", "Parte al empezar"), Text("1: it always hears the truth. 0: only itself.", "1: siempre oye la verdad. 0: solo a sí mismo."), 0.0, 1.0),
    ParamSpec("forcing_end", "float", 0.0, Text("Share at the end", "Parte al final"), Text("What the schedule falls to.", "Hasta dónde cae el programa."), 0.0, 1.0),
    ParamSpec("forcing_pace", "float", 0.0, Text("Pace", "Ritmo"), Text("In steps. Linear: until the end is reached. Exponential: until 37 % is left. Inverse sigmoid: k, half after k·ln k. 0: from the length of the run.", "En pasos. Lineal: hasta llegar al final. Exponencial: hasta que queda el 37 %. Sigmoide inversa: k, la mitad tras k·ln k. 0: según la duración."), 0.0, 1e9, advanced=True),
    ParamSpec("truncate", "text", "", Text("Truncate the gradient", "Truncar el gradiente"), Text("Steps after which the gradient is cut: 35 cuts every 35 steps, 20,40 before those two. Empty: it goes back through the whole sequence.", "Pasos tras los que se corta el gradiente: 35 corta cada 35 pasos; 20,40, antes de esos dos. Vacío: recorre toda la secuencia."), advanced=True),
    _choice("truncate_state", "carry", Text("State at a cut", "Estado en el corte"), Text("Whether the state goes on over a cut, without its gradient, or begins anew.", "Si el estado sigue tras un corte, sin su gradiente, o empieza de nuevo."), ("carry", Text("goes on", "sigue")), ("reset", Text("begins anew", "empieza de nuevo"))),
    ParamSpec("validate_every", "int", 200, Text("Validate every", "Validar cada"), Text("Steps between validations; 0 only at the end.", "Pasos entre validaciones; 0 solo al final."), 0, 10**9),
    ParamSpec("stop_metric", "text", "", Text("Stop on", "Parar por"), Text("Validation metric that ends the run early; empty is off.", "Métrica de validación que termina antes; vacío lo apaga."), advanced=True),
    ParamSpec("stop_value", "float", 0.0, Text("Stop at", "Parar en"), Text("The value that metric must reach.", "El valor que la métrica debe alcanzar."), -1e9, 1e9, advanced=True),
    ParamSpec("patience", "int", 0, Text("Patience", "Paciencia"), Text("End after so many validations without a better one, by the metric the best is kept by, the stop metric or else the loss; 0 is off.", "Termina tras tantas validaciones sin mejorar, según la métrica de los mejores pesos, la de parada o la pérdida; 0 lo apaga."), 0, 10**6, advanced=True),
    _choice("keep", "last", Text("Weights kept", "Pesos que se guardan"), Text("Which weights exports and samples use: the last, or those of the best validation.", "Qué pesos usan la exportación y las muestras: los últimos, o los de la mejor validación."), ("last", Text("the last", "los últimos")), ("best", Text("the best", "los mejores"))),
    ParamSpec("keep_by", "text", "", Text("Best by", "Los mejores según"), Text("Validation metric that says which weights are best; empty takes the stop metric, or else the loss.", "Métrica de validación que dice qué pesos son los mejores; vacío toma la de parada o, si no, la pérdida.")),
    _choice("device", "auto", Text("Device", "Dispositivo"), Text("Where it trains.", "Dónde se entrena."), ("auto", Text("Automatic", "Automático")), *_same("cpu", "cuda", "mps")),
    _choice("precision", "fp32", Text("Precision", "Precisión"), Text("Numbers used in training.", "Números usados al entrenar."), *_same("fp32", "bf16", "fp64")),
    ParamSpec("threads", "int", 1, Text("CPU threads", "Hilos de CPU"), Text("One is fastest for small models.", "Uno es lo más rápido en modelos pequeños."), 1, 256, advanced=True),
    ParamSpec("probe_budget", "float", 0.03, Text("Probe budget", "Presupuesto de sondas"), Text("Share of training time that watching may take; 0 is off.", "Parte del tiempo de entrenamiento para observar; 0 lo apaga."), 0.0, 1.0),
    ParamSpec("probe_examples", "int", 4, Text("Probed sequences", "Secuencias sondeadas"), Text("Fixed held-out sequences the probes run.", "Secuencias fijas que recorren las sondas."), 1, 64, advanced=True),
    ParamSpec("checkpoint_every", "int", 500, Text("Checkpoint every", "Punto de control cada"), Text("Steps between checkpoints; 0 only at the end.", "Pasos entre puntos de control; 0 solo al final."), 0, 10**9),
    ParamSpec("sample_every", "int", 0, Text("Sample every", "Muestrear cada"), Text("Steps between texts sampled from the model; 0 is off.", "Pasos entre textos muestreados; 0 lo apaga."), 0, 10**9),
    ParamSpec("sample_length", "int", 120, Text("Sample length", "Largo de la muestra"), Text("Symbols in a sample.", "Símbolos de cada muestra."), 1, 100_000, advanced=True),
    ParamSpec("temperature", "float", 0.8, Text("Temperature", "Temperatura"), Text("Below 1 safer, above 1 bolder samples.", "Menos de 1, más seguro; más de 1, más audaz."), 0.01, 10.0),
)  # fmt: skip
