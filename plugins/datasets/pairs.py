"""Read one sequence, say another: pairs from a tab-separated file, or names in two languages."""

from core.api import DatasetSpec, ParamSpec, Text, open_pairs, pair_fields

SPEC = DatasetSpec(
    kind="pairs",
    name=Text("Pairs of texts", "Pares de textos"),
    help=Text(
        "One line of a UTF-8 file is what is read, a tab, and what is to be said; every answer ends in <end>. Sources that are held out "
        "are not in training. A line without exactly one tab, or with an empty side, is refused with its number.",
        "Una línea de un archivo UTF-8 es lo que se lee, un tabulador y lo que hay que decir; cada respuesta acaba en <end>. Las fuentes "
        "reservadas no están en el entrenamiento. Una línea sin exactamente un tabulador, o con un lado vacío, se rechaza con su número.",
    ),
    params=(
        ParamSpec(
            "shipped", "choice", "es-pt", Text("Pairs", "Pares"),
            Text("Names of countries, languages and currencies in two languages (Unicode CLDR), or two thousand numbers below 10 000 as Spanish says them; a file, where one is given, is read instead.",
                 "Nombres de países, lenguas y monedas en dos idiomas (Unicode CLDR), o dos mil números menores de 10 000 como se dicen en español; si se da un archivo, se lee ese."),
            choices=(("es-pt", Text("Spanish to Portuguese", "Español a portugués")), ("es-en", Text("Spanish to English", "Español a inglés")),
                     ("en-es", Text("English to Spanish", "Inglés a español")),
                     ("numbers-es", Text("Numbers to Spanish words", "Números a palabras"))),
        ),
        ParamSpec("path", "path", "", Text("File", "Archivo"), Text("A UTF-8 file with SOURCE, a tab, TARGET on every line.", "Un archivo UTF-8 con FUENTE, un tabulador y DESTINO en cada línea.")),
        ParamSpec(
            "level", "choice", "char", Text("Symbols", "Símbolos"), Text("What one step reads or says.", "Qué se lee o dice en cada paso."),
            choices=(("char", Text("Characters", "Caracteres")), ("word", Text("Words", "Palabras"))),
        ),
        ParamSpec("lower", "bool", False, Text("Lower case", "Minúsculas"), Text("Capital letters count as small ones.", "Las mayúsculas cuentan como minúsculas.")),
        ParamSpec("batch", "int", 64, Text("Batch", "Lote"), Text("Pairs per step.", "Pares por paso."), 1, 65_536),
        ParamSpec("validation", "float", 0.1, Text("Held-out part", "Parte reservada"), Text("Share of the sources held out.", "Parte de las fuentes que se reserva."), 0.001, 0.9),
        ParamSpec("min_count", "int", 1, Text("Least count", "Mínimo de apariciones"), Text("Symbols rarer in training become <unk>.", "Los símbolos más raros en el entrenamiento pasan a ser <unk>."), 1, 10**6, advanced=True),
    ),
    open=lambda params, seed: open_pairs(params),
    peek=pair_fields,
    metrics=("exact_match", "chrf", "bleu", "accuracy", "length_error"),
    group="real",
)  # fmt: skip
