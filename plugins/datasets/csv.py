"""Forecast a measured series from a CSV file: temperatures, sunspots, prices."""

from core.api import DatasetSpec, ParamSpec, Text, forecast_fields, open_forecast

SPEC = DatasetSpec(
    kind="csv",
    name=Text("CSV series", "Serie CSV"),
    help=Text(
        "Reads columns of numbers row by row and asks at every row for the values some rows later. The last rows are held out.",
        "Lee columnas de números fila a fila y pide en cada una los valores de unas filas después. Las últimas se reservan.",
    ),
    params=(
        ParamSpec("path", "path", "", Text("File", "Archivo"), Text("A CSV file in UTF-8; delimiter and header are found out.", "Un archivo CSV en UTF-8; separador y cabecera se averiguan.")),
        ParamSpec("columns", "text", "", Text("Columns", "Columnas"), Text("Names or numbers, separated by commas. Empty: every column of numbers, except a first one that counts up, such as years.", "Nombres o números separados por comas. Vacío: todas las columnas de números, salvo una primera que va contando, como los años.")),
        ParamSpec("length", "int", 20, Text("Window", "Ventana"), Text("Rows read before states start anew.", "Filas leídas antes de reiniciar el estado."), 1, 100_000, was=("window",)),
        ParamSpec("horizon", "int", 1, Text("Horizon", "Horizonte"), Text("How many rows ahead to predict.", "A cuántas filas vista se predice."), 1, 10_000),
        ParamSpec("batch", "int", 16, Text("Batch", "Lote"), Text("Windows per step.", "Ventanas por paso."), 1, 65_536),
        ParamSpec("validation", "float", 0.2, Text("Validation part", "Parte de validación"), Text("Share of the rows held out, at the end.", "Parte final de las filas que se reserva."), 0.001, 0.9),
        ParamSpec("standardise", "bool", True, Text("Standardise", "Estandarizar"), Text("Mean 0 and deviation 1 over the training part, column by column.", "Media 0 y desviación 1 en la parte de entrenamiento, columna a columna.")),
        ParamSpec(
            "gaps", "choice", "refuse", Text("Empty cells", "Celdas vacías"), Text("What an empty or NaN cell means.", "Qué significa una celda vacía o NaN."),
            choices=(("refuse", Text("Refuse the file", "Rechazar el archivo")), ("previous", Text("Repeat the value before", "Repetir el valor anterior"))),
        ),
    ),
    open=lambda params, seed: open_forecast(params),
    peek=forecast_fields,
    metrics=("mse",),
    keywords=("time series", "forecast", "table", "serie temporal", "predicción", "tabla"),
)  # fmt: skip
