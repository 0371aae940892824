"""Taking a model out: source, weights, ONNX, pt2, each verified."""
