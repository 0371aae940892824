"""What the hand can do on a chart, for the help on keys and mouse."""

from __future__ import annotations

from core.words import Text

MOUSE = (
    (Text("Click on a chart over time", "Clic en un gráfico en el tiempo"),
     Text("mark that step on all charts, on wires and in the unrolled view; again: take the mark away",
          "marcar ese paso en todos los gráficos, en los cables y en la vista desplegada; otra vez: quitar la marca")),
    (Text("Drag the mark", "Arrastrar la marca"), Text("go along the sequence", "recorrer la secuencia")),
    (Text("Click on a chart over training", "Clic en un gráfico del entrenamiento"),
     Text("look at that training step", "mirar ese paso de entrenamiento")),
    (Text("Wheel, drag or double click on a chart", "Rueda, arrastrar o doble clic en un gráfico"),
     Text("zoom, move, show everything again", "acercar, mover, mostrar todo otra vez")),
    (Text("Right button on a chart", "Botón derecho en un gráfico"),
     Text("picture, numbers, film", "imagen, números, película")),
)  # fmt: skip
"""(what the hand does, what happens)"""
