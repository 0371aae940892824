"""Mistakes of sizes, and of the weights and tables that have them."""

from core.shapes.mistakes.row import Mistake
from core.words import Text

SIZES: dict[str, Mistake] = {
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
}  # fmt: skip
