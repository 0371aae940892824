"""Which language is this name from? Countries, languages and currencies as CLDR names them, or a folder of one's own."""

from core.api import DatasetSpec, ParamSpec, Text, name_fields, open_names

LANGUAGES = "ca, cs, da, de, en, es, et, eu, fi, fr, hr, hu, id, it, nl, pl, pt, ro, sv, tr"

SPEC = DatasetSpec(
    kind="names",
    name=Text("Names and their language", "Nombres y su idioma"),
    help=Text(
        "A name, letter by letter; the answer is its language. Names of countries, languages and currencies in many languages "
        "come with Unfold (Unicode CLDR). What is held out in one language is held out in all, and names that languages share are left out.",
        "Un nombre, letra a letra; la respuesta es su idioma. Unfold trae nombres de países, lenguas y monedas en muchos idiomas "
        "(Unicode CLDR). Lo que se reserva en un idioma se reserva en todos, y se omiten los nombres que comparten varios.",
    ),
    params=(
        ParamSpec("languages", "text", LANGUAGES, Text("Languages", "Idiomas"), Text("CLDR codes, separated by commas.", "Códigos de CLDR, separados por comas.")),
        ParamSpec(
            "things", "choice", "all", Text("Names of", "Nombres de"), Text("What the names are names of.", "De qué son los nombres."),
            choices=(("all", Text("Everything", "Todo")), ("territories", Text("Countries and regions", "Países y regiones")),
                     ("languages", Text("Languages", "Lenguas")), ("currencies", Text("Currencies", "Monedas"))),
        ),
        ParamSpec("path", "path", "", Text("Folder", "Carpeta"), Text("Your own classes instead: a folder (or any file in it) with one UTF-8 .txt file per class, one name per line.", "Sus propias clases en su lugar: una carpeta (o cualquier archivo de ella) con un .txt en UTF-8 por clase, un nombre por línea.")),
        ParamSpec("lower", "bool", False, Text("Lower case", "Minúsculas"), Text("Capital letters count as small ones.", "Las mayúsculas cuentan como minúsculas.")),
        ParamSpec("validation", "float", 0.2, Text("Held-out part", "Parte reservada"), Text("Share of the things named that is held out.", "Parte de las cosas nombradas que se reserva."), 0.01, 0.9),
        ParamSpec("batch", "int", 64, Text("Batch", "Lote"), Text("Names per step.", "Nombres por paso."), 1, 65_536),
    ),
    open=lambda params, seed: open_names(params),
    peek=name_fields,
    metrics=("accuracy", "nats"),
    group="real",
)  # fmt: skip
