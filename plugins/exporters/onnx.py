"""Exports the model as ONNX with free batch and time."""

from core.api import ExporterSpec, Text, verify_onnx, write_onnx

ONNX = ExporterSpec(
    kind="onnx",
    name=Text("ONNX", "ONNX"),
    help=Text(
        "Opset 18, batch and time free: LSTM, GRU and RNN operators for known cells, Scan for drawn ones, an optional "
        "input with the true lengths. Checked in a fresh onnxruntime at three batch sizes and lengths.",
        "Opset 18, con lote y tiempo libres: operadores LSTM, GRU y RNN para celdas conocidas, Scan para las dibujadas, y una "
        "entrada opcional con las longitudes. Se comprueba en un onnxruntime nuevo con tres tamaños de lote y longitudes.",
    ),
    suffix=".onnx",
    write=write_onnx,
    verify=verify_onnx,
    needs=("onnx", "onnxruntime"),
    use="session = onnxruntime.InferenceSession({file!r})",
)
