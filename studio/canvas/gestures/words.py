"""What the mouse does on the canvas, in words: one row for each gesture of the table, for the list of keys and mouse."""

from __future__ import annotations

from core.words import Text

MOUSE = (
    (Text("Drag from a port", "Arrastrar desde un puerto"),
     Text("draw a wire; what fits glows, the rest says why not", "tender un cable; lo que encaja brilla, el resto dice por qué no")),
    (Text("Drop a wire on empty canvas", "Soltar un cable en el lienzo vacío"),
     Text("search what fits, and connect it; with Shift everything", "buscar lo que encaja y conectarlo; con Mayús, todo")),
    (Text("Double-click on empty canvas", "Doble clic en el lienzo vacío"), Text("search a node to add", "buscar un nodo que añadir")),
    (Text("Double-click on a cell", "Doble clic en una celda"), Text("open it", "abrirla")),
    (Text("Double-click on a title", "Doble clic en un título"), Text("rename", "cambiar el nombre")),
    (Text("Drag a node onto a wire", "Arrastrar un nodo sobre un cable"),
     Text("put it into the wire; Alt prevents it", "insertarlo en el cable; Alt lo evita")),
    (Text("Alt and drag a node in a wire", "Alt y arrastrar un nodo de un cable"),
     Text("pull it out, the wire stays", "sacarlo; el cable queda")),
    (Text("Ctrl and drag, or Alt and drag what is in no wire", "Ctrl y arrastrar, o Alt y arrastrar lo que no está en un cable"),
     Text("drag a copy", "arrastrar una copia")),
    (Text("Double-click or Alt-click on a wire", "Doble clic o Alt y clic en un cable"),
     Text("bend it there; on a bend: take the bend out", "doblarlo ahí; en un codo: quitarlo")),
    (Text("Ctrl and right drag, or Alt+Shift and drag", "Ctrl y arrastrar con el botón derecho, o Alt+Mayús y arrastrar"),
     Text("cut the wires that are crossed", "cortar los cables que se cruzan")),
    (Text("Shift and right drag", "Mayús y arrastrar con el botón derecho"),
     Text("bend every wire that is crossed", "doblar cada cable que se cruza")),
    (Text("Click on a sign of a problem", "Clic en la señal de un problema"), Text("offer its repairs", "ofrecer sus arreglos")),
    (Text("Click on z⁻¹", "Clic en z⁻¹"), Text("set the delay and where it starts", "fijar el retardo y su comienzo")),
    (Text("Drag on empty canvas", "Arrastrar en el lienzo vacío"),
     Text("select; Shift adds, Ctrl toggles", "seleccionar; Mayús añade, Ctrl alterna")),
    (Text("Wheel", "Rueda"), Text("zoom to the pointer; Shift moves sideways", "acercar hacia el puntero; Mayús mueve de lado")),
    (Text("Middle button, or Space and drag", "Botón central, o Espacio y arrastrar"), Text("move the canvas", "mover el lienzo")),
    (Text("Click or drag in the map", "Clic o arrastrar en el mapa"), Text("go there", "ir allí")),
    (Text("Esc", "Esc"), Text("give up any gesture", "abandonar cualquier gesto")),
)  # fmt: skip
"""(what the hand does, what happens)"""
