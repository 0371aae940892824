"""The document: file format, undo, saving, recovery."""
