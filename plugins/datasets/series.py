"""Forecast a measured series: the yearly sunspots, or columns of a CSV, Parquet or NumPy file."""

from core.api import DatasetSpec, ParamSpec, Text, forecast_fields, open_forecast

SPEC = DatasetSpec(
    kind="series",
    name=Text("Series", "Serie"),
    help=Text(
        "Reads columns of numbers row by row and asks at every row for the values some rows later. The last rows are held out. "
        "CSV text, NumPy (.npz, .npy) and Parquet are read; empty cells, words among numbers and pickled objects are refused.",
        "Lee columnas de números fila a fila y pide en cada una los valores de unas filas después. Las últimas se reservan. "
        "Lee texto CSV, NumPy (.npz, .npy) y Parquet; rechaza celdas vacías, palabras entre números y objetos serializados.",
    ),
    params=(
        ParamSpec(
            "shipped", "choice", "sunspots", Text("Series", "Serie"),
            Text("A series that comes with Unfold; a file, where one is given, is read instead.", "Una serie que viene con Unfold; si se da un archivo, se lee ese."),
            choices=(("sunspots", Text("Yearly sunspots 1700-1979", "Manchas solares anuales 1700-1979")),),
            when=("path", ("",)),
        ),
        ParamSpec("path", "path", "", Text("File", "Archivo"), Text("A CSV file in UTF-8 (delimiter and header are found out), .npz, .npy or .parquet.", "Un archivo CSV en UTF-8 (separador y cabecera se averiguan), .npz, .npy o .parquet.")),
        ParamSpec("columns", "text", "", Text("Columns", "Columnas"), Text("Names or numbers, separated by commas. Empty: every column of numbers, except a first one that counts up, such as years.", "Nombres o números separados por comas. Vacío: todas las columnas de números, salvo una primera que va contando, como los años.")),
        ParamSpec("length", "int", 20, Text("Window", "Ventana"), Text("Rows read before states start anew; 0 reads the whole training part as one sequence.", "Filas leídas antes de reiniciar el estado; 0 lee toda la parte de entrenamiento como una sola secuencia."), 0, 100_000, was=("window",)),
        ParamSpec("horizon", "int", 1, Text("Horizon", "Horizonte"), Text("How many rows ahead to predict.", "A cuántas filas vista se predice."), 1, 10_000),
        ParamSpec("batch", "int", 16, Text("Batch", "Lote"), Text("Windows per step.", "Ventanas por paso."), 1, 65_536),
        ParamSpec("carry", "bool", False, Text("Carry the state", "Conservar el estado"), Text("Each window goes on where the one before ended, and held-out rows are forecast by a state that has seen all before them.", "Cada ventana sigue donde acabó la anterior, y las filas reservadas las predice un estado que ha visto todo lo anterior.")),
        ParamSpec("validation", "float", 0.2, Text("Held-out part", "Parte reservada"), Text("Share of the rows held out, at the end.", "Parte final de las filas que se reserva."), 0.001, 0.9),
        ParamSpec("train_rows", "int", 0, Text("Training rows", "Filas de entrenamiento"), Text("The first rows of the file train; 0 goes by the share held out.", "Entrenan las primeras filas del archivo; 0 se rige por la parte reservada."), 0, 10**9),
        ParamSpec("test_rows", "int", 0, Text("Test rows", "Filas de prueba"), Text("How many rows after the training rows are held out; 0 takes all.", "Cuántas filas se reservan tras las de entrenamiento; 0 las toma todas."), 0, 10**9),
        ParamSpec("standardise", "bool", True, Text("Standardise", "Estandarizar"), Text("Mean 0 and deviation 1 over the training part, column by column.", "Media 0 y desviación 1 en la parte de entrenamiento, columna a columna.")),
        ParamSpec("order", "int", 9, Text("AR order", "Orden AR"), Text("Past values that the linear prediction shown beside the model looks at.", "Valores pasados que mira la predicción lineal que se muestra junto al modelo."), 1, 1000, advanced=True),
        ParamSpec(
            "gaps", "choice", "refuse", Text("Gaps", "Huecos"), Text("What an empty cell or NaN means.", "Qué significa una celda vacía o NaN."),
            choices=(("refuse", Text("Refuse the file", "Rechazar el archivo")), ("previous", Text("Repeat the value before", "Repetir el valor anterior"))),
        ),
    ),
    open=lambda params, seed: open_forecast(params),
    peek=forecast_fields,
    metrics=("nmse", "mse"),
    group="real",
    was=("csv",),
)  # fmt: skip
