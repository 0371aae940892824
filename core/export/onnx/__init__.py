"""ONNX written from the program's own ops: recurrent operators for known cells, Scan for drawn ones, free batch and time."""
