"""The ports of a cell, seen from inside, and the cell that a person packs."""

from core.api import NodeSpec, ParamSpec, PortSpec, Text

SIGNALS = (
    ("features", Text("features", "características")),
    ("tokens", Text("tokens", "símbolos")),
    ("scalar", Text("number", "número")),
)
NAME = ParamSpec(
    "name",
    "text",
    "",
    Text("Name", "Nombre"),
    Text(
        "What the port is called from outside. Empty: the node's own id.",
        "Cómo se llama el puerto desde fuera. Vacío: el identificador del nodo.",
    ),
)
SIGNAL = ParamSpec("signal", "choice", "features", Text("Carries", "Lleva"), choices=SIGNALS)

cell_input = NodeSpec(
    "cell_input",
    Text("Cell input", "Entrada de celda"),
    "structure",
    Text(
        "What arrives at one input port of the cell. A static input is one value per sequence, such as an initial "
        "state; left unwired, a delayed wire that starts from it starts from zeros.",
        "Lo que llega a un puerto de entrada de la celda. Una entrada estática es un valor por secuencia, como un estado "
        "inicial; si no se conecta, un cable retardado que empieza en ella empieza en ceros.",
    ),
    r"x_t",
    (),
    (PortSpec("x", "any", Text("value", "valor")),),
    (
        NAME,
        SIGNAL,
        ParamSpec("static", "bool", False, Text("Static", "Estática"),
                  Text("One value per sequence, without time.", "Un valor por secuencia, sin tiempo.")),
        ParamSpec("optional", "bool", False, Text("Optional", "Opcional"),
                  Text("May be left unwired.", "Puede quedar sin conectar.")),
    ),
    role="cell_input",
    keywords=("port", "puerto", "entrada"),
)  # fmt: skip

cell_output = NodeSpec(
    "cell_output",
    Text("Cell output", "Salida de celda"),
    "structure",
    Text("What leaves by one output port of the cell.", "Lo que sale por un puerto de salida de la celda."),
    r"y_t",
    (PortSpec("x", "any", Text("value", "valor")),),
    (),
    (NAME, SIGNAL),
    role="cell_output",
    keywords=("port", "puerto", "salida"),
)
