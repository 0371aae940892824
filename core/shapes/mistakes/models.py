"""Mistakes of a model as a whole: what it reads, what it is asked and what it is told."""

from core.shapes.mistakes.row import Mistake
from core.words import Text

MODELS: dict[str, Mistake] = {
    "model.no_input": Mistake(
        Text("the model has no input", "el modelo no tiene entrada"),
        Text("Add a Tokens or Features node.", "Añada un nodo Símbolos o Características."),
    ),
    "model.no_target": Mistake(
        Text("the model has no target", "el modelo no tiene objetivo"),
        Text("Add a Target node and wire it to the loss.", "Añada un nodo Objetivo y conéctelo a la pérdida."),
    ),
    "model.no_loss": Mistake(
        Text("the model has no loss: nothing tells it what is right", "el modelo no tiene pérdida: nada le dice qué es correcto"),
        Text("Add a Cross-entropy or a Squared error.", "Añada una Entropía cruzada o un Error cuadrático."),
    ),
    "model.no_output": Mistake(
        Text("no output of the model depends on its inputs", "ninguna salida del modelo depende de sus entradas"),
        Text("Wire the inputs through to a loss or an Output.", "Conecte las entradas hasta una pérdida o una Salida."),
    ),
    "model.leak": Mistake(
        Text("the answer {got} reaches a prediction", "la respuesta {got} llega a una predicción"),
        Text(
            "Wire targets to the target port of a loss only, else the model reads what it should say.",
            "Conecte los objetivos solo al puerto objetivo de una pérdida; si no, el modelo lee lo que debe decir.",
        ),
    ),
    "teacher.truth": Mistake(
        Text("the truth of a teacher comes from {got}, not from a target", "la verdad de un profesor viene de {got}, no de un objetivo"),
        Text("Wire the target itself to it: the model must do without when it runs free.",
             "Conéctele el propio objetivo: el modelo debe poder pasarse sin él cuando va suelto."),
    ),
    "teacher.all_given": Mistake(
        Text("{got} steps are given, but the held-out sequences have {steps}: the free run hears nothing but the truth",
             "se dan {got} pasos, pero las secuencias reservadas tienen {steps}: suelto no oye más que la verdad"),
        Text("Give fewer steps, so that some are left to run free.", "Dé menos pasos, para que queden algunos sueltos."),
        "warning",
    ),
    "teacher.now": Mistake(
        Text("what the teacher says about this step reaches this step's prediction",
             "lo que el profesor dice de este paso llega a la predicción de este mismo paso"),
        Text("Put a delay on the wire: the model may hear the answers of earlier steps only.",
             "Ponga un retardo en el cable: el modelo solo puede oír las respuestas de pasos anteriores."),
    ),
    "loss.vocabulary": Mistake(
        Text(
            "{got} logits arrive, but the target has {expected} symbols",
            "llegan {got} logits, pero el objetivo tiene {expected} símbolos",
        ),
        Text(
            "Set the units of the last Dense to {expected}, or to 0 to follow the data.",
            "Ponga las unidades de la última Densa en {expected}, o en 0 para seguir a los datos.",
        ),
    ),
    "loss.double_softmax": Mistake(
        Text(
            "probabilities arrive, logits are expected: softmax would be taken twice",
            "llegan probabilidades, se esperan logits: se aplicaría softmax dos veces",
        ),
        Text("Wire the values before the softmax.", "Conecte los valores de antes del softmax."),
        "warning",
    ),
    "loss.double_sigmoid": Mistake(
        Text(
            "values after a sigmoid arrive, logits are expected: the sigmoid would be taken twice",
            "llegan valores tras una sigmoide, se esperan logits: se aplicaría la sigmoide dos veces",
        ),
        Text("Wire the values before the sigmoid.", "Conecte los valores de antes de la sigmoide."),
        "warning",
    ),
    "field.unknown": Mistake(
        Text("the data has no field called {got}", "los datos no tienen un campo llamado {got}"),
        Text("Its fields are: {expected}.", "Sus campos son: {expected}."),
    ),
    "field.kind": Mistake(
        Text("the field {field} holds {got}, {expected} expected", "el campo {field} contiene {got}, se espera {expected}"),
        Text("Choose another field, or another kind of input.", "Elija otro campo, u otro tipo de entrada."),
    ),
    "field.none": Mistake(
        Text("the data has no field that fits here: {expected} wanted", "los datos no tienen un campo que sirva aquí: se busca {expected}"),
        Text("Choose other data, or another kind of input.", "Elija otros datos, u otro tipo de entrada."),
    ),
    "field.several": Mistake(
        Text("several fields fit here: {expected}", "varios campos sirven aquí: {expected}"),
        Text("Choose one of them.", "Elija uno de ellos."),
    ),
    "field.answer": Mistake(
        Text("{got} is an answer, not an input", "{got} es una respuesta, no una entrada"),
        Text("Read it with a Target node, or choose another field.", "Léalo con un nodo Objetivo, o elija otro campo."),
    ),
    "vectors.no_words": Mistake(
        Text("the file of word vectors cannot be used: the data does not say what words the {expected} symbols of {got} are",
             "el archivo de vectores no se puede usar: los datos no dicen qué palabras son los {expected} símbolos de {got}"),
        Text("Choose data with a vocabulary, or take the file away: the vectors then begin at random.",
             "Elija datos con vocabulario, o quite el archivo: los vectores empiezan entonces al azar."),
    ),
}  # fmt: skip
