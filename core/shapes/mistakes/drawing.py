"""Mistakes of what is drawn: nodes and their parameters, wires, cells."""

from core.shapes.mistakes.row import Mistake
from core.words import Text

DRAWING: dict[str, Mistake] = {
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
        Text("“{param}” is {got}, {expected} expected", "«{param}» es {got}, se espera {expected}"),
        Text("Set it to a value of that kind.", "Dele un valor de ese tipo."),
    ),
    "param.range": Mistake(
        Text("“{param}” is {got}, {expected} expected", "«{param}» es {got}, se espera {expected}"),
        Text("Set it to a value in that range.", "Dele un valor de ese intervalo."),
    ),
    "param.choice": Mistake(
        Text("“{param}” is {got}, one of {expected} expected", "«{param}» es {got}, se espera uno de {expected}"),
        Text("Choose one of these.", "Elija uno de estos."),
    ),
    "param.ref": Mistake(
        Text(
            "“{param}” takes its value from the cell's parameter {got}, which does not exist",
            "«{param}» toma su valor del parámetro {got} de la celda, que no existe",
        ),
        Text("The cell's parameters are: {expected}.", "Los parámetros de la celda son: {expected}."),
    ),
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
