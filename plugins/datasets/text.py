"""Predict the next character or word of a text: a built-in corpus, or any UTF-8 file."""

from core.api import DatasetSpec, ParamSpec, Text, chosen_vocabulary, open_text, text_fields, text_metrics

SPEC = DatasetSpec(
    kind="text",
    name=Text("Text", "Texto"),
    help=Text(
        "Reads a text and asks for the next symbol at every step. Uniform guessing costs log2 of the vocabulary in bits; "
        "counting the symbols before it costs less, and is shown. Files that are not UTF-8 text are refused.",
        "Lee un texto y pide el símbolo siguiente en cada paso. Adivinar al azar cuesta log2 del vocabulario, en bits; "
        "contar los símbolos anteriores cuesta menos, y se muestra. Se rechazan archivos que no son texto UTF-8.",
    ),
    params=(
        ParamSpec(
            "corpus", "choice", "python-help", Text("Corpus", "Corpus"),
            Text("Text that comes with Python; a file, where one is given, is read instead.",
                 "Texto que viene con Python; si se da un archivo, se lee ese."),
            choices=(("python-help", Text("Python's help pages", "La ayuda de Python")),
                     ("python-source", Text("Python's own source", "El código de Python"))),
            when=("path", ("",)),
        ),
        ParamSpec("path", "path", "", Text("File", "Archivo"), Text("A text file in UTF-8.", "Un archivo de texto en UTF-8.")),
        ParamSpec(
            "level", "choice", "char", Text("Symbols", "Símbolos"), Text("What one step reads.", "Qué se lee en cada paso."),
            choices=(("char", Text("Characters", "Caracteres")), ("word", Text("Words", "Palabras"))),
        ),
        ParamSpec("lower", "bool", False, Text("Lower case", "Minúsculas"), Text("Capital letters count as small ones.", "Las mayúsculas cuentan como minúsculas.")),
        ParamSpec("batch", "int", 32, Text("Batch", "Lote"), Text("Windows read in parallel.", "Ventanas leídas en paralelo."), 1, 65_536),
        ParamSpec("length", "int", 64, Text("Length", "Largo"), Text("Steps in a window; gradients reach back this far.", "Pasos por ventana; hasta ahí llegan los gradientes."), 1, 100_000),
        ParamSpec(
            "carry", "bool", True, Text("Carry the state", "Conservar el estado"),
            Text("Each window goes on where the one before ended; otherwise windows begin anywhere, with fresh states.",
                 "Cada ventana sigue donde acabó la anterior; si no, empiezan en cualquier lugar con estados nuevos."),
        ),
        ParamSpec("validation", "float", 0.1, Text("Held-out part", "Parte reservada"), Text("Share of the text held out, at its end.", "Parte final del texto que se reserva."), 0.001, 0.9),
        ParamSpec("min_count", "int", 1, Text("Least count", "Mínimo de apariciones"), Text("Rarer symbols become <unk>.", "Los símbolos más raros pasan a ser <unk>."), 1, 10**6, advanced=True),
        ParamSpec("max_size", "int", 0, Text("Largest vocabulary", "Vocabulario máximo"), Text("Keeps the commonest symbols; 0 keeps all.", "Conserva los más comunes; 0 los conserva todos."), 0, 10**6, advanced=True),
        ParamSpec("ngram", "int", 0, Text("Counted symbols", "Símbolos contados"), Text("Order of the counts shown beside the model; 0 is 3 for characters and 2 for words.", "Orden de los conteos que se muestran junto al modelo; 0 es 3 para caracteres y 2 para palabras."), 0, 12, advanced=True),
    ),
    open=lambda params, seed: open_text(params),
    peek=lambda params: text_fields(chosen_vocabulary(params)),
    metrics=("bits_per_char", "perplexity", "accuracy"),
    metrics_for=text_metrics,
    group="real",
)  # fmt: skip
