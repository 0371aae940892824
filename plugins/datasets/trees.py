"""Trees in brackets, a label at every node: a person's own file, or phrases that ship."""

from core.api import DatasetSpec, ParamSpec, Text, open_trees, tree_fields

SPEC = DatasetSpec(
    kind="trees",
    name=Text("Bracketed trees", "Árboles entre paréntesis"),
    help=Text(
        "One tree on each line of a UTF-8 file: (label word) is a leaf, (label (…) (…)) joins two trees. The answer is the label of the "
        "root, or of every node. Anything else is refused with its line and column. Without a file: opinions with not and but.",
        "Un árbol por línea de un archivo UTF-8: (etiqueta palabra) es una hoja, (etiqueta (…) (…)) une dos árboles. La respuesta es la "
        "etiqueta de la raíz, o la de cada nodo. Lo demás se rechaza con su línea y columna. Sin archivo: opiniones con not y but.",
    ),
    params=(
        ParamSpec("path", "path", "", Text("File", "Archivo"), Text("A UTF-8 file with one tree on each line.", "Un archivo UTF-8 con un árbol por línea.")),
        ParamSpec("lower", "bool", False, Text("Lower case", "Minúsculas"), Text("Capital letters count as small ones.", "Las mayúsculas cuentan como minúsculas.")),
        ParamSpec("batch", "int", 32, Text("Batch", "Lote"), Text("Trees per step.", "Árboles por paso."), 1, 65_536),
        ParamSpec("validation", "float", 0.1, Text("Held-out part", "Parte reservada"), Text("Share of the trees held out.", "Parte de los árboles que se reserva."), 0.001, 0.9),
        ParamSpec("min_count", "int", 1, Text("Least count", "Mínimo de apariciones"), Text("Words rarer in training become <unk>.", "Las palabras más raras en el entrenamiento pasan a ser <unk>."), 1, 10**6, advanced=True),
    ),
    open=lambda params, seed: open_trees(params),
    peek=tree_fields,
    metrics=("accuracy",),
    group="file",
)  # fmt: skip
