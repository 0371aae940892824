"""Mistakes of time: axes, loops, delays and what they start from."""

from core.shapes.mistakes.row import Mistake
from core.words import Text

TIMES: dict[str, Mistake] = {
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
}  # fmt: skip
