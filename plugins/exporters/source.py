"""Exports the model as readable PyTorch source with its weights beside it."""

from core.api import ExporterSpec, Text, verify_source, write_source

SOURCE = ExporterSpec(
    kind="source",
    name=Text("PyTorch source", "Fuente de PyTorch"),
    help=Text(
        "A Python file that needs torch, safetensors to load its weights, and nothing of Unfold. What trained is what is "
        "written. Checked in a fresh process at two other batch sizes and lengths.",
        "Un archivo de Python que necesita torch, safetensors para cargar sus pesos, y nada de Unfold. Lo que se entrenó es lo que "
        "se escribe. Se comprueba en un proceso nuevo con otros dos tamaños de lote y longitudes.",
    ),
    suffix=".py",
    write=write_source,
    verify=verify_source,
    needs=("torch", "safetensors"),
    beside=(".safetensors",),
    use='python "{file}"',
)
