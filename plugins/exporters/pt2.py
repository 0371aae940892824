"""Exports the model through torch.export, where torch can keep batch and time free."""

from core.api import ExporterSpec, Text, verify_pt2, write_pt2

PT2 = ExporterSpec(
    kind="pt2",
    name=Text("torch.export", "torch.export"),
    help=Text(
        "A .pt2 program for torch. Recurrent layers and loops freeze their length in torch.export; such a model is "
        "refused rather than written wrong: use ONNX or source for it.",
        "Un programa .pt2 para torch. En torch.export las capas recurrentes y los bucles fijan su longitud; un modelo así se "
        "rechaza en vez de escribirse mal: use ONNX o la fuente.",
    ),
    suffix=".pt2",
    write=write_pt2,
    verify=verify_pt2,
    needs=("torch",),
    use="model = torch.export.load({file!r}).module()",
)
