"""Exports the trained numbers alone."""

from core.api import ExporterSpec, Text, verify_weights, write_weights

WEIGHTS = ExporterSpec(
    kind="weights",
    name=Text("Weights", "Pesos"),
    help=Text(
        "Every trained tensor as float32 in one safetensors file, with a table that says which node each slice belongs "
        "to. Checked by running the model's source with them in a fresh process.",
        "Cada tensor entrenado como float32 en un archivo safetensors, con una tabla que dice a qué nodo pertenece cada parte. "
        "Se comprueba ejecutando con ellos la fuente del modelo en un proceso nuevo.",
    ),
    suffix=".safetensors",
    write=write_weights,
    verify=verify_weights,
    needs=("torch", "safetensors"),
    use="weights = safetensors.torch.load_file({file!r})",
)
