"""The panels around the canvas: problems, source, training, watching, and the dialogs of the window."""
