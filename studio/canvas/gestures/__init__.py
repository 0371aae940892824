"""One class per mouse gesture: start, move, end, cancel. A gesture edits the document once, when it ends."""
