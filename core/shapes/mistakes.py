"""The mistakes a drawing can hold: one row each, with its code, sentence and hint in both languages.

Texts name what came and what was expected; the place is the Problem's own. They are pinned in a test.
"""

from __future__ import annotations

from dataclasses import dataclass

from core.problems import Fix, Place, Problem, Severity
from core.words import Text, say


@dataclass(frozen=True)
class Mistake:
    """One row: the sentence and the hint, with holes."""

    message: Text
    hint: Text
    severity: Severity = "error"


def mistake(
    code: str, where: Place, /, fixes: tuple[Fix, ...] = (), got: object = "", expected: object = "", **holes: object
) -> Problem:
    """The Problem of a row, its holes filled; a hole that is a Text is filled in each language."""
    row = MISTAKES[code]
    holes = {"got": got, "expected": expected, **holes}
    return Problem(
        code,
        _filled(row.message, holes),
        where,
        _filled(row.hint, holes),
        _shown(got),
        _shown(expected),
        row.severity,
        fixes,
    )


def _filled(text: Text, holes: dict[str, object]) -> Text:
    en = {k: v.en if isinstance(v, Text) else v for k, v in holes.items()}
    es = {k: v.es if isinstance(v, Text) else v for k, v in holes.items()}
    return Text(text.en.format(**en), text.es.format(**es))


def _shown(hole: object) -> str:
    return say(hole) if isinstance(hole, Text) else str(hole)


KINDS = {
    "features": Text("features", "características"),
    "tokens": Text("tokens", "símbolos"),
    "scalar": Text("a number", "un número"),
    "any": Text("a value", "un valor"),
}
TYPES = {
    "int": Text("a whole number", "un número entero"),
    "float": Text("a number", "un número"),
    "bool": Text("true or false", "verdadero o falso"),
    "choice": Text("a choice", "una opción"),
    "text": Text("a text", "un texto"),
    "path": Text("a path", "una ruta"),
}
NO_TIME = Text("no time", "ningún tiempo")


MISTAKES: dict[str, Mistake] = {
    # nodes and parameters
    "node.unknown_kind": Mistake(
        Text("no kind of node is called {got}", "ningún tipo de nodo se llama {got}"),
        Text(
            "Install the plugin that brings it, or remove the node. Its data is kept.",
            "Instale el complemento que lo trae, o quite el nodo. Sus datos se conservan.",
        ),
    ),
    "node.unused": Mistake(
        Text("nothing it gives reaches a loss or an output", "nada de lo que da llega a una pérdida o una salida"),
        Text("Wire it further, or remove it.", "Conéctelo hacia delante, o quítelo."),
        "warning",
    ),
    "param.unknown": Mistake(
        Text("{kind} has no parameter called {got}", "{kind} no tiene un parámetro llamado {got}"),
        Text("Its parameters are: {expected}.", "Sus parámetros son: {expected}."),
    ),
    "param.type": Mistake(
        Text("{param} is {got}, {expected} expected", "{param} es {got}, se espera {expected}"),
        Text("Set it to a value of that kind.", "Dele un valor de ese tipo."),
    ),
    "param.range": Mistake(
        Text("{param} is {got}, {expected} expected", "{param} es {got}, se espera {expected}"),
        Text("Set it to a value in that range.", "Dele un valor de ese intervalo."),
    ),
    "param.choice": Mistake(
        Text("{param} is {got}, one of {expected} expected", "{param} es {got}, se espera uno de {expected}"),
        Text("Choose one of these.", "Elija uno de estos."),
    ),
    "param.ref": Mistake(
        Text(
            "{param} takes its value from the cell's parameter {got}, which does not exist",
            "{param} toma su valor del parámetro {got} de la celda, que no existe",
        ),
        Text("The cell's parameters are: {expected}.", "Los parámetros de la celda son: {expected}."),
    ),
    # wires
    "wire.dangling": Mistake(
        Text("the wire ends at node {got}, which is not there", "el cable termina en el nodo {got}, que no existe"),
        Text("Remove the wire, or draw it again.", "Quite el cable, o vuelva a dibujarlo."),
    ),
    "wire.unknown_port": Mistake(
        Text("there is no port called {got}", "no hay ningún puerto llamado {got}"),
        Text("The ports are: {expected}.", "Los puertos son: {expected}."),
    ),
    "wire.doubled": Mistake(
        Text("{got} wires arrive at a port that takes one", "{got} cables llegan a un puerto que admite uno"),
        Text("Remove all but one, or join them with Add or Concat.", "Deje solo uno, o únalos con Suma o Concatenar."),
    ),
    "wire.missing": Mistake(
        Text("nothing is wired to {port}", "no hay nada conectado a {port}"),
        Text("Wire {expected} to it.", "Conéctele {expected}."),
    ),
    "wire.missing_inside": Mistake(
        Text(
            "nothing is wired to {port}, but {node} inside the cell needs it",
            "no hay nada conectado a {port}, pero {node}, dentro de la celda, lo necesita",
        ),
        Text("Wire it, or make the inside do without.", "Conéctelo, o haga que el interior no lo necesite."),
    ),
    "wire.tokens": Mistake(
        Text("tokens arrive, features are expected", "llegan símbolos, se esperan características"),
        Text("Insert an Embedding or a One-hot.", "Inserte una Incrustación o un One-hot."),
    ),
    "wire.features": Mistake(
        Text("features arrive, tokens are expected", "llegan características, se esperan símbolos"),
        Text("Wire a token input instead.", "Conecte en su lugar una entrada de símbolos."),
    ),
    "wire.kind": Mistake(
        Text("{got} arrives, {expected} expected", "llega {got}, se espera {expected}"),
        Text("Wire a port of that kind instead.", "Conecte en su lugar un puerto de ese tipo."),
    ),
    "bypass.impossible": Mistake(
        Text("it cannot be bypassed: {why}", "no se puede puentear: {why}"),
        Text("Switch the bypass off.", "Desactive el puente."),
    ),
    # sizes
    "size.mismatch": Mistake(
        Text("{got} arrives, {expected} expected", "llega {got}, se espera {expected}"),
        Text("{advice}", "{consejo}"),
    ),
    "size.undetermined": Mistake(
        Text("the size of {what} cannot be worked out", "el tamaño de {what} no se puede deducir"),
        Text(
            "Give a size here or at a node that it is wired to.",
            "Dé un tamaño aquí o en un nodo al que esté conectado.",
        ),
    ),
    "size.split": Mistake(
        Text("{got} cannot be split into {expected} equal parts", "{got} no se puede dividir en {expected} partes iguales"),
        Text("Choose a number of parts that divides it.", "Elija un número de partes que lo divida."),
    ),
    "size.sum": Mistake(
        Text("the sizes joined here cannot add up to {got}", "los tamaños unidos aquí no pueden sumar {got}"),
        Text("Change one of the sizes that are joined.", "Cambie uno de los tamaños que se unen."),
    ),
    "size.parameters": Mistake(
        Text("the model has {got} parameters, at most {expected} fit", "el modelo tiene {got} parámetros, caben como mucho {expected}"),
        Text("Make the largest matrices smaller.", "Reduzca las matrices más grandes."),
    ),
    "size.many_parameters": Mistake(
        Text("the model has {got} parameters: training will be slow and large", "el modelo tiene {got} parámetros: entrenarlo será lento y pesado"),
        Text("Smaller sizes train faster.", "Con tamaños menores entrenará más rápido."),
        "warning",
    ),
    # axes of time
    "axis.mismatch": Mistake(
        Text(
            "axis {got} arrives where axis {expected} runs: these are two different times",
            "llega el eje {got} donde corre el eje {expected}: son dos tiempos distintos",
        ),
        Text(
            "Sum up one of them first (last, first, mean), then it holds for the whole other axis.",
            "Resuma antes uno de los dos (último, primero, media): así vale para todo el otro eje.",
        ),
    ),
    "axis.time_needed": Mistake(
        Text(
            "a value without time arrives, a time axis is needed",
            "llega un valor sin tiempo, hace falta un eje de tiempo",
        ),
        Text("Wire a value that has a time axis.", "Conecte un valor que tenga eje de tiempo."),
    ),
    "axis.static_needed": Mistake(
        Text(
            "a value over axis {got} arrives, one value per sequence is expected",
            "llega un valor a lo largo del eje {got}, se espera un valor por secuencia",
        ),
        Text("Insert Last, First or Mean over time.", "Inserte Último, Primero o Media en el tiempo."),
    ),
    "axis.unknown": Mistake(
        Text("there is no axis {got} here", "aquí no hay ningún eje {got}"),
        Text("The value has: {expected}.", "El valor tiene: {expected}."),
    ),
    "attention.memory": Mistake(
        Text(
            "the memory that attention looks over wants one axis, it has: {got}",
            "la memoria que mira la atención pide un eje; tiene: {got}",
        ),
        Text("Wire the states of the encoder to it, one per step.", "Conéctele los estados del codificador, uno por paso."),
    ),
    "attention.query": Mistake(
        Text(
            "the query runs over {got}, the memory over {expected}: attention looks from one time over another",
            "la consulta corre sobre {got} y la memoria sobre {expected}: la atención mira de un tiempo a otro",
        ),
        Text(
            "Wire a query that runs over another axis, or that has no time.",
            "Conecte una consulta que corra sobre otro eje, o sin tiempo.",
        ),
    ),
    "axis.pair": Mistake(
        Text(
            "the prediction runs over {got}, the target over {expected}",
            "la predicción corre sobre {got}, el objetivo sobre {expected}",
        ),
        Text(
            "Both must have the same time: insert Last, or choose another target.",
            "Ambos deben tener el mismo tiempo: inserte Último, o elija otro objetivo.",
        ),
    ),
    # loops and delays
    "loop.algebraic": Mistake(
        Text(
            "a loop without a delay: {got}. Each value would need itself",
            "un bucle sin retardo: {got}. Cada valor se necesitaría a sí mismo",
        ),
        Text("Put a delay on one wire of the loop.", "Ponga un retardo en un cable del bucle."),
    ),
    "loop.empty": Mistake(
        Text("the wires go in a circle without any node: {got}", "los cables dan la vuelta sin pasar por ningún nodo: {got}"),
        Text("Remove one of these wires.", "Quite uno de esos cables."),
    ),
    "loop.over_time": Mistake(
        Text(
            "it needs the whole sequence, but lies inside the loop {got}",
            "necesita la secuencia entera, pero está dentro del bucle {got}",
        ),
        Text("Move it out of the loop.", "Sáquelo del bucle."),
    ),
    "loop.no_time": Mistake(
        Text("nothing with a time axis drives the loop {got}", "nada con eje de tiempo alimenta el bucle {got}"),
        Text(
            "Wire an input that runs over time into the loop.",
            "Conecte al bucle una entrada que corra en el tiempo.",
        ),
    ),
    "delay.static": Mistake(
        Text("a value without time cannot be delayed", "un valor sin tiempo no se puede retardar"),
        Text("Take the delay off this wire.", "Quite el retardo de este cable."),
    ),
    "delay.range": Mistake(
        Text("the delay is {got}, {expected} expected", "el retardo es {got}, se espera {expected}"),
        Text("Choose a delay in that range.", "Elija un retardo de ese intervalo."),
    ),
    "delay.along": Mistake(
        Text(
            "a value {value} cannot be delayed along {got}",
            "un valor {value} no se puede retardar a lo largo de {got}",
        ),
        Text("It can be delayed along: {expected}.", "Se puede retardar a lo largo de: {expected}."),
    ),
    "delay.child": Mistake(
        Text("a child is one step away, the delay is {got}", "un hijo está a un paso, el retardo es {got}"),
        Text("Set the delay to 1; for grandchildren put a node between two wires.",
             "Ponga el retardo en 1; para los nietos, ponga un nodo entre dos cables."),
    ),
    "delay.two_axes": Mistake(
        Text("a value {got} has two axes and cannot be delayed", "un valor {got} tiene dos ejes y no se puede retardar"),
        Text("Only grids (I, J) are delayed along one of two axes.", "Solo las rejillas (I, J) se retardan a lo largo de uno de dos ejes."),
    ),
    "loop.along": Mistake(
        Text(
            "the loop runs along {expected}, but this wire is delayed along {got}",
            "el bucle corre a lo largo de {expected}, pero este cable se retarda a lo largo de {got}",
        ),
        Text("A loop runs along time, over a grid, or over a tree: delay all its wires alike.",
             "Un bucle corre en el tiempo, por una rejilla o por un árbol: retarde todos sus cables igual."),
    ),
    "delay.none": Mistake(
        Text("the wire is to be delayed along {got}, but it has no delay",
             "el cable se ha de retardar a lo largo de {got}, pero no tiene retardo"),
        Text("Give the wire a delay, or leave it undelayed.", "Dé un retardo al cable, o déjelo sin retardo."),
    ),
    "start.no_delay": Mistake(
        Text(
            "the wire has an initial value, but no delay that would use it",
            "el cable tiene un valor inicial, pero ningún retardo que lo use",
        ),
        Text("Give the wire a delay, or take the initial value away.", "Dé un retardo al cable, o quite el valor inicial."),
    ),
    "start.no_source": Mistake(
        Text("the initial value is fed from {got}, which is not there", "el valor inicial viene de {got}, que no existe"),
        Text("Choose another port, or start from zeros.", "Elija otro puerto, o empiece desde ceros."),
    ),
    "start.over_time": Mistake(
        Text(
            "the initial value runs over axis {got}, one value per sequence is expected",
            "el valor inicial corre sobre el eje {got}, se espera un valor por secuencia",
        ),
        Text("Feed it from Last, First or Mean over time.", "Tómelo de Último, Primero o Media en el tiempo."),
    ),
    "start.size": Mistake(
        Text("the initial value has size {got}, {expected} expected", "el valor inicial tiene tamaño {got}, se espera {expected}"),
        Text("Feed it from a value of the same size.", "Tómelo de un valor del mismo tamaño."),
    ),
    "start.circle": Mistake(
        Text(
            "the initial value comes over the very wire that it should start",
            "el valor inicial llega por el mismo cable que debería iniciar",
        ),
        Text("Feed it from outside the loop, or start from zeros.", "Tómelo de fuera del bucle, o empiece desde ceros."),
    ),
    "start.tokens": Mistake(
        Text("tokens can start only from zeros", "los símbolos solo pueden empezar desde ceros"),
        Text("Delay the features after the Embedding instead.", "Retarde las características, tras la Incrustación."),
    ),
    "weight.identity": Mistake(
        Text(
            "the identity start wants a square matrix, this one is {got}",
            "el inicio identidad pide una matriz cuadrada, esta es {got}",
        ),
        Text("Ones go on its diagonal, zeros elsewhere.", "Lleva unos en la diagonal y ceros en el resto."),
        "warning",
    ),
    "weight.square": Mistake(
        Text(
            "a spectral radius wants a square matrix, this one is {got}",
            "un radio espectral pide una matriz cuadrada, esta es {got}",
        ),
        Text(
            "Only a square matrix has eigenvalues. Use sparse, signs or normal where sizes differ.",
            "Solo una matriz cuadrada tiene autovalores. Use dispersa, signos o normal donde los tamaños difieren.",
        ),
    ),
    "table.none": Mistake(
        Text("there is no Embedding here to share a table with", "aquí no hay ninguna Incrustación con la que compartir tabla"),
        Text("Add an Embedding beside it, in the same drawing.", "Añada una Incrustación junto a él, en el mismo dibujo."),
    ),
    "table.unknown": Mistake(
        Text("no Embedding is called {got}", "ninguna Incrustación se llama {got}"),
        Text("There are: {expected}.", "Hay: {expected}."),
    ),
    "table.several": Mistake(
        Text("several Embeddings could be meant: {expected}", "puede referirse a varias Incrustaciones: {expected}"),
        Text("Name one of them.", "Nombre una."),
    ),
    # the model as a whole
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
    # data fields
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
    # cells
    "cell.no_output": Mistake(
        Text("the cell has no output", "la celda no tiene salida"),
        Text("Open it and add a Cell output.", "Ábrala y añada una Salida de celda."),
    ),
    "cell.double_port": Mistake(
        Text("two ports of the cell are called {got}", "dos puertos de la celda se llaman {got}"),
        Text("Give one of them another name.", "Dé otro nombre a uno de los dos."),
    ),
    "cell.recursive": Mistake(
        Text("the cell {got} contains itself", "la celda {got} se contiene a sí misma"),
        Text("Take it out of its own body.", "Sáquela de su propio interior."),
    ),
    "cell.too_deep": Mistake(
        Text("cells are nested deeper than {expected}", "las celdas se anidan a más de {expected} niveles"),
        Text("Unpack some of them.", "Desempaquete algunas."),
    ),
    "cell.outside": Mistake(
        Text("it only has a meaning inside a cell", "solo tiene sentido dentro de una celda"),
        Text("Use an input or an Output node here.", "Use aquí un nodo de entrada o de Salida."),
    ),
    "graph.too_big": Mistake(
        Text("the drawing has more than {expected} nodes, cells opened", "el dibujo tiene más de {expected} nodos con las celdas abiertas"),
        Text("Use fewer or smaller cells.", "Use menos celdas, o más pequeñas."),
    ),
}  # fmt: skip
